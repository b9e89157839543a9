"""Runs by their keys: what never changes is read once and remembered."""

from dataclasses import dataclass

from core_systems.handlers.values import RunKey
from shinsei.contracts import codec
from shinsei.domain.errors import NotFoundError
from shinsei.domain.run import RunSpec
from shinsei.runtime.postgres import Connection
from shinsei.runtime.queries import load_queries


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRun:
    """What never changes about a run."""

    row: int
    """Its key in the tables."""
    spec: RunSpec


class KnownRuns:
    """The runs that this process has met, and the service's statements."""

    def __init__(self) -> None:
        self.sql = load_queries("core_systems")
        self._known: dict[RunKey, KnownRun] = {}

    async def find(self, connection: Connection, key: RunKey) -> KnownRun | None:
        """A run, or None if it has not been opened."""
        if key not in self._known:
            row = await connection.fetchrow(self.sql["find_run"], key.run_id, key.municipality)
            if row is None:
                return None
            self._known[key] = KnownRun(row=row["key"], spec=codec.decode_run(row["spec"]))
        return self._known[key]

    async def get(self, connection: Connection, key: RunKey) -> KnownRun:
        """A run.

        Raises:
            NotFoundError: it has not been opened here.
        """
        known = await self.find(connection, key)
        if known is None:
            raise NotFoundError("run", f"{key.run_id} of {key.municipality}")
        return known
