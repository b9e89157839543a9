"""Reading from the database: the registry's mapping, registrations, this stage's part of the ledger."""

import json
from collections.abc import AsyncIterator, Sequence

from core_systems.handlers.reading import RegisteredCase, Stage
from core_systems.handlers.values import RunKey
from core_systems.outbound.runs import KnownRuns
from shinsei.domain.errors import NotFoundError
from shinsei.domain.identification import SerialMapping
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import SimTime
from shinsei.runtime.postgres import Database

ROWS_IN_A_CHUNK = 5_000


class PostgresMappings:
    """The resident registry's mapping."""

    def __init__(self, database: Database, runs: KnownRuns) -> None:
        self._database = database
        self._runs = runs

    async def between(self, key: RunKey, after: SimTime, until: SimTime) -> AsyncIterator[Sequence[SerialMapping]]:
        """Lines in chunks; no connection is held while the reader takes its time."""
        async with self._database.acquire() as connection:
            row = (await self._runs.get(connection, key)).row
        # Strictly after a moment: behind every line of its last millisecond.
        place: tuple[int, str] = (after + 1, "")
        while chunk := await self._after(row, until, place):
            yield chunk
            place = (chunk[-1].valid_from, chunk[-1].serial)

    async def _after(self, row: int, until: SimTime, place: tuple[int, str]) -> list[SerialMapping]:
        async with self._database.acquire() as connection:
            found = await connection.fetch(self._runs.sql["mappings"], row, until, *place, ROWS_IN_A_CHUNK)
        return [
            SerialMapping(
                serial=line["serial_number"],
                resident=line["resident_number"],
                valid_from=SimTime(line["valid_from_ms"]),
                valid_until=None if line["valid_until_ms"] is None else SimTime(line["valid_until_ms"]),
            )
            for line in found
        ]


class PostgresRegistrations:
    """The tables of the core systems."""

    def __init__(self, database: Database, runs: KnownRuns) -> None:
        self._database = database
        self._sql = runs.sql

    async def by_receipt(self, receipt_number: str) -> RegisteredCase:
        """One registration."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(self._sql["registration"], receipt_number)
        if row is None:
            raise NotFoundError("registration of receipt number", receipt_number)
        return RegisteredCase(
            receipt_number=row["receipt_number"],
            submission_id=row["submission_id"],
            core_system=row["core_system"],
            resident_number=row["resident_number"],
            method=LinkageMethod(row["method"]),
            registered_at=SimTime(row["registered_at_ms"]),
            fields=json.loads(row["fields"]),
            batch_id=row["batch_id"],
        )


class PostgresLedger:
    """This stage's part of the ledger."""

    def __init__(self, database: Database, runs: KnownRuns) -> None:
        self._database = database
        self._runs = runs

    async def stage(self, key: RunKey, before: SimTime) -> Stage:
        """Counts of one moment: one read transaction."""
        sql = self._runs.sql
        async with self._database.transaction() as connection:
            await connection.execute(sql["one_moment"])
            row = (await self._runs.get(connection, key)).row
            watermark = await connection.fetchval(sql["stage_watermark"], row)
            counted = await connection.fetchrow(sql["stage_known"], row, before or watermark)
            registered = await connection.fetch(sql["stage_registered"], row, before or watermark)
            dead = await connection.fetchval(sql["stage_dead"], row)
        return Stage(
            watermark=SimTime(watermark),
            known=counted["known"],
            fingerprint=counted["fingerprint"],
            registered={LinkageMethod(line["method"]): line["count"] for line in registered},
            dead_lettered=dead,
        )

    async def ids(self, key: RunKey, before: SimTime) -> AsyncIterator[Sequence[str]]:
        """The ids themselves; no connection is held while the reader takes its time."""
        async with self._database.acquire() as connection:
            row = (await self._runs.get(connection, key)).row
            limit = before or await connection.fetchval(self._runs.sql["stage_watermark"], row)
        last = ""
        while chunk := await self._ids_after(row, limit, last):
            yield chunk
            last = chunk[-1]

    async def _ids_after(self, row: int, before: int, last: str) -> list[str]:
        async with self._database.acquire() as connection:
            found = await connection.fetch(self._runs.sql["stage_ids"], row, before, last, ROWS_IN_A_CHUNK)
        return [line["submission_id"] for line in found]
