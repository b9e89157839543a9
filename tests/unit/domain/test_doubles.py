"""The same person twice: who notices, what it costs, and what nobody notices."""

from copy import copy
from dataclasses import replace
from typing import Any

import pytest

from shinsei.api.application.v1 import application_pb2 as pb
from shinsei.domain.demand import filings
from shinsei.domain.distributions import Distribution
from shinsei.domain.identification import mappings, person, residents, serial_number
from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office import Office
from shinsei.domain.office.events import CaseOpened, CaseWithdrawn, PaperArrived
from shinsei.domain.plan import VirtualRun
from shinsei.domain.run import DoubleFinder, DoubleSpec, RunSpec, double_of, original_of
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.domain.trace import trace_hash
from shinsei.season.filing import application, applications
from shinsei.testing.builders import a_run_spec
from shinsei.testing.offices import a_plain_office, diary, exactly, june, opened

BASE = a_run_spec(demand={"background_scale": 0.0})
ON = DoubleSpec(p_online=0.3, p_paper=0.2, p_resend=0.5, delay_days=Distribution(mean=2.0, cv=0.5))
EVERY: dict[DoubleFinder, dict[str, Any]] = {
    finder: {f"found_by_{finder}": 1.0} for finder in DoubleFinder if finder is not DoubleFinder.NOBODY
}
EVERY[DoubleFinder.NOBODY] = {}


def with_doubles(**changes: Any) -> RunSpec:
    return replace(BASE, doubles=replace(ON, **changes))


def test_a_double_is_of_the_same_person_and_its_id_says_whose_it_is() -> None:
    spec = with_doubles()
    first = {filing.case_id: filing for filing in filings(BASE)}
    found = [filing for filing in filings(spec) if filing.original is not None]
    assert {filing.case_id for filing in filings(spec) if filing.original is None} == set(first)
    assert found
    for double in found:
        assert double.original == first[original_of(double.case_id) or ""]
        assert double.case_id == double_of(double.original.case_id)
        assert double.at > double.original.at
        if double.online:
            mine, theirs = application(spec, double), application(spec, double.original)
            assert mine.submission_id != theirs.submission_id
            assert (mine.applicant, mine.serial_number) == (theirs.applicant, theirs.serial_number)
    online = sum(filing.online for filing in first.values())
    assert 0.2 < sum(double.online for double in found) / online < 0.4
    assert 0.1 < sum(not double.online for double in found) / online < 0.3


def test_the_registry_has_each_person_once() -> None:
    assert list(mappings(with_doubles())) == list(mappings(BASE))
    assert list(residents(with_doubles())) == list(residents(BASE))
    assert original_of("10-000001") is None
    assert original_of(double_of("10-000001")) == "10-000001"
    assert person(1, "10-000001") != person(1, "10-000001-2")
    assert serial_number(1, "10-000001") != serial_number(1, "10-000001-2")


def test_an_impatient_resend_is_the_same_submission() -> None:
    """Which the portal answers with the same receipt number; the trace never hears of it."""
    spec = with_doubles()
    chunk = [filing for filing in filings(spec) if filing.online][:200]
    sent = [pb.Application.FromString(one.application).submission_id for one in applications(spec, chunk, None)]
    assert len(set(sent)) == len(chunk) < len(sent)
    quiet = replace(spec, doubles=replace(spec.doubles, p_resend=0.0))
    assert len(applications(quiet, chunk, None)) == len(chunk)
    assert trace_of(spec) == trace_of(quiet)


def trace_of(spec: RunSpec) -> str:
    done = VirtualRun(spec)
    done.advance(spec.end)
    return trace_hash(done.lines(spec.end))


def test_nobody_who_files_twice_leaves_the_trace_as_it_is() -> None:
    off = DoubleSpec(found_by_match=0.5, found_by_clerk=0.5)
    assert trace_of(replace(BASE, doubles=off)) == trace_of(BASE)


def office_with(finder: DoubleFinder) -> RunSpec:
    """A plain office in which every double is noticed by this one; a look at both filings takes 4 minutes."""
    return replace(a_plain_office(), doubles=DoubleSpec(p_online=1.0, check_min=exactly(4), **EVERY[finder]))


def twice(spec: RunSpec, *, second: str = "11:00", **changes: Any) -> tuple[Office, list[str]]:
    """A person files at nine and at eleven; what becomes of the second filing."""
    office = Office(spec)
    method = changes.get("method", LinkageMethod.TRANSCRIPTION)
    office.offer(opened(june(1, "09:00"), method=changes.get("first", method)))
    again = CaseOpened(
        at=june(1, second),
        case_id="10-000001-2",
        procedure=10,
        method=method,
        identified=changes.get("identified", True),
        submitted_at=june(1, second),
    )
    office.offer(again)
    for withdrawal in changes.get("withdrawn", ()):
        office.offer(withdrawal)
    events = office.advance(SimTime(june(1) + 30 * DAY_MS))
    return office, [line.replace("1 ", "", 1) for line in _diary(events)]


