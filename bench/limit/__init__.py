"""The limit to stand next to: a bare pipeline with the hops of Shinsei, and none of its work.

The same clients (grpc.aio, asyncpg, aiokafka, uvloop), the same broker and database server, a process for each service,
messages of the same types, and a row wherever Shinsei keeps one. It checks nothing (no signature either), identifies
nobody, has no office, no clock and no watermark, and tells no metric. What it leaves out is work; what Shinsei is
slower by is therefore work too, or waste. ``docs/performance.md`` says what differs, line by line.

| hop | committed before it goes on | message |
|---|---|---|
| portal: submit | application, entry | receipt number |
| portal: list, get, acknowledge, push | entry deleted; status kept | over gRPC |
| linkage: poll | entry; outbox | application.fetched |
| app_mgmt: intake | inbox, application, case, history, held status, outbox | work.requested |
| core: work | inbox, opened case, registration, outbox | work.completed |
| app_mgmt: tracking | inbox, case updated, history, held status deleted, outbox | application.status-changed |
| linkage: status | inbox, buffered status; deleted once pushed | PushStatus |

It is made as well as we can: statements for whole batches (``unnest … ON CONFLICT``), calls that come together in one
transaction, two commits under way at once, bytes passed on as they came, an outbox that is sent from memory. It
recovers nothing: its databases and topics are made anew for each measurement.
"""
