"""Offices and core systems work when their calendar says so."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.run import CalendarSpec
from shinsei.domain.simtime import HOUR_MS, MINUTE_MS, SimTime, day_of, day_start

SPEC = CalendarSpec(
    holidays=(date(2021, 7, 22), date(2021, 7, 23), date(2021, 12, 29), date(2021, 12, 30), date(2021, 12, 31)),
    office_opens_ms=8 * HOUR_MS + 30 * MINUTE_MS,
    office_closes_ms=17 * HOUR_MS + 15 * MINUTE_MS,
    lunch_starts_ms=12 * HOUR_MS,
    lunch_ends_ms=13 * HOUR_MS,
    lunch_duty_share=0.25,
    core_online_from_ms=8 * HOUR_MS,
    core_online_until_ms=20 * HOUR_MS,
)
CALENDAR = BusinessCalendar(SPEC)
THURSDAY = day_of(date(2021, 7, 1))
SATURDAY = day_of(date(2021, 7, 3))
HOLIDAY = day_of(date(2021, 7, 22))
days = st.integers(min_value=day_of(date(2021, 1, 1)), max_value=day_of(date(2022, 12, 31)))


def test_weekends_and_holidays_are_closed() -> None:
    assert CALENDAR.is_open_day(THURSDAY)
    assert not CALENDAR.is_open_day(SATURDAY)
    assert not CALENDAR.is_open_day(HOLIDAY)
    assert CALENDAR.segments(SATURDAY) == ()
    assert CALENDAR.hours(HOLIDAY) is None
    assert CALENDAR.core_online(HOLIDAY) == ()


def test_a_day_has_a_morning_a_lunch_with_the_duty_share_and_an_afternoon() -> None:
    start = day_start(THURSDAY)
    assert CALENDAR.segments(THURSDAY) == (
        (start + SPEC.office_opens_ms, start + SPEC.lunch_starts_ms, 1.0),
        (start + SPEC.lunch_starts_ms, start + SPEC.lunch_ends_ms, 0.25),
        (start + SPEC.lunch_ends_ms, start + SPEC.office_closes_ms, 1.0),
    )


def test_without_a_lunch_hour_there_is_no_empty_segment() -> None:
    no_lunch = BusinessCalendar(replace(SPEC, lunch_ends_ms=SPEC.lunch_starts_ms))
    assert len(no_lunch.segments(THURSDAY)) == 2


def test_lunch_duty_goes_round() -> None:
    """In turns over the days on which the office opens."""
    opens = [day for day in range(THURSDAY, THURSDAY + 400) if CALENDAR.is_open_day(day)][:40]
    turns = Counter(clerk for day in opens for clerk in CALENDAR.lunch_duty(day, 4))
    assert turns == {0: 10, 1: 10, 2: 10, 3: 10}


@given(days, st.integers(min_value=0, max_value=60))
def test_everybody_works_in_the_morning_and_distinct_clerks_through_lunch(day: int, clerks: int) -> None:
    day = CALENDAR.open_day_from(day)
    morning, lunch, afternoon = (workers for _, _, workers in CALENDAR.work_segments(day, clerks))
    assert morning == afternoon == tuple(range(clerks))
    assert len(set(lunch)) == len(lunch) == int(clerks * 0.25 + 0.5)
    assert set(lunch) <= set(morning)


@given(days)
def test_the_next_open_day_is_the_first_one_after(day: int) -> None:
    following = CALENDAR.next_open_day(day)
    assert following > day
    assert CALENDAR.is_open_day(following)
    assert not any(CALENDAR.is_open_day(between) for between in range(day + 1, following))
    assert CALENDAR.open_day_from(day) in {day, following}


@given(days, st.integers(min_value=0, max_value=30))
def test_adding_working_days_and_counting_them_agree(day: int, count: int) -> None:
    day = CALENDAR.open_day_from(day)
    later = CALENDAR.add_working_days(day, count)
    assert CALENDAR.working_days_between(day, later) == count
    assert CALENDAR.add_working_days(later, -count) == day


def test_batch_windows_exist_on_open_days_in_order() -> None:
    noon, evening = 12 * HOUR_MS, 19 * HOUR_MS
    start = day_start(THURSDAY)
    assert CALENDAR.windows(THURSDAY, (evening, noon)) == (start + noon, start + evening)
    assert CALENDAR.windows(SATURDAY, (noon,)) == ()


@pytest.mark.parametrize(
    ("time_of_day", "is_open"),
    [
        (SPEC.office_opens_ms - 1, False),
        (SPEC.office_opens_ms, True),
        (SPEC.office_closes_ms - 1, True),
        (SPEC.office_closes_ms, False),
    ],
)
def test_the_office_is_open_from_opening_to_just_before_closing(time_of_day: int, is_open: bool) -> None:  # noqa: FBT001
    assert CALENDAR.is_open_at(SimTime(day_start(THURSDAY) + time_of_day)) is is_open


def test_maintenance_takes_its_part_of_the_on_line_hours() -> None:
    """Gaps in the middle, over an edge, over each other and over a whole day."""

    def at(hours: int) -> SimTime:
        return SimTime(day_start(THURSDAY) + hours * HOUR_MS)

    gaps = ((at(6), at(9)), (at(12), at(14)), (at(13), at(15)), (at(24 + 1), at(24 + 23)))
    calendar = BusinessCalendar(SPEC, gaps)
    assert calendar.core_online(THURSDAY) == ((at(9), at(12)), (at(15), at(20)))
    assert calendar.core_online(THURSDAY + 1) == ()
    assert calendar.core_online(THURSDAY - 1) == CALENDAR.core_online(THURSDAY - 1)
