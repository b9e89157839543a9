"""Runs by their keys: what never changes is read once and remembered."""

from collections.abc import Mapping
from dataclasses import dataclass

from app_mgmt.handlers.values import IntakeRun, RunKey
from shinsei.contracts import codec
from shinsei.domain.errors import NotFoundError
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.runtime.postgres import Connection
from shinsei.runtime.queries import load_queries


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRun:
    """What never changes about a run."""

    key: RunKey
    row: int
    """Its key in the tables."""
    spec: RunSpec
    sql: Mapping[str, str]


class KnownRuns:
    """The runs that this process has met, and the service's statements."""

    def __init__(self) -> None:
        self.sql = load_queries("app_mgmt")
        self._known: dict[RunKey, KnownRun] = {}

    async def find(self, connection: Connection, key: RunKey) -> KnownRun | None:
        """A run, or None if it has not been opened."""
        if key not in self._known:
            row = await connection.fetchrow(self.sql["find_run"], key.run_id, key.municipality)
            if row is None:
                return None
            self._known[key] = KnownRun(key=key, row=row["key"], spec=codec.decode_run(row["spec"]), sql=self.sql)
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


async def read_intake(connection: Connection, known: KnownRun) -> IntakeRun:
    """A run as the intake finds it."""
    row = await connection.fetchrow(known.sql["intake_state"], known.row)
    return IntakeRun(
        spec=known.spec,
        changes=tuple(codec.decode_change(change) for change in row["changes"]),
        closed=row["closed"],
        last_number=row["number"],
        watermark=SimTime(row["watermark_ms"]),
        refreshed_until=SimTime(row["refreshed_until_ms"]),
    )
