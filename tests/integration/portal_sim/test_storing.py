"""What a commit of submissions finds when it has waited for others: the rows as they are then, not as they were."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import asyncpg
import pytest

from portal_sim.handlers.model import Accepted, Outcome, Stamped
from portal_sim.inbound import decode
from portal_sim.outbound.intake import PostgresIntake
from portal_sim.outbound.runs import PostgresRuns
from shinsei.contracts.codec import encode_run
from shinsei.domain.errors import ConflictError
from shinsei.domain.run import Filing
from shinsei.domain.simtime import HOUR_MS, MINUTE_MS, SimTime
from shinsei.runtime.postgres import Database
from shinsei.runtime.queries import load_sql
from shinsei.season.filing import application
from shinsei.testing import a_run_spec, eventually

SPEC = a_run_spec()
FILED = SimTime(SPEC.start + MINUTE_MS)
COUNTED = "SELECT accepted, late FROM run_intake"


@pytest.fixture
async def stored(dsn: str) -> AsyncIterator[Database]:
    database = Database(dsn, load_sql("portal_sim", "schema.sql"))
    await database.start()
    yield database
    await database.stop()


@pytest.fixture
async def run_key(stored: Database) -> int:
    row = await PostgresRuns(stored).open(SPEC, encode_run(SPEC), None)
    assert row is not None
    return row.key


@pytest.fixture
async def other(dsn: str) -> AsyncIterator[Any]:
    """A connection of somebody else's."""
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


def submissions(run_key: int, count: int, first: int = 1) -> list[Stamped]:
    filings = [
        Filing(at=FILED, case_id=f"10-{n:06d}", procedure=10, online=True, signed=True)
        for n in range(first, first + count)
    ]
    return [
        Stamped(run_key=run_key, at=FILED, submission=decode.submission(application(SPEC, filing)))
        for filing in filings
    ]


async def behind(
    other: Any, intake: PostgresIntake, batch: Sequence[Stamped], change: str, *arguments: int
) -> Sequence[Outcome]:
    """What becomes of a batch whose commit has to wait for another's change."""
    async with other.transaction():
        await other.execute(change, *arguments)
        storing = asyncio.ensure_future(intake.store(batch))

        async def waits() -> bool:
            return bool(await other.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"))

        await eventually(waits)
    return await storing


async def test_behind_the_end_of_its_run_nothing_is_stored(stored: Database, run_key: int, other: Any) -> None:
    batch = submissions(run_key, 2)
    outcomes = await behind(other, PostgresIntake(stored), batch, "UPDATE run SET closed = true")
    assert [type(outcome) for outcome in outcomes] == [ConflictError] * 2
    assert await other.fetchval("SELECT count(*) FROM application") == 0
    assert tuple(await other.fetchrow(COUNTED)) == (0, 0)


async def test_behind_a_watermark_that_has_been_raised_all_are_taken_at_it_and_counted_as_late(
    stored: Database, run_key: int, other: Any
) -> None:
    watermark = SPEC.start + HOUR_MS
    batch = submissions(run_key, 2)
    outcomes = await behind(other, PostgresIntake(stored), batch, "UPDATE run SET watermark_ms = $1", watermark)
    assert [(one.submitted_at, one.late) for one in outcomes if isinstance(one, Accepted)] == [(watermark, True)] * 2
    assert [row[0] for row in await other.fetch("SELECT stamp_ms FROM entry")] == [watermark] * 2
    assert tuple(await other.fetchrow(COUNTED)) == (2, 2)


async def test_what_others_have_counted_meanwhile_is_counted_too(stored: Database, run_key: int, other: Any) -> None:
    change = "UPDATE run_intake SET accepted = accepted + 5, late = late + 1"
    await behind(other, PostgresIntake(stored), submissions(run_key, 2), change)
    assert tuple(await other.fetchrow(COUNTED)) == (7, 1)


async def test_commits_side_by_side_store_each_submission_once_and_count_it_once(
    stored: Database, run_key: int, other: Any
) -> None:
    intake = PostgresIntake(stored)
    batches = [submissions(run_key, 20, first)[::step] for first in (1, 11) for step in (1, -1)] * 4
    answers = await asyncio.gather(*(intake.store(batch) for batch in batches))
    told = [outcome for outcomes in answers for outcome in outcomes if isinstance(outcome, Accepted)]
    assert len(told) == 16 * 20
    assert len([one for one in told if not one.duplicate]) == 30
    numbers = {row[0] for row in await other.fetch("SELECT receipt_number FROM entry")}
    assert numbers == {one.receipt_number for one in told}
    assert tuple(await other.fetchrow(COUNTED)) == (30, 0)


async def test_what_a_run_has_taken_keeps_its_number_though_it_has_ended_since(
    stored: Database, run_key: int, other: Any
) -> None:
    """As after a commit whose answer was lost: nobody may be told that his application has not been taken."""
    intake, batch = PostgresIntake(stored), submissions(run_key, 2)
    (first,) = await intake.store(batch[:1])
    await other.execute("UPDATE run SET closed = true")
    again, new = await intake.store(batch)
    assert isinstance(first, Accepted)
    assert isinstance(again, Accepted)
    assert (again.receipt_number, again.duplicate) == (first.receipt_number, True)
    assert isinstance(new, ConflictError)
