"""What the portal knows of its runs when the answer of a commit was lost."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest
from tests.unit.portal_sim.rows import a_run_row

from portal_sim.handlers.model import Entry, EntryPlace, RunRow, SimClock
from portal_sim.handlers.ports import ChangeDecision
from portal_sim.handlers.pull import Pulls
from portal_sim.handlers.run import Run
from portal_sim.handlers.runs import Runs
from shinsei.domain.errors import InvalidInputError, UnavailableError
from shinsei.domain.run import Change, Pacing, RunSpec
from shinsei.domain.simtime import HOUR_MS, SECOND_MS, SimTime
from shinsei.testing import ManualClock, a_change, a_run_spec

SPEC = a_run_spec()


class Forgetful:
    """Commits, and says so only if it is not told to keep silent."""

    def __init__(self) -> None:
        self.row: RunRow | None = None
        self.changes: list[Change] = []
        self.given: list[SimTime] = []
        self.asked: list[SimTime] = []
        self.silent = False
        self.committed = asyncio.Event()
        self.answers = asyncio.Event()
        self.answers.set()

    async def load(self) -> tuple[Sequence[RunRow], Mapping[int, Sequence[Change]]]:
        return [self.row] if self.row else [], {1: list(self.changes)}

    async def open(self, spec: RunSpec, spec_bytes: bytes, clock: SimClock | None) -> RunRow | None:
        if self.row is not None:
            return None
        self.row = a_run_row(spec, clock, spec_bytes=spec_bytes)
        self._answer()
        return self.row

    async def add_change(self, key: int, change_id: str, decide: ChangeDecision) -> Change | None:
        change, _ = decide(SimTime(SPEC.start), len(self.changes))
        self.changes.append(change)
        self.committed.set()
        await self.answers.wait()
        self._answer()
        return change

    async def save_given(self, key: int, watermark: SimTime) -> None:
        self.given.append(watermark)
        self._answer()

    async def entries(self, key: int, watermark: SimTime, after: EntryPlace, limit: int) -> Sequence[Entry]:
        self.asked.append(watermark)
        return ()

    def _answer(self) -> None:
        if self.silent:
            self.silent = False
            raise UnavailableError("the connection was lost behind the commit")


async def opened() -> tuple[Forgetful, Runs, Run]:
    """A run that its portal knows, and what it is kept in."""
    store = Forgetful()
    runs = Runs(store, ManualClock())  # type: ignore[arg-type]
    return store, runs, await runs.open(SPEC, b"", 0)


async def make_in_vain(store: Forgetful, runs: Runs, run: Run) -> None:
    """A change that is committed, and not answered."""
    store.silent = True
    with pytest.raises(UnavailableError):
        await runs.change(run, a_change(), SimTime(0))


async def test_a_run_whose_opening_was_not_answered_is_open_when_asked_for_again() -> None:
    store = Forgetful()
    runs = Runs(store, ManualClock())  # type: ignore[arg-type]
    store.silent = True
    with pytest.raises(UnavailableError):
        await runs.open(SPEC, b"", 0)
    run = await runs.open(SPEC, b"", 0)
    assert runs.accepting(SPEC.municipality, SPEC.run_id) is run


async def test_a_change_whose_commit_was_not_answered_is_known_with_the_next_one() -> None:
    """Which statuses an applicant sees follows from all changes that are in effect."""
    store, runs, run = await opened()
    await make_in_vain(store, runs, run)
    await runs.change(run, a_change(), SimTime(0))
    await runs.change(run, a_change(), SimTime(0))
    assert await runs.changes(run) == store.changes
    assert [change.n for change in store.changes] == [0, 1, 2]


async def test_a_change_whose_commit_was_not_answered_counts_before_anybody_comes_again() -> None:
    store, runs, run = await opened()
    await make_in_vain(store, runs, run)
    assert await runs.changes(run) == store.changes != []


async def test_whoever_asks_for_the_changes_waits_for_one_that_is_being_recorded() -> None:
    store, runs, run = await opened()
    store.answers.clear()
    async with asyncio.TaskGroup() as both:
        making = both.create_task(runs.change(run, a_change(), SimTime(0)))
        await store.committed.wait()
        asking = both.create_task(runs.changes(run))
        store.answers.set()
    assert asking.result() == [making.result()]


@pytest.mark.parametrize("speed", [0, -1, float("nan"), float("inf"), 1e300, 1_000_001])
async def test_a_standing_run_is_refused_a_speed_that_would_leave_the_calendar(speed: float) -> None:
    runs = Runs(Forgetful(), ManualClock())  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="speed"):
        await runs.open(a_run_spec(pacing=Pacing.CLOCK), b"", speed)


async def test_a_listing_that_was_waited_for_in_vain_tells_what_the_store_knows_and_commits_nothing() -> None:
    clock, store = ManualClock(), Forgetful()
    runs = Runs(store, clock)  # type: ignore[arg-type]
    pulls = Pulls(runs, store)  # type: ignore[arg-type]
    spec = a_run_spec(pacing=Pacing.CLOCK)
    run = await runs.open(spec, b"", 1.0)
    later = SimTime(spec.start + HOUR_MS)
    clock.advance(1.0)
    assert (await pulls.listing(run, SimTime(0), 0, 0)).watermark == spec.start + SECOND_MS
    clock.advance(1.0)
    assert (await pulls.listing(run, later, 0, 0)).watermark == spec.start + SECOND_MS
    store.silent = True
    with pytest.raises(UnavailableError):
        await pulls.listing(run, SimTime(0), 0, 0)
    # Whether that one was committed nobody knows, so it is not told either.
    assert (await pulls.listing(run, later, 0, 0)).watermark == spec.start + SECOND_MS
    assert store.given == [spec.start + SECOND_MS, spec.start + 2 * SECOND_MS]
    assert store.asked == [spec.start + SECOND_MS] * 3
