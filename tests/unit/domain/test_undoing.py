"""Withdrawals after the registration: undone by a clerk until the decision, too late behind it."""

from dataclasses import replace

import pytest

from shinsei.domain.distributions import Distribution
from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office import Office
from shinsei.domain.office.events import CaseOpened, Offer
from shinsei.domain.plan import VirtualRun
from shinsei.domain.run import DoubleSpec, RunSpec, WithdrawalSpec
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.domain.trace import trace_hash
from shinsei.testing.builders import a_run_spec
from shinsei.testing.offices import a_plain_office, diary, exactly, june, opened, run_office, withdrawn

TEN_MINUTES = WithdrawalSpec(share=1.0, delay_days=Distribution(mean=1.0, cv=0.0), undo_min=exactly(10))


def an_office(*, undo: bool = True) -> RunSpec:
    """A plain office in which an examination takes a day."""
    examination = {"office.examination_days": (("child_allowance", exactly(1)),)}
    spec = replace(a_plain_office(**examination), withdrawals=TEN_MINUTES)
    return spec if undo else replace(spec, withdrawals=replace(TEN_MINUTES, undo_min=None))


def story(spec: RunSpec, *offers: Offer) -> tuple[Office, list[str]]:
    office, events = run_office(spec, [opened(june(1, "09:00")), *offers])
    return office, diary(events, 1)


def test_a_registered_case_is_withdrawn_once_a_clerk_has_undone_its_record() -> None:
    plain_story = story(an_office())[1]
    registered = next(n for n, line in enumerate(plain_story) if line.endswith("REGISTER"))
    office, seen = story(an_office(), withdrawn(june(1, "10:00")))
    assert seen == [*plain_story[: registered + 1], "1 10:10 WITHDRAW"]
    report = office.report()
    assert (report.withdrawn, report.withdrawn_after_registration, report.withdrawn_too_late) == (0, 1, 0)
    assert (report.registered, report.decided, report.staff_minutes["undo"]) == (1, 0, 10.0)
    assert report.staff_minutes["result_entry"] == report.staff_minutes["notice"] == 0.0
    assert office.backlog == office.open_cases == office.unfinished_cases == 0


def test_without_the_switch_it_is_too_late_and_the_case_goes_on() -> None:
    office, seen = story(an_office(undo=False), withdrawn(june(1, "10:00")))
    assert seen == story(an_office(undo=False))[1]
    assert office.report().withdrawn_too_late == 1
    assert office.report().staff_minutes["undo"] == 0.0


def test_behind_the_decision_it_is_too_late() -> None:
    office, seen = story(an_office(), withdrawn(june(28, "10:00")))
    assert seen == story(an_office())[1]
    assert (office.report().withdrawn_after_registration, office.report().withdrawn_too_late) == (0, 1)


def test_a_decision_keyed_in_while_the_record_is_to_be_undone_stands() -> None:
    """The withdrawal comes at night; in the morning both wait, and whoever is first decides."""
    moments = [line for line in story(an_office())[1] if line.endswith(("EXAMINE", "GRANT"))]
    day, clock, _ = moments[0].split(" ")
    office, seen = story(an_office(), withdrawn(june(int(day), clock)))
    report = office.report()
    assert report.withdrawn_after_registration + report.withdrawn_too_late == 1
    assert ("WITHDRAW" in seen[-1]) is (report.withdrawn_after_registration == 1)
    assert office.open_cases == office.unfinished_cases == 0


def test_who_files_again_after_an_undone_registration_makes_the_next_try() -> None:
    spec = replace(an_office(), doubles=DoubleSpec(p_online=1.0, found_by_clerk=1.0, check_min=exactly(4)))
    again = CaseOpened(
        at=june(1, "11:00"),
        case_id="10-000001-2",
        procedure=10,
        method=LinkageMethod.TRANSCRIPTION,
        identified=True,
        submitted_at=june(1, "11:00"),
    )
    office, _ = run_office(spec, [opened(june(1, "09:00")), withdrawn(june(1, "10:00")), again])
    report = office.report()
    assert (report.registered, report.doubles_found, report.doubles_registered) == (2, {}, 0)


def a_season(share: float, *, undo: bool, method: LinkageMethod = LinkageMethod.TRANSCRIPTION) -> VirtualRun:
    spec = replace(
        a_run_spec(demand={"background_scale": 0.0}),
        twin_method=method,
        withdrawals=WithdrawalSpec(
            share=share, delay_days=Distribution(mean=3.0, cv=1.0), undo_min=exactly(10) if undo else None
        ),
    )
    done = VirtualRun(spec)
    done.advance(SimTime(spec.end + 60 * DAY_MS))
    return done


@pytest.mark.parametrize("method", [LinkageMethod.TRANSCRIPTION, LinkageMethod.RPA, LinkageMethod.BATCH_IMPORT])
def test_whatever_the_method_every_withdrawal_ends_its_case_or_is_counted_as_too_late(method: LinkageMethod) -> None:
    done = a_season(0.5, undo=True, method=method)
    report = done.report()
    ends = [case.lines[-1].action for case in done.cases()]
    assert report.withdrawn_after_registration > 0
    assert ends.count(Action.WITHDRAW) == report.withdrawn + report.withdrawn_after_registration
    assert len(done.reactions) == ends.count(Action.WITHDRAW) + report.withdrawn_too_late
    assert set(ends) == {Action.WITHDRAW, Action.NOTIFY}


def test_where_nobody_withdraws_trace_and_books_are_as_without() -> None:
    off, on = a_season(0.0, undo=False), a_season(0.0, undo=True)
    assert trace_hash(off.lines(off.spec.end)) == trace_hash(on.lines(on.spec.end))
    assert off.report() == on.report()
