"""Reading from the database: the inquiry screen and this stage's part of the ledger."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from app_mgmt.handlers.reading import Case, CaseFilter, PageStart, Stage
from app_mgmt.handlers.values import RunKey
from app_mgmt.outbound.encoding import decode_transitions
from app_mgmt.outbound.runs import KnownRuns
from shinsei.domain.errors import NotFoundError
from shinsei.domain.history import CaseTransition
from shinsei.domain.lifecycle import Status
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import SimTime
from shinsei.runtime.postgres import Database

IDS_IN_A_CHUNK = 5_000


class PostgresCases:
    """The stored cases."""

    def __init__(self, database: Database, runs: KnownRuns) -> None:
        self._database = database
        self._runs = runs

    async def by_receipt(self, receipt_number: str) -> Case:
        """One case with its history."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(self._runs.sql["case_by_receipt"], receipt_number)
            if row is None:
                raise NotFoundError("case with receipt number", receipt_number)
            steps = await connection.fetch(self._runs.sql["case_history"], row["run_key"], row["submission_id"])
        history = [transition for step in steps for transition in decode_transitions(step["payload"])]
        return _case(row, tuple(sorted(history, key=lambda transition: transition.sort_key)))

    async def by_ids(self, key: RunKey, submission_ids: Sequence[str]) -> Sequence[Case]:
        """Those of the cases that are known, without history, in the order asked for."""
        async with self._database.acquire() as connection:
            known = await self._runs.get(connection, key)
            rows = await connection.fetch(self._runs.sql["cases_by_id"], known.row, list(submission_ids))
        found = {row["submission_id"]: _case(row) for row in rows}
        return [found[name] for name in submission_ids if name in found]

    async def page(self, key: RunKey, wanted: CaseFilter, start: PageStart, size: int) -> Sequence[Case]:
        """The next cases in the order of storing."""
        async with self._database.acquire() as connection:
            known = await self._runs.get(connection, key)
            rows = await connection.fetch(
                self._runs.sql["case_page"],
                known.row,
                start.stored_at,
                start.submission_id,
                wanted.status,
                wanted.method,
                wanted.procedure,
                size,
            )
        return [_case(row) for row in rows]


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
            lines = await connection.fetch(sql["stage_lines"], row, before or watermark)
        ends = {(line["ledger_line"], _method(line["method"])): int(line["count"]) for line in lines}
        return Stage(
            watermark=SimTime(watermark),
            known=counted["known"],
            fingerprint=counted["fingerprint"],
            lines=ends,
            dead_lettered=sum(count for (line, _), count in ends.items() if line == "dead_lettered"),
        )

    async def ids(self, key: RunKey, before: SimTime, line: str) -> AsyncIterator[Sequence[str]]:
        """The ids themselves; no connection is held while the reader takes its time."""
        async with self._database.acquire() as connection:
            row = (await self._runs.get(connection, key)).row
            limit = before or await connection.fetchval(self._runs.sql["stage_watermark"], row)
        last = ""
        while chunk := await self._ids_after(row, limit, last, line):
            yield chunk
            last = chunk[-1]

    async def _ids_after(self, row: int, before: int, last: str, line: str) -> list[str]:
        query = self._runs.sql["stage_line_ids" if line else "stage_ids"]
        arguments = (row, before, last, IDS_IN_A_CHUNK, *([line] if line else []))
        async with self._database.acquire() as connection:
            return [found["submission_id"] for found in await connection.fetch(query, *arguments)]


def _case(row: Mapping[str, Any], history: tuple[CaseTransition, ...] = ()) -> Case:
    return Case(
        submission_id=row["submission_id"],
        payload=row["payload"],
        status=Status(row["status"]),
        method=_method(row["method"]),
        resident_number=row["resident_number"],
        stored_at=SimTime(row["stored_at_ms"]),
        history=history,
    )


def _method(name: str | None) -> LinkageMethod | None:
    return None if name is None else LinkageMethod(name)
