"""The office by hand: what every case goes through, who does it, and when nobody does."""

from dataclasses import asdict
from json import dumps, loads

import pytest

from shinsei.domain.errors import ConflictError, InvalidInputError
from shinsei.domain.linkage import LINKAGES
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office import Office
from shinsei.domain.run import ChangeKind
from shinsei.domain.simtime import HOUR_MS, MINUTE_MS, SimTime
from shinsei.testing.offices import (
    a_plain_office,
    changed,
    diary,
    exactly,
    june,
    moment_of,
    opened,
    paper,
    run_office,
    withdrawn,
)


def test_a_case_of_one_clerk_takes_its_steps_one_after_the_other() -> None:
    _, events = run_office(a_plain_office(), [opened(june(1, "09:00"))])
    assert diary(events) == [
        "1 09:01 CHECK",
        "1 09:01 QUEUE_FOR_LINKAGE",
        "1 09:01 START_LINKAGE",
        "1 09:13 REGISTER",
        "1 09:13 EXAMINE",
        "1 09:14 GRANT",
        "1 09:15 NOTIFY",
    ]


def test_an_unidentified_applicant_is_searched_by_a_clerk_first() -> None:
    _, events = run_office(a_plain_office(), [opened(june(1, "09:00"), identified=False)])
    assert diary(events)[:2] == ["1 09:05 IDENTIFY", "1 09:06 CHECK"]


def test_telephone_and_counter_stretch_the_work() -> None:
    _, events = run_office(a_plain_office(**{"office.productive_share": 0.5}), [opened(june(1, "09:00"))])
    assert moment_of(events, "REGISTER") == "1 09:26"


def test_some_procedures_take_longer_to_key() -> None:
    _, events = run_office(a_plain_office(**{"office.keying_factors": ((10, 0.4),)}), [opened(june(1, "09:00"))])
    assert moment_of(events, "REGISTER") == "1 09:07"


def test_what_comes_at_night_waits_for_the_opening() -> None:
    _, events = run_office(a_plain_office(), [opened(june(1, "22:00"))])
    assert moment_of(events, "CHECK") == "2 08:31"


def test_work_in_hand_at_closing_time_goes_on_first_thing_with_what_remains() -> None:
    offers = [opened(june(1, "17:10"), 1), opened(june(1, "18:00"), 2, identified=False)]
    _, events = run_office(a_plain_office(), offers)
    # Keyed from 17:11 to 17:15, then six minutes and the check on Wednesday, before the new case's identification.
    assert moment_of(events, "START_LINKAGE") == "1 17:11"
    assert moment_of(events, "IDENTIFY", 2) == "2 08:41"
    assert moment_of(events, "REGISTER") == "2 08:43"


def test_nobody_works_on_a_weekend() -> None:
    _, events = run_office(a_plain_office(), [opened(june(5, "10:00"))])
    assert moment_of(events, "CHECK") == "7 08:31"


def test_at_lunch_only_those_on_duty_work() -> None:
    lunch = {"calendar.lunch_ends_ms": 13 * HOUR_MS, "calendar.lunch_duty_share": 0.5, "office.clerks": 2}
    offers = [opened(june(1, "11:55"), number) for number in (1, 2, 3, 4)]
    office, events = run_office(a_plain_office(**lunch), offers)
    # Checks at 11:56 and 11:57 for all four; two keyings begin, one is put down at noon and taken up at 12:07.
    assert [moment_of(events, "START_LINKAGE", n) for n in (1, 2)] == ["1 11:57", "1 11:57"]
    assert office.report().days[0].presence_minutes == 2 * (8.75 * 60) - 60


def test_the_second_check_is_made_by_another_clerk() -> None:
    wrong_if_alone = {"office.methods.transcription.p_undetected_single": 1.0}
    alone, _ = run_office(a_plain_office(**wrong_if_alone), [opened(june(1, "09:00"))])
    in_pairs, _ = run_office(a_plain_office(**wrong_if_alone, **{"office.clerks": 2}), [opened(june(1, "09:00"))])
    assert alone.report().undetected_errors == {"TRANSCRIPTION": 1}
    assert in_pairs.report().undetected_errors == {}


def test_a_check_waits_for_the_colleague_while_the_keying_clerk_goes_on() -> None:
    # Keying until 09:11 and 09:14; who is through first may not check his own case and turns to the third.
    offers = [opened(june(1, "09:00"), 1), opened(june(1, "09:03"), 2), opened(june(1, "09:05"), 3)]
    _, events = run_office(a_plain_office(**{"office.clerks": 2}), offers)
    assert moment_of(events, "CHECK", 3) == "1 09:12"
    assert moment_of(events, "REGISTER", 1) == "1 09:16"


