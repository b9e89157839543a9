"""Cases and their kept history, in PostgreSQL."""

from collections.abc import AsyncIterator, Sequence

from portal_sim.handlers.model import Case, CaseHistory, StageCount
from portal_sim.outbound.queries import SQL
from shinsei.domain.simtime import SimTime
from shinsei.runtime.postgres import Database

_CASES_PER_CHUNK = 500
_IDS_PER_CHUNK = 10_000


class PostgresCases:
    """Implements ``CaseStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, receipt_number: str) -> Case | None:
        """The case of a receipt number."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL["find_case"], receipt_number)
        if row is None:
            return None
        return Case(
            run_key=row["run_key"],
            receipt_number=row["receipt_number"],
            submission_id=row["submission_id"],
            procedure=row["procedure"],
            submitted_at=SimTime(row["submitted_at_ms"]),
        )

    async def updates(self, case: Case) -> Sequence[bytes]:
        """Its updates in order."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL["case_updates"], case.run_key, case.submission_id)
        return [row[0] for row in rows]

    async def trace(self, run_key: int) -> AsyncIterator[Sequence[CaseHistory]]:
        """Every case of a run by submission id, in chunks; no connection is held between two of them."""
        last = ""
        while True:
            async with self._database.acquire() as connection:
                cases = await connection.fetch(SQL["trace_cases"], run_key, last, _CASES_PER_CHUNK)
                if not cases:
                    return
                upto = cases[-1]["submission_id"]
                rows = await connection.fetch(SQL["trace_updates"], run_key, last, upto)
            updates: dict[str, list[bytes]] = {}
            for row in rows:
                updates.setdefault(row["submission_id"], []).append(row["payload"])
            yield [
                CaseHistory(
                    submission_id=case["submission_id"],
                    receipt_number=case["receipt_number"],
                    procedure=case["procedure"],
                    submitted_at=SimTime(case["submitted_at_ms"]),
                    updates=updates.get(case["submission_id"], ()),
                )
                for case in cases
            ]
            last = upto

    async def count(self, run_key: int, before: SimTime) -> StageCount:
        """Cases accepted before a moment."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL["stage"], run_key, before)
        return StageCount(known=row["known"], fingerprint=row["fingerprint"])

    async def submission_ids(self, run_key: int, before: SimTime) -> AsyncIterator[Sequence[str]]:
        """Their ids, in chunks."""
        last = ""
        while True:
            async with self._database.acquire() as connection:
                rows = await connection.fetch(SQL["stage_ids"], run_key, before, last, _IDS_PER_CHUNK)
            if not rows:
                return
            ids = [row[0] for row in rows]
            yield ids
            last = ids[-1]
