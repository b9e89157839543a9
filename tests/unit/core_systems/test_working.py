"""The order of things in a step: what is fetched before the transaction, what is forgotten after a failure."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from prometheus_client import REGISTRY

from core_systems.handlers.values import (
    Arrival,
    CaseRequested,
    CoreMessage,
    Journal,
    Owner,
    RefusedMessage,
    RunEnded,
    RunKey,
    RunOpened,
    Step,
    WatermarkRose,
)
from core_systems.handlers.working import Offices, WorkPorts
from shinsei.domain.demand import filings
from shinsei.domain.errors import UnavailableError
from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime
from shinsei.testing.builders import A_MUNICIPALITY, JUNE_FIRST, a_run_spec
from shinsei.testing.waiting import eventually

KEY = RunKey(run_id="run-1", municipality=A_MUNICIPALITY)
OWNER = Owner(partition=0, epoch=1)
END = SimTime(JUNE_FIRST + 5 * DAY_MS)


class InMemoryBooks:
    """Keeps steps as the database does, and fails as often as it is told to, before or after its commit."""

    def __init__(self) -> None:
        self.spec: RunSpec | None = None
        self.steps: list[Step] = []
        self.fail_before = self.fail_after = 0
        self.journals_read = 0
        self.open = asyncio.Event()
        self.open.set()

    async def journal(self, key: RunKey) -> Journal | None:
        self.journals_read += 1
        await self.open.wait()
        if self.spec is None:
            return None
        return Journal(
            spec=self.spec,
            watermark=max((step.watermark.at for step in self.steps if step.watermark), default=SimTime(0)),
            last_number=self.steps[-1].last_number,
            cases=tuple(case for step in self.steps for case in step.cases),
            changes=tuple(change for step in self.steps for _, change in step.changes),
            closed=any(step.ended for step in self.steps),
        )

    async def last_number(self, key: RunKey) -> int | None:
        return self.steps[-1].last_number if self.spec is not None else None

    async def keep(self, key: RunKey, owner: Owner, step: Step, arrivals: Sequence[Arrival[CoreMessage]]) -> None:
        if self.fail_before:
            self.fail_before -= 1
            raise UnavailableError("before the commit")
        self.spec = step.opened or self.spec
        self.steps.append(step)
        if self.fail_after:
            self.fail_after -= 1
            raise UnavailableError("after the commit")


class Screen:
    """An inquiry screen that shows everything, once it is let."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.open = asyncio.Event()
        self.open.set()
        self.hidden: set[str] = set()

    async def forms(self, key: RunKey, submission_ids: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        self.asked += submission_ids
        await self.open.wait()
        return {name: {"read": "from the screen"} for name in submission_ids if name not in self.hidden}


class Letters:
    def __init__(self) -> None:
        self.buried: list[tuple[object, str]] = []

    async def bury(self, delivered: object, reason: str) -> None:
        self.buried.append((delivered, reason))


@pytest.fixture
def books() -> InMemoryBooks:
    return InMemoryBooks()


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def letters() -> Letters:
    return Letters()


@pytest.fixture
def offices(books: InMemoryBooks, screen: Screen, letters: Letters) -> Offices:
    return Offices(WorkPorts(books=books, inquiry=screen, dead_letters=letters))


def a_case(n: int, method: LinkageMethod = LinkageMethod.TRANSCRIPTION) -> CaseRequested:
    return CaseRequested(
        submission_id=f"{A_MUNICIPALITY}-10-9{n:05d}",
        receipt_number=str(n),
        procedure=10,
        method=method,
        resident_number="999000000000001",
        identified=True,
        submitted_at=SimTime(JUNE_FIRST + n * HOUR_MS),
        opened_at=SimTime(JUNE_FIRST + n * HOUR_MS + 1),
        fields={"came": "with the case"},
    )


def opened() -> RunOpened:
    spec = a_run_spec(demand={"population": 300})
    assert isinstance(spec, RunSpec)
    return RunOpened(spec=spec)


def rose(at: SimTime = END) -> WatermarkRose:
    return WatermarkRose(at=at, accepted_before=at)


def a_log(*bodies: CoreMessage, first: int = 1) -> list[Arrival[CoreMessage]]:
    return [Arrival(number=n, delivered=f"record {n}", body=body) for n, body in enumerate(bodies, start=first)]


LOG = a_log(opened(), a_case(1), a_case(2), a_case(3), rose())


async def test_a_step_keeps_cases_registrations_and_watermark_together(offices: Offices, books: InMemoryBooks) -> None:
    await offices.work(KEY, OWNER, LOG)
    (step,) = books.steps
    assert len(step.cases) == 3
    assert {entry.core_system for entry in step.registrations} == {"child_allowance"}
    assert {entry.submission_id for entry in step.registrations} <= {done.submission_id for done in step.done}
    assert (step.last_number, step.watermark) == (5, rose())


async def test_transcription_reads_the_screen_and_an_import_does_not(
    offices: Offices, books: InMemoryBooks, screen: Screen
) -> None:
    cases = [a_case(n, LinkageMethod.STANDARD_API) for n in range(4, 10)]
    await offices.work(KEY, OWNER, a_log(opened(), a_case(1), *cases, rose()))
    (step,) = books.steps
    keyed = [entry.submission_id for entry in step.registrations if entry.method is LinkageMethod.TRANSCRIPTION]
    assert screen.asked == keyed
    assert a_case(1).submission_id in keyed
    for entry in step.registrations:
        assert (entry.fields is not None) == (entry.submission_id in keyed)


@pytest.mark.parametrize("when", ["fail_before", "fail_after"])
async def test_after_a_failed_or_unknown_commit_the_office_is_rebuilt_and_nothing_happens_twice(
    offices: Offices, books: InMemoryBooks, when: str
) -> None:
    await offices.work(KEY, OWNER, LOG[:1])
    setattr(books, when, 1)
    with pytest.raises(UnavailableError):
        await offices.work(KEY, OWNER, LOG)
    await offices.work(KEY, OWNER, LOG)
    told = [(done.submission_id, row) for step in books.steps for done in step.done for row in done.transitions]
    assert told
    assert len(told) == len(set(told))
    assert len([case for step in books.steps for case in step.cases]) == 3


async def test_what_is_registered_is_counted_by_method_and_prefecture(offices: Offices, books: InMemoryBooks) -> None:
    def counted(**labels: str) -> float:
        return REGISTRY.get_sample_value("shinsei_core_systems_completed_total", labels) or 0.0

    labels = {"linkage_method": "TRANSCRIPTION", "prefecture": A_MUNICIPALITY[:2]}
    before = counted(**labels)
    await offices.work(KEY, OWNER, LOG)
    (step,) = books.steps
    assert counted(**labels) - before == len(step.registrations) > 0


async def test_what_is_delivered_again_has_no_effect(offices: Offices, books: InMemoryBooks) -> None:
    await offices.work(KEY, OWNER, LOG)
    await offices.work(KEY, OWNER, LOG)
    await offices.work(KEY, OWNER, a_log(a_case(2), first=6))
    assert sum(len(step.cases) for step in books.steps) == 3


async def test_what_lies_behind_a_gap_is_left_for_later(offices: Offices, books: InMemoryBooks) -> None:
    await offices.work(KEY, OWNER, [*LOG[:2], *LOG[3:]])
    assert [step.last_number for step in books.steps] == [2]
    await offices.work(KEY, OWNER, LOG[2:])
    assert [step.last_number for step in books.steps] == [2, 5]


async def test_a_case_that_the_screen_does_not_show_is_not_registered_empty(
    offices: Offices, books: InMemoryBooks, screen: Screen
) -> None:
    screen.hidden.add(a_case(1).submission_id)
    with pytest.raises(UnavailableError, match="does not show 1 cases"):
        await offices.work(KEY, OWNER, LOG)
    assert books.steps == []


async def test_a_report_shows_no_step_that_is_not_committed(offices: Offices, screen: Screen) -> None:
    await offices.work(KEY, OWNER, LOG[:1])
    screen.open.clear()
    step = asyncio.create_task(offices.work(KEY, OWNER, LOG))
    await eventually(lambda: screen.asked)
    report = asyncio.create_task(offices.report(KEY))
    done, _ = await asyncio.wait({report}, timeout=0.05)
    assert not done
    screen.open.set()
    await step
    found = await report
    assert found is not None
    assert found.until == END


async def test_a_run_that_has_ended_can_still_be_reported_and_takes_nothing_more(
    offices: Offices, books: InMemoryBooks
) -> None:
    await offices.work(KEY, OWNER, [*LOG, *a_log(RunEnded(), first=6)])
    await offices.work(KEY, OWNER, a_log(a_case(9), first=7))
    assert [step.ended for step in books.steps] == [True]
    found = await offices.report(KEY)
    assert found is not None
    assert found.arrivals == 3


async def test_an_office_that_is_not_open_here_is_rebuilt_once_for_what_is_in_its_journal(books: InMemoryBooks) -> None:
    there, here = (Offices(WorkPorts(books=books, inquiry=Screen(), dead_letters=Letters())) for _ in range(2))
    await there.work(KEY, OWNER, LOG)
    read = books.journals_read
    first, beside = await asyncio.gather(here.report(KEY), here.report(KEY))
    again = await here.report(KEY)
    assert books.journals_read == read + 1, "however often and by how many it is asked for"
    assert first == beside == again == await there.report(KEY)
    await there.work(KEY, OWNER, a_log(rose(SimTime(END + HOUR_MS)), first=6))
    grown = await here.report(KEY)
    assert grown is not None
    assert grown.until == END + HOUR_MS
    assert grown == await there.report(KEY)


async def test_who_loses_patience_with_a_report_finds_it_done_later(books: InMemoryBooks) -> None:
    there, here = (Offices(WorkPorts(books=books, inquiry=Screen(), dead_letters=Letters())) for _ in range(2))
    await there.work(KEY, OWNER, LOG)
    read = books.journals_read
    books.open.clear()
    hasty = asyncio.create_task(here.report(KEY))
    await eventually(lambda: books.journals_read > read)
    hasty.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hasty
    books.open.set()
    assert await here.report(KEY) == await there.report(KEY)
    assert books.journals_read == read + 1


async def test_a_run_that_nobody_opened_is_ignored_and_has_no_report(offices: Offices, books: InMemoryBooks) -> None:
    await offices.work(KEY, OWNER, a_log(a_case(1), rose()))
    assert books.steps == []
    assert await offices.report(KEY) is None


async def test_a_refused_message_is_buried_and_takes_its_number(
    offices: Offices, books: InMemoryBooks, letters: Letters
) -> None:
    at = a_case(1).opened_at
    refused = RefusedMessage(submission_id=a_case(1).submission_id, at=at, reason="broken")
    await offices.work(KEY, OWNER, a_log(opened(), refused, a_case(2), rose()))
    assert letters.buried == [("record 2", "broken")]
    (step,) = books.steps
    assert step.dead == (a_case(1).submission_id,)
    assert [case.submission_id for case in step.cases] == [a_case(2).submission_id]
    (end,) = next(done.transitions for done in step.done if done.submission_id == a_case(1).submission_id)
    assert (end.at, end.action, end.detail) == (at, Action.DEAD_LETTER, "broken")


async def test_a_case_that_came_well_is_not_ended_by_a_broken_repetition(
    offices: Offices, books: InMemoryBooks
) -> None:
    refused = RefusedMessage(submission_id=a_case(1).submission_id, at=a_case(1).opened_at, reason="broken")
    await offices.work(KEY, OWNER, a_log(opened(), a_case(1), refused))
    await offices.work(KEY, OWNER, a_log(refused, rose(), first=4))
    assert [step.dead for step in books.steps] == [(), ()]
    told = [row.action for step in books.steps for done in step.done for row in done.transitions]
    assert Action.DEAD_LETTER not in told


async def test_an_end_in_the_dead_letters_is_never_told_behind_a_watermark_that_was_sent(
    offices: Offices, books: InMemoryBooks
) -> None:
    refused = RefusedMessage(submission_id=a_case(1).submission_id, at=a_case(1).opened_at, reason="broken")
    await offices.work(KEY, OWNER, a_log(opened(), rose()))
    await offices.work(KEY, OWNER, a_log(refused, first=3))
    assert [done.transitions[0].at for done in books.steps[-1].done] == [END]


async def test_a_partition_that_changed_hands_is_read_from_the_database(offices: Offices, books: InMemoryBooks) -> None:
    await offices.work(KEY, OWNER, LOG[:2])
    before = books.journals_read
    offices.forget(0)
    await offices.work(KEY, replace(OWNER, epoch=2), LOG)
    assert books.journals_read == before + 1
    assert books.steps[-1].last_number == 5


async def test_a_case_with_the_number_of_a_paper_case_does_not_stop_the_office(
    offices: Offices, books: InMemoryBooks, letters: Letters
) -> None:
    started = opened()
    paper = next(filing.case_id for filing in filings(started.spec) if not filing.online)
    clash = replace(a_case(1), submission_id=f"{A_MUNICIPALITY}-{paper}")
    await offices.work(KEY, OWNER, a_log(started, clash, a_case(2), rose()))
    assert [reason for _, reason in letters.buried] == ["a paper case of the run has this number"]
    assert [case.submission_id for case in books.steps[0].cases] == [a_case(2).submission_id]
