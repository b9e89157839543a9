"""Statuses on their way back: buffered in the transaction that reads them, pushed, and forgotten."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiokafka import ConsumerRecord

from bench.limit.wiring import RUN_ID
from shinsei.api.events.v1.events_pb2 import StatusChanged
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.runtime.clock import RealClock
from shinsei.runtime.queries import load_queries

SQL = load_queries("bench.limit", "linkage.sql")
MOST = 5_000
"""Updates in one call."""
_CLOCK = RealClock()


class Pushing:
    """One pusher a municipality; what it pushes it has in memory."""

    def __init__(self, pool: Any, push: Callable[[Any], Awaitable[Any]], municipalities: Sequence[str]) -> None:
        self._pool = pool
        self._push = push
        self._municipalities = municipalities
        self._numbers = [0] * len(municipalities)
        self._waiting: list[list[api.StatusUpdate]] = [[] for _ in municipalities]
        self._came = [asyncio.Event() for _ in municipalities]

    async def buffer(self, connection: Any, key: int, records: Sequence[ConsumerRecord]) -> None:
        """Keeps statuses in a transaction."""
        first = self._numbers[key] + 1
        self._numbers[key] += len(records)
        numbers = range(first, first + len(records))
        await connection.execute(
            SQL["buffer"], key, list(numbers), [record.value for record in records], _CLOCK.now_ms()
        )
        for number, record in zip(numbers, records, strict=True):
            changed = StatusChanged.FromString(record.value)
            update = api.StatusUpdate(number=number, submission_id=changed.submission_id)
            update.transitions.extend(changed.transitions)
            self._waiting[key].append(update)

    def wake(self, key: int) -> None:
        """The transaction has been committed."""
        self._came[key].set()

    async def run(self) -> None:
        """Pushes for ever."""
        await asyncio.gather(*(self._run(key) for key in range(len(self._municipalities))))

    async def _run(self, key: int) -> None:
        while True:
            await self._came[key].wait()
            self._came[key].clear()
            while self._waiting[key]:
                updates, self._waiting[key] = self._waiting[key][:MOST], self._waiting[key][MOST:]
                request = api.PushStatusRequest(run_id=RUN_ID, municipality=self._municipalities[key], updates=updates)
                await self._push(request)
                await self._pool.execute(SQL["pushed"], key, updates[-1].number)
