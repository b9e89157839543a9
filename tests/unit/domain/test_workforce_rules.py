"""What people may do and when: checks by a second person, fair turns, leave, caps, and work handed over."""

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.office import Office
from shinsei.domain.office.workforce import Workforce
from shinsei.domain.run import (
    ChangeKind,
    DutySpec,
    LeaveSpec,
    RunSpec,
    TemporaryStaffSpec,
    WorkforceSpec,
)
from shinsei.domain.simtime import HOUR_MS, SimTime, day_number, day_start
from shinsei.testing.offices import a_plain_office, changed, diary, june, moment_of, opened, paper, run_office

FIRST = day_number(june(1))
MORNING = DutySpec(from_ms=9 * HOUR_MS, until_ms=12 * HOUR_MS, clerks=1)
AFTERNOON = DutySpec(from_ms=13 * HOUR_MS, until_ms=16 * HOUR_MS, clerks=1)
JUNE = {"first_day": date(2021, 6, 1), "last_day": date(2021, 6, 30)}


def office(workforce: WorkforceSpec, **changes: Any) -> RunSpec:
    return replace(a_plain_office(**changes), workforce=workforce)


def temps(**changes: Any) -> WorkforceSpec:
    return WorkforceSpec(temporary=(TemporaryStaffSpec(**{**JUNE, "clerks": 1, "pace": 1.0, **changes}),))


def leave(until: int, clerks: int = 1) -> LeaveSpec:
    return LeaveSpec(first_day=date(2021, 6, 1), last_day=date(2021, 6, until), clerks=clerks)


def on_duty(turns: tuple[DutySpec, ...], day: int, clerks: int, hour: int) -> set[int]:
    spec = office(WorkforceSpec(duty=turns))
    everybody = tuple(range(clerks))
    calendar = BusinessCalendar(spec.calendar)
    segments = Workforce(spec, calendar).off_duty(day, calendar.work_segments(day, clerks)).segments
    at = day_start(day) + hour * HOUR_MS
    return set(everybody) - next(set(present) for start, end, present in segments if start <= at < end)


def test_a_check_waits_for_the_second_clerk_who_is_away() -> None:
    _, events = run_office(office(WorkforceSpec(leave=(leave(2),)), **{"office.clerks": 2}), [opened(june(1, "09:00"))])
    assert diary(events)[:4] == [
        "1 09:01 CHECK",
        "1 09:01 QUEUE_FOR_LINKAGE",
        "1 09:01 START_LINKAGE",
        "3 08:32 REGISTER",
    ]


def test_a_clerk_who_is_the_only_one_employed_checks_himself() -> None:
    _, events = run_office(a_plain_office(), [opened(june(1, "09:00"))])
    assert moment_of(events, "REGISTER") == "1 09:13"


def test_a_check_that_waits_for_a_clerk_who_is_no_longer_employed_is_done_by_the_one_who_is() -> None:
    """The staff of two becomes one on the 2nd: he is the only one left to check what he has keyed."""
    smaller = changed(june(1, "12:00"), ChangeKind.STAFF, 1)
    two = office(WorkforceSpec(leave=(replace(leave(30), clerks=0), leave(1))), **{"office.clerks": 2})
    _, events = run_office(two, [opened(june(1, "17:00")), smaller])
    assert moment_of(events, "REGISTER") == "2 08:32"


def test_a_temporary_clerk_checks_what_the_clerk_of_the_division_keyed() -> None:
    _, events = run_office(office(temps()), [opened(june(1, "09:00"))])
    assert moment_of(events, "REGISTER") == "1 09:13"
    found, _ = run_office(office(temps()), [paper(june(1, "09:00"))], days=1)
    assert found.report().days[0].temporary_staff_minutes == 2.0


def test_temporary_clerks_keep_to_what_they_may_do() -> None:
    """Keying alone: the second letter is theirs, both checks and every decision are the clerk's."""
    keying = temps(activities=("paper_keying",))
    letters = [paper(june(1, "09:00"), 1), paper(june(1, "09:00"), 2), opened(june(1, "10:00"))]
    found, events = run_office(office(keying), letters, days=1)
    day = found.report().days[0]
    assert day.temporary_staff_minutes == 10.0
    assert (day.paper_registered, day.decided) == (2, 1)
    assert moment_of(events, "NOTIFY") == "1 10:15"


@pytest.mark.parametrize("clerks", [3, 7, 14])
def test_duty_falls_on_everybody_equally_often(clerks: int) -> None:
    """Counted by calendar days, each of seven clerks would have his weekday for ever."""
    calendar = BusinessCalendar(a_plain_office().calendar)
    days = [day for day in range(FIRST, FIRST + 400) if calendar.is_open_day(day)][: 5 * clerks]
    counted = Counter(clerk for day in days for clerk in on_duty((MORNING,), day, clerks, 10))
    assert set(counted.values()) == {5}
    assert len(counted) == clerks