def _diary(events: Any) -> list[str]:
    renamed = [copy(event) for event in events if event.case_id == "10-000001-2"]
    for event in renamed:
        event.case_id = "10-000002"
    return diary(renamed, 2)


@pytest.mark.parametrize(
    ("finder", "story"),
    [
        (DoubleFinder.MATCH, ["11:04 NOT_ACCEPT"]),
        (DoubleFinder.CLERK, ["11:05 NOT_ACCEPT"]),
        (
            DoubleFinder.CORE,
            ["11:01 CHECK", "11:01 QUEUE_FOR_LINKAGE", "11:01 START_LINKAGE", "11:17 NOT_ACCEPT"],
        ),
    ],
)
def test_the_later_a_double_is_noticed_the_more_it_costs(finder: DoubleFinder, story: list[str]) -> None:
    office, seen = twice(office_with(finder))
    assert seen == story
    report = office.report()
    assert report.doubles_found == {str(finder): 1}
    assert (report.doubles_registered, report.not_accepted, report.registered) == (0, 1, 1)
    assert report.staff_minutes["double_check"] == pytest.approx(4.0)
    [after_h] = report.days[0].doubles_found_after_h[str(finder)]
    assert story[-1] == f"11:{round(after_h * 60):02d} NOT_ACCEPT"
    assert office.backlog == office.open_cases == office.unfinished_cases == 0


def test_one_that_nobody_notices_is_registered_and_counted() -> None:
    office, seen = twice(office_with(DoubleFinder.NOBODY))
    assert seen[-1].endswith("NOTIFY")
    report = office.report()
    assert (report.registered, report.doubles_registered, report.doubles_found) == (2, 1, {})


def test_a_match_waits_until_the_applicant_is_identified() -> None:
    office, seen = twice(office_with(DoubleFinder.MATCH), identified=False)
    assert seen == ["11:05 IDENTIFY", "11:09 NOT_ACCEPT"]
    assert office.report().doubles_found == {"match": 1}


def test_after_a_withdrawal_the_second_filing_is_simply_the_next_try() -> None:
    early = CaseWithdrawn(at=june(1, "09:00"), case_id="10-000001")
    office, seen = twice(office_with(DoubleFinder.CLERK), withdrawn=[early])
    assert any(line.endswith("REGISTER") for line in seen)
    assert (office.report().doubles_registered, office.report().doubles_found) == (0, {})


@pytest.mark.parametrize(
    ("finder", "looked_at", "story"),
    [
        (DoubleFinder.MATCH, "11:02", ["11:05 CHECK", "11:05 QUEUE_FOR_LINKAGE", "11:05 START_LINKAGE"]),
        (DoubleFinder.CLERK, "11:03", ["11:05 CHECK", "11:05 QUEUE_FOR_LINKAGE", "11:05 START_LINKAGE"]),
        (DoubleFinder.CORE, "11:14", ["11:01 CHECK", "11:01 QUEUE_FOR_LINKAGE", "11:01 START_LINKAGE"]),
    ],
)
def test_the_second_filing_goes_on_if_the_first_is_withdrawn_while_a_clerk_looks_at_both(
    finder: DoubleFinder, looked_at: str, story: list[str]
) -> None:
    """The first waits for a batch window; else both would end, and the person be in the core system never."""
    office, seen = twice(
        office_with(finder),
        first=LinkageMethod.BATCH_IMPORT,
        withdrawn=[CaseWithdrawn(at=june(1, looked_at), case_id="10-000001")],
    )
    assert seen[:4] == [*story, "11:17 REGISTER"]
    report = office.report()
    assert (report.registered, report.withdrawn, report.not_accepted) == (1, 1, 0)
    assert (report.doubles_found, report.doubles_registered) == ({}, 0)
    assert report.staff_minutes["double_check"] == 4.0


def test_a_double_withdrawn_while_a_clerk_looks_at_it_ends_once() -> None:
    """A robot's review of it is asked for as well; both pieces of work are of one case."""
    office, seen = twice(
        office_with(DoubleFinder.CORE),
        method=LinkageMethod.RPA,
        withdrawn=[CaseWithdrawn(at=june(1, "12:01"), case_id="10-000001-2")],
    )
    assert [line for line in seen if "NOT_ACCEPT" in line or "WITHDRAW" in line] == ["12:01 WITHDRAW"]
    assert office.unfinished_cases == 0


