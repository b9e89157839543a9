"""What the portal refuses before anything is stored, one submission at a time."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import pytest
from tests.unit.portal_sim.rows import a_run_row

from portal_sim.handlers.intake import MAX_APPLICATION_BYTES, Intake, IntakeLimits
from portal_sim.handlers.model import Accepted, BusyError, DeclaredDigest, Outcome, Stamped, Submission
from portal_sim.handlers.run import Run
from portal_sim.handlers.signatures import Signatures
from portal_sim.inbound import decode
from shinsei.domain.errors import InvalidInputError, UnavailableError
from shinsei.domain.run import Filing
from shinsei.domain.simtime import HOUR_MS, SimTime
from shinsei.runtime.clock import sleep
from shinsei.season.filing import application
from shinsei.testing import ManualClock, a_run_spec
from shinsei.testing.waiting import eventually

SPEC = a_run_spec()
UNCHECKED = Signatures(None, None, lambda *_: None)  # type: ignore[arg-type]


class OneRun:
    """The runs of a portal that has one."""

    def __init__(self) -> None:
        row = a_run_row(SPEC)
        self.run = Run(row, (), ManualClock())

    def accepting(self, municipality: str, run_id: str) -> Run:
        return self.run

    def by_key(self, key: int) -> Run:
        return self.run


class Shelf:
    """Accepts everything."""

    async def store(self, batch: Sequence[Stamped]) -> Sequence[Outcome]:
        return [
            Accepted(receipt_number=item.submission.submission_id, submitted_at=item.at, duplicate=False)
            for item in batch
        ]

    async def accepted(self, keys: Sequence[tuple[int, str]]) -> Mapping[tuple[int, str], Accepted]:
        return {}

    async def uploads(self, keys: Sequence[tuple[int, str]]) -> Mapping[tuple[int, str], Collection[DeclaredDigest]]:
        return {}


def a_submission(n: int = 1) -> Submission:
    filing = Filing(at=SimTime(SPEC.start + HOUR_MS), case_id=f"10-{n:06d}", procedure=10, online=True, signed=True)
    return decode.submission(application(SPEC, filing))


async def submit(*submissions: Submission) -> list[Outcome]:
    limits = IntakeLimits(linger_s=0.0, batch=100, max_pending=1_000, timeout_s=10.0, max_wait_s=3.0)
    intake = Intake(OneRun(), Shelf(), UNCHECKED, limits, sleep=sleep, pending=lambda _: None, took=lambda *_: None)  # type: ignore[arg-type]
    committing = asyncio.create_task(intake.commit())
    try:
        return await intake.submit(submissions)
    finally:
        committing.cancel()


class FullShelf(Shelf):
    """Has the first of each batch already."""

    async def store(self, batch: Sequence[Stamped]) -> Sequence[Outcome]:
        first, *others = await super().store(batch)
        return [cast("Accepted", first)._replace(duplicate=True), *others]


@pytest.mark.parametrize(("shelf", "stored"), [(Shelf(), 3), (FullShelf(), 2)])
async def test_how_long_submissions_have_waited_is_told_with_how_many_are_stored(shelf: Shelf, stored: int) -> None:
    told: list[Mapping[float, int]] = []
    limits = IntakeLimits(linger_s=0.01, batch=100, max_pending=1_000, timeout_s=10.0, max_wait_s=3.0)
    intake = Intake(
        OneRun(),  # type: ignore[arg-type]
        shelf,
        UNCHECKED,
        limits,
        sleep=sleep,
        pending=lambda _: None,
        took=lambda *_: None,
        waited=told.append,
    )
    committing = asyncio.create_task(intake.commit())
    await asyncio.gather(intake.submit([a_submission(1), a_submission(2)]), intake.submit([a_submission(3)]))
    committing.cancel()
    assert sum(count for waited in told for count in waited.values()) == stored
    assert all(0 <= seconds < 5 for waited in told for seconds in waited)


@pytest.mark.parametrize(
    "refused",
    [
        replace(a_submission(2), wanted_at=SimTime(SPEC.end)),
        replace(a_submission(2), wanted_at=SimTime(2**62)),
        replace(a_submission(2), wanted_at=SimTime(0)),
        replace(a_submission(2), payload=b" " * (MAX_APPLICATION_BYTES + 1)),
    ],
    ids=["behind-the-run", "no-time-at-all", "no-time", "too-large-to-travel"],
)
async def test_one_that_cannot_be_taken_is_refused_and_its_neighbours_are_not(refused: Submission) -> None:
    first, wrong, last = await submit(a_submission(1), refused, a_submission(3))
    assert isinstance(wrong, InvalidInputError)
    assert isinstance(first, Accepted)
    assert isinstance(last, Accepted)


class Slow(Shelf):
    """A database that takes its time."""

    async def store(self, batch: Sequence[Stamped]) -> Sequence[Outcome]:
        await sleep(0.005)
        return await super().store(batch)


async def test_the_longer_a_commit_takes_the_longer_the_next_waits_for_company() -> None:
    waited: list[float] = []

    async def recorded(seconds: float) -> None:
        waited.append(seconds)

    limits = IntakeLimits(linger_s=0.001, batch=100, max_pending=1_000, timeout_s=10.0, max_wait_s=3.0)
    intake = Intake(OneRun(), Slow(), UNCHECKED, limits, sleep=recorded, pending=lambda _: None, took=lambda *_: None)  # type: ignore[arg-type]
    committing = asyncio.create_task(intake.commit())
    for n in (1, 2):
        await intake.submit([a_submission(n)])
    committing.cancel()
    assert waited[0] == 0.001
    assert 0.005 <= waited[1] <= 0.02


class Stuck(Shelf):
    """A database that does not answer until it is let go."""

    def __init__(self) -> None:
        self.is_asked, self.is_free = asyncio.Event(), asyncio.Event()

    async def store(self, batch: Sequence[Stamped]) -> Sequence[Outcome]:
        self.is_asked.set()
        await self.is_free.wait()
        return await super().store(batch)


async def test_while_the_queue_stands_still_no_more_are_taken_and_those_who_were_are_answered() -> None:
    shelf = Stuck()
    limits = IntakeLimits(linger_s=0.0, batch=1, max_pending=1_000, timeout_s=10.0, max_wait_s=0.02)
    intake = Intake(OneRun(), shelf, UNCHECKED, limits, sleep=sleep, pending=lambda _: None, took=lambda *_: None)  # type: ignore[arg-type]
    committing = asyncio.create_task(intake.commit())
    # The first is at the database, the second waits behind it for longer than is allowed.
    taken = [asyncio.create_task(intake.submit([a_submission(n)])) for n in (1, 2)]

    async def is_busy() -> bool:
        waiting = asyncio.create_task(intake.submit([a_submission(3)]))
        done, _ = await asyncio.wait([waiting], timeout=0.001)
        if not done:
            taken.append(waiting)
            return False
        return isinstance(waiting.exception(), BusyError)

    await eventually(is_busy)
    shelf.is_free.set()
    outcomes = [outcome for answers in await asyncio.gather(*taken) for outcome in answers]
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    committing.cancel()


@pytest.mark.parametrize("gone", [True, False], ids=["who-has-gone", "who-has-given-up"])
async def test_what_is_committed_for_somebody_who_does_not_wait_any_more_is_counted(*, gone: bool) -> None:
    runs, shelf = OneRun(), Stuck()
    limits = IntakeLimits(linger_s=0.0, batch=100, max_pending=1_000, timeout_s=10.0 if gone else 0.001, max_wait_s=3.0)
    took: list[SimTime] = []
    ports: Any = {"sleep": sleep, "pending": lambda _: None, "took": lambda _, at: took.append(at)}
    intake = Intake(cast("Any", runs), shelf, UNCHECKED, limits, **ports)
    committing = asyncio.create_task(intake.commit())
    waiting = asyncio.create_task(intake.submit([a_submission(1), a_submission(2)]))
    await shelf.is_asked.wait()
    if gone:
        waiting.cancel()
    with pytest.raises(asyncio.CancelledError if gone else UnavailableError):
        await waiting
    assert not took
    shelf.is_free.set()
    await eventually(lambda: len(took) == 2)
    assert runs.run.accepted == 2
    committing.cancel()
