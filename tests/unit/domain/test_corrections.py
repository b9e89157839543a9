"""The office's corrections by hand: who finds a defect, what it costs, and how a case ends without a reply."""

from typing import Any

import pytest

from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.testing.applicants import corrected, corrections, defects
from shinsei.testing.offices import a_plain_office, diary, june, opened, run_office, withdrawn


def an_office(*, n: int = 2, **changes: Any) -> RunSpec:
    return a_plain_office(defects=defects(**changes), corrections=corrections(max_requests=n))


def test_a_clerk_finds_the_defect_and_writes_to_the_applicant() -> None:
    office, events = run_office(an_office(), [opened(june(1, "09:00"))], days=5)
    assert diary(events) == ["1 09:04 REQUEST_CORRECTION"]
    report = office.report()
    assert (report.staff_minutes["content_check"], report.staff_minutes["correction_request"]) == (1, 3)
    assert (report.corrections_requested, report.backlog) == (1, 1)


def test_a_reply_is_checked_again_and_goes_the_common_way() -> None:
    office, events = run_office(an_office(), [opened(june(1, "09:00")), corrected(june(3, "10:00"))])
    assert diary(events)[:4] == [
        "1 09:04 REQUEST_CORRECTION",
        "3 10:00 CORRECT",
        "3 10:01 CHECK",
        "3 10:01 QUEUE_FOR_LINKAGE",
    ]
    assert (office.report().corrected, office.report().registered) == (1, 1)


def test_what_the_format_check_finds_costs_no_content_check() -> None:
    office, events = run_office(an_office(found_by_format_check=1.0), [opened(june(1, "09:00"))], days=5)
    assert diary(events) == ["1 09:03 REQUEST_CORRECTION"]
    assert office.report().staff_minutes["content_check"] == 0


def test_what_the_form_check_refuses_reaches_no_clerk() -> None:
    plain = run_office(a_plain_office(), [opened(june(1, "09:00"))])
    refused = run_office(an_office(found_by_form_check=1.0), [opened(june(1, "09:00"))])
    assert refused[1] == plain[1]
    assert refused[0].report() == plain[0].report()


def test_an_unidentified_applicant_is_searched_before_he_is_written_to() -> None:
    _, events = run_office(an_office(), [opened(june(1, "09:00"), identified=False)], days=5)
    assert diary(events) == ["1 09:05 IDENTIFY", "1 09:09 REQUEST_CORRECTION"]


def test_without_a_reply_the_case_expires_a_grace_after_its_deadline() -> None:
    office, events = run_office(an_office(), [opened(june(1, "09:00"))])
    assert diary(events) == ["1 09:04 REQUEST_CORRECTION", "12 09:04 EXPIRE"]
    assert (office.report().expired, office.backlog, office.unfinished_cases) == (1, 0, 0)


@pytest.mark.parametrize(("filed", "ends"), [("11 09:04", "NOTIFY"), ("11 09:05", "EXPIRE")])
def test_a_reply_counts_by_the_moment_of_its_filing(filed: str, ends: str) -> None:
    """The one filed in time is fetched behind the deadline and counts all the same."""
    day, clock = filed.split()
    reply = corrected(june(12, "09:00"), filed_at=june(int(day), clock))
    office, events = run_office(an_office(), [opened(june(1, "09:00")), reply])
    assert diary(events)[-1].endswith(ends)
    assert office.report().replies_too_late == (ends == "EXPIRE")


def test_a_reply_behind_the_end_of_its_case_is_too_late() -> None:
    office, events = run_office(an_office(), [opened(june(1, "09:00")), corrected(june(20, "09:00"))])
    assert diary(events)[-1] == "12 09:04 EXPIRE"
    assert office.report().replies_too_late == 1


def test_a_reply_that_comes_twice_counts_once() -> None:
    replies = [corrected(june(3, "10:00")), corrected(june(4, "10:00"))]
    office, events = run_office(an_office(), [opened(june(1, "09:00")), *replies])
    assert [line for line in diary(events) if "CORRECT" in line] == ["1 09:04 REQUEST_CORRECTION", "3 10:00 CORRECT"]
    assert office.report().replies_too_late == 1


def test_what_is_defective_still_after_the_last_request_is_not_accepted() -> None:
    spec = an_office(n=2, rate_of_replies=1.0)
    replies = [corrected(june(3, "10:00")), corrected(june(7, "10:00"), n=1)]
    office, events = run_office(spec, [opened(june(1, "09:00")), *replies])
    assert diary(events) == [
        "1 09:04 REQUEST_CORRECTION",
        "3 10:00 CORRECT",
        "3 10:04 REQUEST_CORRECTION",
        "7 10:00 CORRECT",
        "7 10:04 NOT_ACCEPT",
    ]
    assert [event.n for event in events] == [0, 0, 1, 1, 0]
    assert (office.report().not_accepted, office.backlog, office.open_cases) == (1, 0, 0)


def test_a_withdrawal_ends_the_wait_for_a_reply() -> None:
    offers = [opened(june(1, "09:00")), withdrawn(june(2, "09:00")), corrected(june(3, "09:00"))]
    office, events = run_office(an_office(), offers)
    assert diary(events) == ["1 09:04 REQUEST_CORRECTION", "2 09:00 WITHDRAW"]
    assert (office.report().withdrawn, office.report().replies_too_late) == (1, 1)


def test_a_withdrawal_takes_the_request_out_of_a_clerks_hands() -> None:
    offers = [opened(june(1, "09:00")), withdrawn(june(1, "09:02"))]
    office, events = run_office(an_office(), offers)
    assert diary(events) == ["1 09:02 WITHDRAW"]
    assert office.report().staff_minutes["correction_request"] == 1


def test_a_reply_without_a_request_changes_nothing() -> None:
    office, events = run_office(a_plain_office(), [opened(june(1, "09:00")), corrected(june(1, "09:00"))])
    assert diary(events)[0] == "1 09:01 CHECK"
    assert office.report().replies_too_late == 1


def test_the_cut_between_advances_changes_nothing() -> None:
    spec = an_office(rate=0.6, rate_of_replies=0.5)
    offers = [opened(june(1, "09:00"), number) for number in range(1, 9)]
    offers += [corrected(june(2 + number // 3, "11:00"), number) for number in range(1, 9)]
    _, whole = run_office(spec, offers)
    office, cut = run_office(spec, offers, days=2)
    for day in range(3, 31):
        cut += office.advance(SimTime(june(1) + day * DAY_MS))
    assert cut == whole
