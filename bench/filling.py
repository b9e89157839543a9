"""Cases in quantity, as if they had come long ago: rows of a run that is closed, copied under other ids.

Every table that keeps a case for good gets its rows, so that indexes and pages are as large as after so many
applications. What is emptied again (entries, outboxes, buffers) was empty before.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from bench.sides import dsn
from shinsei.runtime.queries import load_queries
from shinsei.stack import Stack
from shinsei.stack.site import SERVICES

SQL = load_queries("bench", "filling.sql")
KEPT: Mapping[str, Sequence[str]] = {
    "portal_sim": ("application", "status_update"),
    "linkage_server": ("entry",),
    "app_mgmt": ("application", "tracked_case", "history"),
    "core_systems": ("opened_case", "registration"),
}
"""Tables that only grow, by database."""


class Filling:
    """Copies of one run's cases, more and more of them."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._copies = 0
        self._each = 0
        """Cases of the run."""
        self._source = ("", "")
        """The run, and its municipality."""

    async def upto(self, cases: int) -> int:
        """Copies until there are about so many cases in all, if there are fewer; how many there are then."""
        stored = await self._look()
        more = max(round((cases - stored) / self._each), 0)
        for database in SERVICES if more else ():
            await self._copy(database, self._copies + 1, self._copies + more)
        self._copies += more
        return stored + more * self._each

    async def _look(self) -> int:
        """How many cases there are; the first time, the largest run is what will be copied."""
        portal = await self._connect("portal_sim")
        try:
            if not self._each:
                key, self._each = await portal.fetchrow(SQL["run"])
                self._source = tuple(await portal.fetchrow(SQL["named"], key))
            return int(await portal.fetchval(SQL["stored"]))
        finally:
            await portal.close()

    async def _copy(self, database: str, first: int, last: int) -> None:
        connection = await self._connect(database)
        try:
            key = await connection.fetchval(SQL["key"], *self._source)
            for table in KEPT[database]:
                statement = await connection.fetchval(SQL["copies"], table, first, last, key)
                await connection.execute(statement, timeout=1_800)
            # Else the server does both by itself, during the turn that comes next.
            await connection.execute("VACUUM (ANALYZE)", timeout=1_800)
            await connection.execute("CHECKPOINT", timeout=600)
        finally:
            await connection.close()

    async def _connect(self, database: str) -> Any:
        return await asyncpg.connect(dsn(self._stack, database), ssl=False)
