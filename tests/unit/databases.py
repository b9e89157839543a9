"""A database that always finds the same."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from shinsei.runtime.postgres import Connection, Database

Row = Mapping[str, Any]


class RowsDatabase(Database):
    """Answers every query with these rows, whatever is asked."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = list(rows)
        self.asked: list[tuple[object, ...]] = []
        """With what arguments, from the first query on."""

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Connection]:
        """Who answers."""
        yield self  # type: ignore[misc]

    async def fetch(self, _query: str, *args: object) -> list[Row]:
        """All rows."""
        self.asked.append(args)
        return self._rows

    async def fetchrow(self, _query: str, *_args: object) -> Row:
        """The first one."""
        return self._rows[0]