def test_without_a_second_check_a_case_is_registered_with_the_last_key() -> None:
    spec = a_plain_office(**{"office.methods.transcription.second_check": False})
    _, events = run_office(spec, [opened(june(1, "09:00"))])
    assert moment_of(events, "REGISTER") == "1 09:11"


def test_the_return_leg_goes_before_keying_and_exceptions_before_both() -> None:
    offers = [opened(june(1, "09:00"), number) for number in (1, 2)]
    _, events = run_office(a_plain_office(), offers)
    # Both checks, then keying, check, result and notice of the first before the second is keyed.
    assert moment_of(events, "NOTIFY", 1) == "1 09:16"
    assert moment_of(events, "START_LINKAGE", 2) == "1 09:16"


def test_paper_and_online_cases_are_keyed_in_the_order_of_their_arrival() -> None:
    offers = [paper(june(1, "09:00")), opened(june(1, "09:01")), paper(june(1, "09:14"), 2)]
    office, events = run_office(a_plain_office(), offers)
    # Paper with its check until 09:12, the online case's content check, its keying; then the second paper.
    assert moment_of(events, "START_LINKAGE") == "1 09:13"
    assert office.report().paper_registered == 2
    assert office.report().staff_minutes["paper_keying"] == 20
    assert {event.case_id for event in events} == {"10-000001"}


def test_seats_limit_how_many_key_at_once() -> None:
    offers = [opened(june(1, "09:00"), number) for number in (1, 2, 3)]
    _, events = run_office(a_plain_office(**{"office.clerks": 3, "office.login_seats": 1}), offers)
    starts = [moment_of(events, "START_LINKAGE", number) for number in (1, 2, 3)]
    assert starts == ["1 09:01", "1 09:11", "1 09:21"]


def test_keying_stops_while_the_core_systems_are_off_line() -> None:
    late = a_plain_office(**{"calendar.core_online_from_ms": 10 * HOUR_MS})
    _, events = run_office(late, [opened(june(1, "09:00"))])
    assert moment_of(events, "START_LINKAGE") == "1 10:00"
    early = a_plain_office(**{"calendar.core_online_until_ms": 9 * HOUR_MS + 5 * MINUTE_MS})
    _, events = run_office(early, [opened(june(1, "09:00"))])
    # Four minutes on Tuesday; the rest from the moment at which the office opens on Wednesday.
    assert moment_of(events, "REGISTER") == "2 08:38"


def test_core_systems_that_never_close_are_never_off_line_at_midnight() -> None:
    day_and_night = {"calendar.office_opens_ms": 0, "calendar.office_closes_ms": 24 * HOUR_MS}
    always = {"calendar.core_online_from_ms": 0, "calendar.core_online_until_ms": 24 * HOUR_MS}
    _, events = run_office(a_plain_office(**day_and_night, **always), [opened(june(1, "23:55"))])
    assert moment_of(events, "REGISTER") == "2 00:08"


def test_an_examination_takes_elapsed_days_and_ends_in_office_hours() -> None:
    spec = a_plain_office(**{"office.examination_days": (("child_allowance", exactly(3)),)})
    _, events = run_office(spec, [opened(june(1, "09:00"), 1), opened(june(2, "09:00"), 2)])
    assert moment_of(events, "EXAMINE", 1) == "4 09:13"
    assert moment_of(events, "EXAMINE", 2) == "7 08:30"  # the 5th is a Saturday


def test_a_procedure_may_have_an_examination_time_of_its_own() -> None:
    times = (("child_allowance", exactly(3)), ("child_allowance_claim", exactly(1)))
    spec = a_plain_office(**{"office.examination_days": times})
    _, events = run_office(spec, [opened(june(1, "09:00"), procedure=1), opened(june(1, "10:00"), 2)])
    assert [event.at for event in events if event.action == "EXAMINE"] == [june(2, "09:13"), june(4, "10:13")]


def test_a_denial_is_a_decision_too() -> None:
    office, events = run_office(a_plain_office(**{"office.p_denied": 1.0}), [opened(june(1, "09:00"))])
    assert diary(events)[-2:] == ["1 09:14 DENY", "1 09:15 NOTIFY"]
    assert office.report().decided == 1


def test_a_case_is_open_until_decided_and_unfinished_until_notified() -> None:
    office = Office(a_plain_office())
    office.offer(opened(june(1, "09:00")))
    office.advance(june(1, "09:14"))
    assert (office.backlog, office.open_cases, office.unfinished_cases) == (0, 1, 1)
    office.advance(june(1, "09:15"))
    assert (office.open_cases, office.unfinished_cases) == (0, 1)
    office.advance(SimTime(june(1, "09:15") + 1))
    assert office.unfinished_cases == 0


