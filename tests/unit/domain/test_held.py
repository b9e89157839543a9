"""Cases that do not come in whole: refused and held-back files, and cases that the portal has removed."""

from dataclasses import replace
from typing import Any

import pytest

from shinsei.domain import polling
from shinsei.domain.demand import filings, is_test_file, refusals_of
from shinsei.domain.distributions import Distribution
from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office.events import CaseOpened, Offer
from shinsei.domain.polling import EntryKind, PolledEntry
from shinsei.domain.run import AttachmentFaultSpec, ChangeKind, RetentionSpec, RunSpec, TakenAs
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.scenario import load
from shinsei.testing.applicants import corrected, corrections, defects
from shinsei.testing.builders import a_change, a_run_spec
from shinsei.testing.offices import a_plain_office, diary, exactly, june, run_office, withdrawn

RETENTION = RetentionSpec(window_ms=2 * DAY_MS, recovery_min=exactly(20), reissue_days=exactly(1), p_recovered=1.0)


def held(at: SimTime, taken_as: TakenAs, *, identified: bool = True) -> Offer:
    return CaseOpened(
        at=at,
        case_id="10-000001",
        procedure=10,
        method=LinkageMethod.TRANSCRIPTION,
        identified=identified,
        submitted_at=at,
        taken_as=taken_as,
    )


def an_office(**changes: Any) -> RunSpec:
    return a_plain_office(corrections=corrections(), retention=RETENTION, **changes)


def faulty(**changes: Any) -> RunSpec:
    return replace(load("smoke").run_specs("r")[0], attachment_faults=AttachmentFaultSpec(**changes))


def test_a_clerk_asks_for_a_file_that_was_held_back_and_the_case_begins_when_it_is_there() -> None:
    office, events = run_office(an_office(), [held(june(1, "09:00"), TakenAs.QUARANTINED), corrected(june(3, "10:00"))])
    assert diary(events)[:6] == [
        "1 09:03 REQUEST_CORRECTION",
        "3 10:00 RELEASE",
        "3 10:00 STORE",
        "3 10:00 IDENTIFY",
        "3 10:01 CHECK",
        "3 10:01 QUEUE_FOR_LINKAGE",
    ]
    assert office.report().registered == 1


def test_identification_has_its_outcome_before_the_file_and_a_clerk_searches_after_it() -> None:
    offers = [held(june(1, "09:00"), TakenAs.QUARANTINED, identified=False), corrected(june(3, "10:00"))]
    _, events = run_office(an_office(), offers)
    assert "3 10:00 FAIL_IDENTIFICATION" in diary(events)
    assert any(line.endswith(" IDENTIFY") for line in diary(events))


def test_a_file_that_never_comes_ends_the_case_as_expired() -> None:
    office, events = run_office(an_office(), [held(june(1, "09:00"), TakenAs.QUARANTINED)])
    assert [line.split()[-1] for line in diary(events)] == ["REQUEST_CORRECTION", "EXPIRE"]
    assert office.report().backlog == 0


def test_the_request_for_a_file_is_none_of_the_corrections_of_the_form() -> None:
    spec = a_plain_office(corrections=corrections(max_requests=1), defects=defects())
    offers = [held(june(1, "09:00"), TakenAs.QUARANTINED), corrected(june(3, "10:00"))]
    office, events = run_office(spec, [*offers, corrected(june(5, "10:00"), n=1)])
    asked = [(event.n, event.detail) for event in events if event.action is Action.REQUEST_CORRECTION]
    assert asked == [(0, "file held back"), (1, "content check")]
    assert [event.n for event in events if event.action is Action.CORRECT] == [0]
    assert office.report().registered == 1


def test_a_lapsed_case_is_recovered_by_a_clerk_and_days_of_waiting() -> None:
    office, events = run_office(an_office(), [held(june(1, "09:00"), TakenAs.LAPSED)])
    assert diary(events)[:4] == ["2 09:20 RELEASE", "2 09:20 STORE", "2 09:20 IDENTIFY", "2 09:21 CHECK"]
    assert office.report().staff_minutes["recovery"] == 20
    assert office.report().registered == 1


def test_what_cannot_be_recovered_expires_and_is_counted_once() -> None:
    spec = an_office()
    spec = replace(spec, retention=replace(RETENTION, p_recovered=0.0))
    office, events = run_office(spec, [held(june(1, "09:00"), TakenAs.LAPSED)])
    assert diary(events) == ["2 09:20 EXPIRE"]
    assert (office.report().expired, office.report().backlog) == (1, 0)