@pytest.mark.parametrize("clerks", [7, 14])
def test_lunch_duty_falls_on_everybody_equally_often(clerks: int) -> None:
    calendar = BusinessCalendar(replace(a_plain_office().calendar, lunch_duty_share=1 / clerks))
    days = [day for day in range(FIRST, FIRST + 400) if calendar.is_open_day(day)][: 5 * clerks]
    counted = Counter(clerk for day in days for clerk in calendar.lunch_duty(day, clerks))
    assert set(counted.values()) == {5}


def test_two_turns_of_a_day_are_two_peoples() -> None:
    turns = (MORNING, AFTERNOON)
    morning, afternoon = (on_duty(turns, FIRST, 5, hour) for hour in (10, 14))
    assert len(morning | afternoon) == 2
    assert on_duty((MORNING, MORNING), FIRST, 5, 10) == morning | afternoon


def test_open_days_are_counted_without_weekends_and_holidays() -> None:
    calendar = BusinessCalendar(replace(a_plain_office().calendar, holidays=(date(2021, 6, 9), date(2021, 6, 12))))
    counts = [calendar.open_days_until(FIRST + day) - calendar.open_days_until(FIRST - 1) for day in range(14)]
    assert counts == [1, 2, 3, 4, 4, 4, 5, 6, 6, 7, 8, 8, 8, 9]
    opens = [calendar.is_open_day(FIRST + day) for day in range(14)]
    assert opens == [after > before for before, after in zip([0, *counts], counts, strict=False)]


def test_who_is_on_leave_does_not_come_and_each_leave_takes_other_people() -> None:
    people = WorkforceSpec(leave=(leave(2), leave(4, clerks=2)))
    spec = office(people)
    workforce = Workforce(spec, BusinessCalendar(spec.calendar))
    present = [workforce.roster(FIRST + day, 4).clerks for day in range(5)]
    assert present == [(3,), (3,), (0, 3), (0, 3), (0, 1, 2, 3)]


def test_each_clerk_stays_up_to_his_cap_in_each_calendar_month() -> None:
    """Cap 5 h, at most 2 h 45 min an evening; a clerk on leave in June has all of his in July."""
    late = {
        "office.clerks": 3,
        "office.overtime.until_ms": 20 * HOUR_MS,
        "office.overtime.trigger_backlog_h": 0.0,
        "office.overtime.monthly_cap_h": 5.0,
    }
    found, _ = run_office(
        office(WorkforceSpec(leave=(leave(30),)), **late),
        [paper(june(1, "09:00"), number) for number in range(1, 4000)],
        days=61,
    )
    by_month: Counter[str] = Counter()
    for day in found.report().days:
        by_month[day.day[:7]] += round(day.overtime_minutes)
    assert by_month["2021-06"] == 2 * 5 * 60
    assert by_month["2021-07"] == 3 * 5 * 60


def test_overtime_until_midnight_belongs_to_its_day() -> None:
    late = {
        "office.overtime.until_ms": 24 * HOUR_MS,
        "office.overtime.trigger_backlog_h": 0.0,
        "office.overtime.monthly_cap_h": 45.0,
        "calendar.core_online_until_ms": 24 * HOUR_MS,
    }
    found, _ = run_office(a_plain_office(**late), [paper(june(4, "09:00"), n) for n in range(1, 200)], days=5)
    friday, saturday = found.report().days[3:5]
    assert friday.overtime_minutes == friday.overtime_work_minutes == 405.0
    assert friday.busy_minutes == friday.presence_minutes + 405.0 - 30.0
    assert (saturday.overtime_minutes, saturday.busy_minutes, saturday.presence_minutes) == (0.0, 0.0, 0.0)


def test_what_a_slow_clerk_has_done_counts_for_the_one_who_goes_on() -> None:
    """Maintenance from 9:10 to 9:20 finds the second letter half done; a clerk twice as fast needs 5 minutes more."""
    maintenance = {"office.core_offline": ((june(1, "09:10"), june(1, "09:20")),)}
    spec = office(temps(pace=0.5), **maintenance)
    letters = [paper(june(1, "09:00"), 1), paper(june(1, "09:00"), 2)]
    # Letter 1 is keyed at 9:10; the temporary clerk checks it in four minutes. The clerk of the division has keyed
    # the rest of letter 2 at 9:25, and the other checks it in four minutes.
    found = Office(spec)
    for letter in letters:
        found.offer(letter)
    found.advance(june(1, "09:29"))
    assert found.paper_waiting == 1
    found.advance(SimTime(june(1, "09:29") + 1))
    assert found.paper_waiting == 0
    assert found.report().days[0].staff_minutes == {"paper_keying": 25.0, "paper_check": 8.0}


def test_a_temporary_clerk_on_duty_is_booked_as_such() -> None:
    away = WorkforceSpec(duty=(replace(MORNING, clerks=2),), temporary=temps().temporary)
    day = run_office(office(away), [], days=1)[0].report().days[0]
    assert (day.duty_minutes, day.temporary_duty_minutes) == (360.0, 180.0)
    assert day.temporary_minutes + day.temporary_duty_minutes == 525.0
    spared = replace(away, temporary=temps(duty=False).temporary)
    day = run_office(office(spared), [], days=1)[0].report().days[0]
    assert (day.duty_minutes, day.temporary_duty_minutes, day.temporary_minutes) == (180.0, 0.0, 525.0)
