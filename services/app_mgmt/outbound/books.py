"""The database of application management: runs, and the transactions of its two consumers."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from app_mgmt.handlers.values import IntakeRun, RunKey
from app_mgmt.outbound.intake_work import PostgresIntakeWork
from app_mgmt.outbound.runs import KnownRuns, read_intake
from app_mgmt.outbound.tracking_work import PostgresTrackingWork
from shinsei.domain.errors import NotFoundError
from shinsei.domain.identification import SerialMapping
from shinsei.domain.simtime import SimTime
from shinsei.runtime.outbox import Relay
from shinsei.runtime.postgres import Database


class PostgresBooks:
    """The service's books in PostgreSQL; a commit wakes the relay."""

    def __init__(self, database: Database, relay: Relay, runs: KnownRuns) -> None:
        self._database = database
        self._relay = relay
        self._runs = runs

    async def run(self, key: RunKey) -> IntakeRun | None:
        """A run as it stands."""
        async with self._database.acquire() as connection:
            known = await self._runs.find(connection, key)
            return None if known is None else await read_intake(connection, known)

    async def seed(self, key: RunKey) -> int | None:
        """Seed of a run."""
        async with self._database.acquire() as connection:
            known = await self._runs.find(connection, key)
            return None if known is None else known.spec.seed

    async def keep_mappings(self, key: RunKey, mappings: Sequence[SerialMapping]) -> None:
        """Adds lines to the copy of the registry's mapping."""
        async with self._database.acquire() as connection:
            known = await self._runs.get(connection, key)
            await connection.execute(
                self._runs.sql["keep_mappings"],
                known.row,
                [line.serial for line in mappings],
                [line.resident for line in mappings],
                [line.valid_from for line in mappings],
                [line.valid_until for line in mappings],
            )

    async def refreshed(self, key: RunKey, until: SimTime) -> None:
        """Notes that a refresh is complete."""
        async with self._database.acquire() as connection:
            known = await self._runs.get(connection, key)
            await connection.execute(self._runs.sql["refreshed"], known.row, until)

    @asynccontextmanager
    async def intake(self, key: RunKey) -> AsyncIterator[PostgresIntakeWork]:
        """One transaction of the intake."""
        async with self._database.transaction() as connection:
            known = await self._runs.find(connection, key)
            yield PostgresIntakeWork(connection, key, self._runs, known)
        self._relay.poke()

    @asynccontextmanager
    async def tracking(self, key: RunKey) -> AsyncIterator[PostgresTrackingWork]:
        """One transaction of the status path."""
        async with self._database.transaction() as connection:
            known = await self._runs.find(connection, key)
            if known is None:
                raise NotFoundError("run", key.run_id)
            yield PostgresTrackingWork(connection, self._runs.sql, known)
        self._relay.poke()