@pytest.mark.parametrize("state", [TakenAs.QUARANTINED, TakenAs.LAPSED])
def test_a_withdrawal_ends_a_case_that_is_still_waiting(state: TakenAs) -> None:
    office, events = run_office(an_office(), [held(june(1, "09:00"), state), withdrawn(june(1, "12:00"))])
    assert diary(events)[-1] == "1 12:00 WITHDRAW"
    assert office.report().backlog == 0


def test_a_case_lapses_behind_the_window_and_costs_the_line_its_listing_alone() -> None:
    spec = a_run_spec(retention=RETENTION)
    poll = SimTime(spec.start + 5 * DAY_MS)
    at_the_edge, behind = SimTime(poll - RETENTION.window_ms), SimTime(poll - RETENTION.window_ms - 1)
    assert not polling.has_lapsed(spec, EntryKind.SUBMISSION, at_the_edge, poll)
    assert polling.has_lapsed(spec, EntryKind.SUBMISSION, behind, poll)
    assert not polling.has_lapsed(spec, EntryKind.REPLY, behind, poll)
    entry = PolledEntry(stamp=behind, kind=EntryKind.SUBMISSION, case_id="10-000001", size=10**9)
    ((_, at),), busy = polling.fetch(spec, poll, poll, [entry])
    assert at == busy == poll + spec.line.call_latency_ms


def test_a_file_is_held_back_only_where_somebody_can_ask_for_it() -> None:
    spec = a_run_spec(corrections=corrections())
    assert polling.taken_as(spec, ["virus-test-file_1.jpg"], lapsed=False) is TakenAs.QUARANTINED
    assert polling.taken_as(spec, ["virus-test-file_1.jpg"], lapsed=True) is TakenAs.LAPSED
    assert polling.taken_as(spec, ["photo_1.jpg"], lapsed=False) is TakenAs.WHOLE
    assert polling.taken_as(a_run_spec(), ["virus-test-file_1.jpg"], lapsed=False) is TakenAs.WHOLE


def test_a_control_change_has_files_held_back_from_a_poll_on_until_another() -> None:
    spec = a_run_spec(corrections=corrections())
    changes = [
        a_change(n=n, at=SimTime(spec.start + n * DAY_MS), kind=ChangeKind.CORRUPT_PAYLOAD, value=value)
        for n, value in ((1, 40), (2, 0))
    ]

    def share(day: int, spec: RunSpec, files: tuple[str, ...] = ("photo_1.jpg",)) -> float:
        percent = polling.corrupt_percent(changes, SimTime(spec.start + day * DAY_MS))
        names = [f"10-{number:06}" for number in range(1, 1_001)]
        taken = [polling.taken_as(spec, files, lapsed=False, case_id=name, corrupt_percent=percent) for name in names]
        return taken.count(TakenAs.QUARANTINED) / len(names)

    assert [share(day, spec) for day in (0, 2)] == [0.0, 0.0]
    assert share(1, spec) == pytest.approx(0.4, abs=0.05)
    assert share(1, spec, files=()) == share(1, a_run_spec()) == 0.0


def test_who_is_refused_files_again_later_or_never() -> None:
    plain, refused = faulty(), faulty(p_wrong_type=0.2, p_too_large=0.2, p_refile=0.5)
    before = {filing.case_id: filing for filing in filings(plain)}
    after = {filing.case_id: filing for filing in filings(refused)}
    told = refusals_of(refused)
    assert told is not None
    later = [name for name, filing in after.items() if filing.at > before[name].at]
    assert set(after) < set(before)
    assert len(before) - len(after) == told.given_up + told.after_the_end > 0
    assert len(later) == told.refused - told.given_up - told.after_the_end > 0
    assert told.wrong_type > 0 < told.too_large
    assert all(before[name].attachments for name in later)


def test_a_higher_rate_refuses_more_and_none_less() -> None:
    few, many = faulty(p_wrong_type=0.05), faulty(p_wrong_type=0.3)
    assert {filing.case_id for filing in filings(many)} < {filing.case_id for filing in filings(few)}


def test_rates_of_nothing_leave_the_demand_alone() -> None:
    assert filings(faulty(p_refile=0.9, refile_hours=Distribution(mean=2.0))) == filings(faulty())
    assert refusals_of(faulty()) is None


def test_an_infected_file_is_the_same_but_for_its_name() -> None:
    plain, infected = faulty(), faulty(p_virus=0.3)
    pairs = list(zip(filings(plain), filings(infected), strict=True))
    struck = [(a, b) for a, b in pairs if a != b]
    assert struck
    for a, b in struck:
        assert (a.case_id, a.at, a.size) == (b.case_id, b.at, b.size)
        assert any(is_test_file(item.name) for item in b.attachments)
