"""The bare core systems: a case is opened and registered in one transaction."""

import asyncio
import json
from collections.abc import Sequence

from aiokafka import ConsumerRecord

from bench.limit.outbox import Outbox
from bench.limit.reading import accept, read
from bench.limit.transitions import worked
from bench.limit.wiring import COMPLETED, REQUESTED, RUN_ID, Wiring, pool, producer
from shinsei.api.events.v1.events_pb2 import WorkProgressed, WorkRequested
from shinsei.contracts.wire import field
from shinsei.runtime.clock import RealClock
from shinsei.runtime.queries import load_queries

SQL = load_queries("bench.limit", "core.sql")
_CLOCK = RealClock()
_SUBMISSION = 2
"""Field of a ``WorkProgressed``."""


async def run(wiring: Wiring) -> None:
    """Reads its topic for ever."""
    connections = await pool(wiring, "core", 10)
    kind = WorkProgressed.DESCRIPTOR.full_name
    outbox = Outbox(connections, await producer(wiring), COMPLETED, kind, wiring.municipalities)

    async def work(partition: int, records: Sequence[ConsumerRecord]) -> None:
        requests = [WorkRequested.FromString(record.value) for record in records]
        async with connections.acquire() as connection, connection.transaction():
            await accept(connection, records)
            rows = await connection.fetch(
                SQL["work"],
                partition,
                [one.submission_id for one in requests],
                [one.receipt_number for one in requests],
                [one.procedure for one in requests],
                [one.resident_number for one in requests],
                [one.submitted_at_ms for one in requests],
                [one.opened_at_ms for one in requests],
                [json.dumps(dict(one.fields), ensure_ascii=False) for one in requests],
                _CLOCK.now_ms(),
            )
            head, steps = field(1, RUN_ID.encode()), worked()
            messages = [
                (f"{RUN_ID}/{row[0]}/work-CHECK", head + field(_SUBMISSION, row[0].encode()) + steps) for row in rows
            ]
            lot = await outbox.append(connection, wiring.municipalities[partition], messages)
        outbox.send(lot)

    await asyncio.gather(outbox.run(), read(wiring, REQUESTED, work))
