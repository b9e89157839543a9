"""RPC, Kafka and PostgreSQL: which part is slow, stopped or behind?"""

from boards.panels import Board, Figure, Panel, Query, Row

_WINDOWS = {"5m": "5 minutes", "1h": "an hour", "6h": "6 hours", "3d": "3 days"}
"""Of the burn rates: the first pair of the fast alert, and the last of the slow one."""

BOARD = Board(
    uid="shinsei-infrastructure",
    title="Shinsei: infrastructure",
    says="For whoever runs the parts. Real time throughout.",
    rows=(
        Row(
            title="Now",
            panels=(
                Figure(
                    title="Parts missing",
                    says="Processes that Prometheus cannot scrape.",
                    query=Query(expr='count(up{job="shinsei"} == 0) or vector(0)'),
                    limit=1,
                ),
                Figure(
                    title="Partitions stopped",
                    says="They wait for a person: the log says which record they could not pass.",
                    query=Query(expr="sum(shinsei_kafka_partition_stopped) or vector(0)"),
                    limit=1,
                ),
                Figure(
                    title="Lag, records",
                    says="Records that consumers have not yet handled.",
                    query=Query(expr="sum(topic:shinsei_kafka_lag_records:sum)"),
                ),
                Figure(
                    title="Oldest row in an outbox",
                    says="Written and not yet acknowledged by Kafka.",
                    query=Query(expr="max(shinsei_outbox_oldest_age_seconds)"),
                    unit="s",
                    limit=30,
                ),
                Figure(
                    title="Calls that failed, a second",
                    says="Answered with an error of the server; what an applicant did wrong is not in it.",
                    query=Query(
                        expr="sum(rate(shinsei_grpc_server_handled_total"
                        '{code=~"INTERNAL|UNKNOWN|UNAVAILABLE|DEADLINE_EXCEEDED|DATA_LOSS"}[1m])) or vector(0)'
                    ),
                    unit="cps",
                    limit=0.1,
                ),
            ),
        ),
        Row(
            title="Service level of submissions",
            panels=tuple(
                Panel(
                    title=title,
                    says=f"{says} Above the line the budget of 28 days does not last.",
                    queries=tuple(
                        Query(expr=f"slo:shinsei_submit_{what}:ratio_rate{window}", legend=f"over {name}")
                        for window, name in _WINDOWS.items()
                    ),
                    unit="percentunit",
                    limit=limit,
                )
                for title, what, says, limit in (
                    ("Not answered", "errors", "The share that the portal could not answer.", 0.001),
                    ("Answered late", "slow", "The share of calls that took longer than a second.", 0.01),
                )
            ),
        ),
        Row(
            title="gRPC",
            panels=(
                Panel(
                    title="Calls a second",
                    says="By process and method.",
                    queries=(
                        Query(
                            expr="sum by (part, method) (part_method:shinsei_grpc_handled:rate1m)",
                            legend="{{part}} {{method}}",
                        ),
                    ),
                    unit="cps",
                ),
                Panel(
                    title="Duration, 99 of 100 within",
                    says="By process and method, over five minutes.",
                    queries=(
                        Query(expr="part_method:shinsei_grpc_handling_seconds:p99_5m", legend="{{part}} {{method}}"),
                    ),
                    unit="s",
                ),
                Panel(
                    title="Stages, 99 of 100 within",
                    says="What machines take of a case at each stage, without what is simulated, over five minutes.",
                    queries=(
                        Query(
                            expr="histogram_quantile(0.99, sum by (le, stage) "
                            '(rate(shinsei_stage_duration_seconds_bucket{clock="real"}[5m])))',
                            legend="{{stage}}",
                        ),
                    ),
                    unit="s",
                ),
                Panel(
                    title="Event loop, 99 of 100 within",
                    says="How late it wakes up. Above a tenth of a second a process does too much in one piece.",
                    queries=(Query(expr="part:shinsei_event_loop_lag_seconds:p99_5m", legend="{{part}}"),),
                    unit="s",
                    limit=0.1,
                ),
            ),
        ),
        Row(
            title="Kafka",
            panels=(
                Panel(
                    title="Lag, seconds",
                    says="Age of the oldest record not yet handled; 0 where nothing waits.",
                    queries=(Query(expr="topic:shinsei_kafka_lag_seconds:max", legend="{{part}} {{topic}}"),),
                    unit="s",
                ),
                Panel(
                    title="Handled a second",
                    says="By process and topic.",
                    queries=(Query(expr="topic:shinsei_kafka_handled:rate1m", legend="{{part}} {{topic}}"),),
                    unit="cps",
                ),
                Panel(
                    title="Transit, 99 of 100 within",
                    says="From writing a record to having handled it, over five minutes.",
                    queries=(Query(expr="topic:shinsei_kafka_transit_seconds:p99_5m", legend="{{part}} {{topic}}"),),
                    unit="s",
                ),
            ),
        ),
        Row(
            title="PostgreSQL and outboxes",
            panels=(
                Panel(
                    title="Connections in use",
                    says="Of each process's pool, as a share of those that it has open.",
                    queries=(
                        Query(expr="shinsei_db_pool_in_use / clamp_min(shinsei_db_pool_size, 1)", legend="{{part}}"),
                    ),
                    unit="percentunit",
                    limit=1,
                ),
                Panel(
                    title="Wait for a connection, 99 of 100 within",
                    says="By process, over five minutes. What is not there at once is a pool that is exhausted.",
                    queries=(Query(expr="part:shinsei_db_pool_wait_seconds:p99_5m", legend="{{part}}"),),
                    unit="s",
                    limit=0.1,
                ),
                Panel(
                    title="Outbox",
                    says="Rows that wait for Kafka.",
                    queries=(Query(expr="shinsei_outbox_waiting", legend="{{part}}"),),
                ),
                Panel(
                    title="Commit at the portal, 99 of 100 within",
                    says="A transaction that stores submissions.",
                    queries=(
                        Query(
                            expr="histogram_quantile(0.99, sum by (le) "
                            "(rate(shinsei_portal_sim_commit_seconds_bucket[5m])))",
                            legend="commit",
                        ),
                    ),
                    unit="s",
                ),
            ),
        ),
        Row(
            title="Memory",
            panels=(
                Panel(
                    title="Resident memory",
                    says="By process. It stands still once a season runs; a line that rises for hours is a leak.",
                    queries=(Query(expr='process_resident_memory_bytes{job="shinsei"}', legend="{{part}}"),),
                    unit="bytes",
                ),
            ),
        ),
    ),
)