def test_advancing_gives_what_lies_before_the_watermark_only() -> None:
    office = Office(a_plain_office())
    office.offer(opened(june(1, "09:00")))
    assert [event.action.value for event in office.advance(june(1, "09:01"))] == []
    assert [event.action.value for event in office.advance(SimTime(june(1, "09:01") + 1))] == [
        "CHECK",
        "QUEUE_FOR_LINKAGE",
        "START_LINKAGE",
    ]
    assert office.advance(june(1, "09:00")) == []


def test_the_oldest_case_is_the_one_that_waits_longest_for_registration() -> None:
    office = Office(a_plain_office())
    office.offer(opened(june(1, "09:00"), 1))
    office.offer(opened(june(1, "09:05"), 2))
    office.advance(june(1, "09:10"))
    assert office.oldest_open_at == june(1, "09:00")
    office.advance(june(1, "09:15"))
    assert office.oldest_open_at == june(1, "09:05")
    office.advance(june(2))
    assert office.oldest_open_at is None


class TestOvertime:
    """Overtime is ordered at closing time from the work that waits."""

    STAY = {  # noqa: RUF012 - a table
        "office.overtime.until_ms": 20 * HOUR_MS,
        "office.overtime.trigger_backlog_h": 1.0,
        "office.overtime.monthly_cap_h": 45.0,
    }

    def test_is_not_ordered_below_the_trigger(self) -> None:
        offers = [opened(june(1, "17:00"), number) for number in (1, 2)]
        office, _ = run_office(a_plain_office(**self.STAY), offers)
        assert office.report().overtime_minutes == 0

    def test_ends_when_nothing_is_left_to_do(self) -> None:
        offers = [opened(june(1, "17:00"), number) for number in range(1, 7)]
        offers += [paper(june(1, "17:00"), number) for number in (1, 2)]
        office, events = run_office(a_plain_office(**self.STAY), offers)
        # 15 minutes are done at closing time; examinations end in office hours, so the return leg is tomorrow's.
        work = 6 * (1 + 10 + 2) + 2 * 12
        assert office.report().overtime_minutes == work - 15
        assert office.report().overtime_work_minutes == work - 15
        assert moment_of(events, "REGISTER", 6) == "1 18:42"

    def test_lasts_no_longer_than_the_time_of_day_and_the_cap_allow(self) -> None:
        offers = [opened(june(1, "09:00"), number) for number in range(1, 1500)]
        capped = {**self.STAY, "office.overtime.monthly_cap_h": 4.0}
        office, _ = run_office(a_plain_office(**capped), offers, days=60)
        by_day = {day.day: day.overtime_minutes for day in office.report().days if day.overtime_minutes}
        assert by_day == {"2021-06-01": 165, "2021-06-02": 75, "2021-07-01": 165, "2021-07-02": 75}


class TestWithdrawal:
    """The office arbitrates between a withdrawal and a registration."""

    def test_ends_a_case_that_waits(self) -> None:
        office, events = run_office(a_plain_office(), [opened(june(1, "20:00")), withdrawn(june(1, "21:00"))])
        assert diary(events) == ["1 21:00 WITHDRAW"]
        assert (office.backlog, office.open_cases, office.report().withdrawn) == (0, 0, 1)

    def test_frees_the_clerk_at_once(self) -> None:
        offers = [opened(june(1, "09:00"), 1), opened(june(1, "09:00"), 2), withdrawn(june(1, "09:05"), 1)]
        _, events = run_office(a_plain_office(), offers)
        assert diary(events, 1)[-1] == "1 09:05 WITHDRAW"
        assert moment_of(events, "START_LINKAGE", 2) == "1 09:05"

    def test_comes_too_late_at_the_moment_of_registration(self) -> None:
        office, events = run_office(a_plain_office(), [opened(june(1, "09:00")), withdrawn(june(1, "09:13"))])
        assert diary(events)[-1] == "1 09:15 NOTIFY"
        assert office.report().withdrawn_too_late == 1

    def test_waits_for_a_case_that_is_not_here_yet(self) -> None:
        _, events = run_office(a_plain_office(), [withdrawn(june(1, "08:00")), opened(june(1, "09:00"))])
        assert diary(events) == ["1 09:00 WITHDRAW"]

    def test_of_work_put_down_overnight_leaves_nothing_behind(self) -> None:
        offers = [opened(june(1, "17:10"), 1), withdrawn(june(1, "20:00"), 1), opened(june(1, "21:00"), 2)]
        office, events = run_office(a_plain_office(), offers)
        assert diary(events, 1)[-1] == "1 20:00 WITHDRAW"
        assert moment_of(events, "CHECK", 2) == "2 08:31"
        assert office.report().days[-1].waiting_minutes == 0


