"""Submissions of the bare portal: calls that come together share a transaction, and two may be under way."""

from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from typing import Any

from bench.limit.coalescing import Coalesced
from shinsei.api.application.v1.application_pb2 import Application
from shinsei.runtime.clock import RealClock
from shinsei.runtime.queries import load_queries

SQL = load_queries("bench.limit", "portal.sql")
LINGER_S = 0.002
MOST = 2_000
_FIRST = 10**15
_CLOCK = RealClock()

Taken = tuple[int, Application, bytes]
"""Partition of its municipality, and an application, read and as it came."""


class Intake:
    """Keeps applications, each once.

    Args:
        pool: of the database.
        stored: is told of every municipality's new entries.
    """

    def __init__(self, pool: Any, stored: Callable[[int, int], None]) -> None:
        self._pool = pool
        self._stored = stored
        self._receipts = count(_FIRST)
        self._commits = Coalesced(self._store, lanes=2, linger_s=LINGER_S, most=MOST)
        self.submit: Callable[[Sequence[Taken]], Awaitable[Sequence[str]]] = self._commits

    async def _store(self, taken: list[Taken]) -> Sequence[str]:
        """The receipt number of each."""
        receipts = [str(next(self._receipts)) for _ in taken]
        keys = [key for key, _, _ in taken]
        names = [application.submission_id for _, application, _ in taken]
        async with self._pool.acquire() as connection:
            rows = await connection.fetch(
                SQL["store"],
                receipts,
                keys,
                names,
                [application.procedure for _, application, _ in taken],
                _CLOCK.now_ms(),
                [payload for _, _, payload in taken],
            )
            if len(rows) < len(taken):
                known = {row[0]: row[1] for row in await connection.fetch(SQL["known"], keys, names)}
                receipts = [known[name] for name in names]
        for key in set(keys):
            self._stored(key, keys.count(key))
        return receipts