def test_a_letter_goes_on_if_the_online_case_is_withdrawn_while_a_clerk_looks_at_both() -> None:
    office = Office(office_with(DoubleFinder.CLERK))
    office.offer(opened(june(1, "09:00"), method=LinkageMethod.BATCH_IMPORT))
    office.offer(PaperArrived(at=june(1, "11:00"), case_id="10-000001-2", procedure=10))
    office.offer(CaseWithdrawn(at=june(1, "11:02"), case_id="10-000001"))
    office.advance(SimTime(june(1) + 30 * DAY_MS))
    assert (office.report().paper_registered, office.paper_waiting, office.report().doubles_found) == (1, 0, {})


def test_a_registration_told_twice_is_one_double() -> None:
    desk = Office(office_with(DoubleFinder.NOBODY))._floor.doubles
    for case in ("10-000001", "10-000001-2", "10-000001-2", "10-000001"):
        desk.registered(case)
    assert desk._floor.books.today.doubles_registered == 1


@pytest.mark.parametrize("finder", list(DoubleFinder))
def test_a_letter_that_doubles_an_online_case_is_found_by_whoever_is_to_find_it(finder: DoubleFinder) -> None:
    office = Office(office_with(finder))
    office.offer(opened(june(1, "09:00")))
    office.offer(PaperArrived(at=june(1, "11:00"), case_id="10-000001-2", procedure=10))
    office.advance(SimTime(june(1) + 30 * DAY_MS))
    report = office.report()
    is_noticed = finder is not DoubleFinder.NOBODY
    assert report.paper_waiting == 0
    assert report.paper_registered == (not is_noticed)
    assert report.doubles_registered == (not is_noticed)
    assert report.doubles_found == ({str(finder): 1} if is_noticed else {})
    spent = {name for name, minutes in report.staff_minutes.items() if minutes}
    assert ("paper_keying" in spent) is (finder is not DoubleFinder.CLERK)
    assert ("paper_check" in spent) is (finder in (DoubleFinder.CORE, DoubleFinder.NOBODY))


@pytest.mark.parametrize("second_check", [True, False])
def test_a_letter_goes_on_from_its_keying_if_the_online_case_is_withdrawn_meanwhile(*, second_check: bool) -> None:
    spec = office_with(DoubleFinder.MATCH)
    transcription = replace(spec.office.methods.transcription, second_check=second_check)
    methods = replace(spec.office.methods, transcription=transcription)
    office = Office(replace(spec, office=replace(spec.office, methods=methods)))
    office.offer(opened(june(1, "09:00"), method=LinkageMethod.BATCH_IMPORT))
    office.offer(PaperArrived(at=june(1, "11:00"), case_id="10-000001-2", procedure=10))
    office.offer(CaseWithdrawn(at=june(1, "11:11"), case_id="10-000001"))
    office.advance(SimTime(june(1) + 30 * DAY_MS))
    report = office.report()
    assert (report.paper_registered, report.doubles_found, report.staff_minutes["double_check"]) == (1, {}, 4.0)
    assert (report.staff_minutes["paper_check"] > 0) is second_check


def test_letters_are_found_as_often_as_online_doubles() -> None:
    """Half the people file on paper as well: the shares of the finders hold, and 1 in 20 stays unnoticed."""
    spec = with_doubles(p_online=0.0, p_paper=0.5, found_by_match=0.5, found_by_clerk=0.3, found_by_core=0.15)
    done = VirtualRun(spec)
    done.advance(SimTime(spec.end + 60 * DAY_MS))
    report = done.report()
    letters = sum(not filing.online for filing in filings(spec) if filing.original is not None)
    assert report.doubles_registered + sum(report.doubles_found.values()) == letters
    assert report.doubles_registered / letters < 0.12
    assert 0.35 < report.doubles_found["match"] / letters < 0.65


def test_in_a_season_every_double_is_noticed_registered_or_the_next_try() -> None:
    spec = with_doubles(found_by_match=0.4, found_by_clerk=0.2, found_by_core=0.2)
    done = VirtualRun(spec)
    done.advance(SimTime(spec.end + 60 * DAY_MS))
    report = done.report()
    assert set(report.doubles_found) == {"match", "clerk", "core"}
    assert report.doubles_registered > 0
    ended = [case.lines[-1].action for case in done.cases() if original_of(case.filing.case_id)]
    online_found = ended.count(Action.NOT_ACCEPT)
    paper = sum(not filing.online for filing in filings(spec) if filing.original is not None)
    assert online_found + len([one for one in ended if one is Action.NOTIFY]) == len(ended)
    assert sum(report.doubles_found.values()) + report.doubles_registered == len(ended) + paper
    assert online_found <= sum(report.doubles_found.values())