class TestChanges:
    """Control changes."""

    def test_of_the_staff_count_from_the_next_opening(self) -> None:
        offers = [opened(june(1, "09:00"), number) for number in range(1, 101)]
        staffed = run_office(a_plain_office(), [*offers, changed(june(1, "10:00"), ChangeKind.STAFF, 3)])[0].report()
        assert [day.clerks for day in staffed.days[:3]] == [1, 3, 3]
        assert [day.presence_minutes for day in staffed.days[:2]] == [525, 1575]

    def test_at_the_moment_of_opening_count_already(self) -> None:
        office, _ = run_office(a_plain_office(), [changed(june(2, "08:30"), ChangeKind.STAFF, 2)])
        assert [day.clerks for day in office.report().days[:2]] == [1, 2]

    def test_to_nobody_leave_the_work_lying(self) -> None:
        office, events = run_office(a_plain_office(), [changed(june(1), ChangeKind.STAFF, 0), opened(june(1, "09:00"))])
        assert events == []
        assert office.backlog == 1


class TestReport:
    """The books."""

    def test_is_plain_data(self) -> None:
        office, _ = run_office(a_plain_office(), [opened(june(1, "09:00")), paper(june(1, "09:00"))])
        report = asdict(office.report())
        assert loads(dumps(report))["registered"] == 1

    def test_says_where_the_minutes_went(self) -> None:
        spec = a_plain_office(**{"office.productive_share": 0.5})
        office, _ = run_office(spec, [opened(june(1, "09:00"), identified=False)])
        report = office.report()
        assert {name: value for name, value in report.staff_minutes.items() if value} == {
            "manual_identification": 5,
            "content_check": 1,
            "keying": 10,
            "second_check": 2,
            "result_entry": 1,
            "notice": 1,
        }
        assert report.busy_minutes == 40
        assert report.seat_minutes == 20

    def test_has_the_exact_peak_of_the_backlog(self) -> None:
        offers = [opened(june(1, "20:00"), 1), opened(june(1, "20:30"), 2), opened(june(2, "12:00"), 3)]
        office, _ = run_office(a_plain_office(), offers)
        report = office.report()
        assert (report.backlog_peak, report.backlog_peak_at) == (2, june(1, "20:30"))
        assert report.cleared_at == june(2, "12:13")

    def test_counts_by_day_with_levels_at_its_end(self) -> None:
        offers = [opened(june(1, "09:00"), 1), opened(june(1, "20:00"), 2), paper(june(1, "20:00"))]
        office, _ = run_office(a_plain_office(), offers, days=2)
        first, second = office.report().days
        assert (first.arrivals, first.registered, first.backlog, first.oldest_submitted_at) == (
            2,
            1,
            1,
            june(1, "20:00"),
        )
        assert (first.paper_arrivals, first.paper_waiting, second.paper_registered) == (1, 1, 1)

    def test_gives_a_midnight_arrival_to_the_new_day(self) -> None:
        office, _ = run_office(a_plain_office(), [opened(june(2))], days=3)
        assert [day.arrivals for day in office.report().days[:2]] == [0, 1]

    def test_names_the_clerks_when_they_were_the_limit_first(self) -> None:
        offers = [opened(june(2, "08:30"), number) for number in range(1, 101)]
        report = run_office(a_plain_office(), offers)[0].report()
        assert report.first_saturated is not None
        assert (report.first_saturated.resource, report.first_saturated.day) == ("clerks", "2021-06-02")

    def test_names_no_resource_when_none_was_the_limit(self) -> None:
        report = run_office(a_plain_office(), [opened(june(1, "09:00"))])[0].report()
        assert report.first_saturated is None

    def test_names_the_login_seats_when_clerks_idle_for_want_of_them(self) -> None:
        offers = [opened(june(1, "20:00"), number) for number in range(1, 301)]
        few = a_plain_office(**{"office.clerks": 6, "office.login_seats": 2})
        report = run_office(few, offers)[0].report()
        assert report.first_saturated is not None
        assert report.first_saturated.resource == "login_seats"


class TestRefusals:
    """What cannot be offered."""

    def test_an_offer_before_the_watermark(self) -> None:
        office = Office(a_plain_office())
        office.advance(june(2))
        with pytest.raises(ConflictError, match="watermark"):
            office.offer(opened(june(1, "23:59")))

    def test_a_case_that_was_opened_before(self) -> None:
        office = Office(a_plain_office())
        office.offer(opened(june(1)))
        with pytest.raises(ConflictError, match="opened before"):
            office.offer(opened(june(3)))

    def test_a_method_that_the_office_has_not(self) -> None:
        office = Office(a_plain_office(), linkages={LinkageMethod.RPA: LINKAGES[LinkageMethod.RPA]})
        with pytest.raises(InvalidInputError, match="SCREEN_IMPORT"):
            office.offer(opened(june(1), method=LinkageMethod.SCREEN_IMPORT))
