"""Reading a topic: a worker for each partition, a transaction for each batch, the inbox in the same transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiokafka import ConsumerRecord

from bench.limit.outbox import SQL
from bench.limit.wiring import Wiring, consumer
from shinsei.contracts.headers import NUMBER
from shinsei.contracts.topics import PARTITIONS

MOST = 2_000
"""Records in one transaction."""

Handle = Callable[[int, Sequence[ConsumerRecord]], Awaitable[None]]


async def read(wiring: Wiring, topic: str, handle: Handle) -> None:
    """Hands batches of each partition on, in order, for ever."""
    queues: list[asyncio.Queue[ConsumerRecord]] = [asyncio.Queue() for _ in range(PARTITIONS)]
    workers = [asyncio.create_task(_work(n, queue, handle)) for n, queue in enumerate(queues)]
    reading = asyncio.create_task(_fetch(await consumer(wiring, topic), queues))
    done, _ = await asyncio.wait([reading, *workers], return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


async def accept(connection: Any, records: Sequence[ConsumerRecord]) -> None:
    """Notes records as taken in, in the transaction of their effect.

    Raises:
        RuntimeError: they are not the next ones.
    """
    first, last = _number(records[0]), _number(records[-1])
    taken = await connection.fetchval(SQL["accept"], records[0].topic, records[0].partition, first, last)
    if taken is None or last - first != len(records) - 1:
        raise RuntimeError(f"records {first} to {last} of {records[0].topic} are not next")


def _number(record: ConsumerRecord) -> int:
    return int(dict(record.headers)[NUMBER])


async def _fetch(source: Any, queues: Sequence["asyncio.Queue[ConsumerRecord]"]) -> None:
    while True:
        found = await source.getmany(timeout_ms=200)
        for partition, records in found.items():
            for record in records:
                queues[partition.partition].put_nowait(record)


async def _work(partition: int, queue: "asyncio.Queue[ConsumerRecord]", handle: Handle) -> None:
    while True:
        records = [await queue.get()]
        while not queue.empty() and len(records) < MOST:
            records.append(queue.get_nowait())
        await handle(partition, records)
