"""Counts of what waits: totals to the case, the age as if whoever came first left first, the risk by the pace."""

import pytest

from app_mgmt.streams.backlog import Backlog
from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.horizon import Horizon
from shinsei.domain.run import CalendarSpec
from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime
from shinsei.testing.builders import a_run_spec
from shinsei.testing.offices import june

START = june(1, "00:00")


@pytest.fixture
def calendar() -> BusinessCalendar:
    spec: CalendarSpec = a_run_spec().calendar
    return BusinessCalendar(spec)


def horizon(deadline: int, target: int) -> Horizon:
    """The midnights behind two days of June."""
    return Horizon(deadline=june(deadline + 1, "00:00"), target=june(target + 1, "00:00"))


def a_backlog(came: int, on: int, left: dict[int, int]) -> Backlog:
    """So many filed on a day, and so many left on days of June 2021."""
    found = Backlog()
    for n in range(came):
        found.come(SimTime(june(on, "09:00") + n))
    for day, count in left.items():
        for _ in range(count):
            found.leave(june(day, "10:00"))
    return found


def test_whoever_leaves_is_taken_for_the_oldest() -> None:
    found = Backlog()
    for hour in (0, 0, 3, 7):
        found.come(SimTime(START + hour * HOUR_MS + 5))
    ages = []
    for _ in range(4):
        ages.append((found.waiting(), found.oldest()))
        found.leave(june(2, "09:00"))
    hours = (0, 0, 3, 7)
    assert ages == [(4 - n, SimTime(START + hour * HOUR_MS)) for n, hour in enumerate(hours)]
    assert (found.waiting(), found.oldest()) == (0, None)


def test_a_total_is_right_though_the_end_of_a_case_is_read_before_its_beginning() -> None:
    found = Backlog()
    found.leave(START)
    assert (found.waiting(), found.oldest()) == (0, None)
    found.come(START)
    assert found.waiting() == 0
    found.come(START)
    assert found.waiting() == 1


def test_what_is_counted_does_not_grow_with_the_cases() -> None:
    found = Backlog()
    for day in range(60):
        for n in range(20):
            found.come(SimTime(START + day * DAY_MS + n))
            found.leave(SimTime(START + day * DAY_MS + n))
        assert found.waiting() == 0
        found.forget(SimTime(START + day * DAY_MS))
    assert len(found.came) == 0
    assert len(found.left_by_day) <= 15


def test_before_a_whole_open_day_no_pace_is_claimed(calendar: BusinessCalendar) -> None:
    found = a_backlog(100, on=1, left={})
    assert found.at_risk(calendar, horizon(3, 4), START, june(1, "16:00")) == 0
    assert found.at_risk(calendar, horizon(3, 4), START, june(2, "08:00")) == 100


def test_at_risk_is_what_the_mean_of_the_last_open_days_does_not_clear(calendar: BusinessCalendar) -> None:
    """10 a day from 1 June, a Tuesday; on Monday 7th at opening, four days of work (7 to 10) are left."""
    found = a_backlog(100, on=1, left=dict.fromkeys((1, 2, 3, 4), 10))
    assert found.waiting() == 60
    assert found.at_risk(calendar, horizon(4, 10), START, june(7, "08:00")) == 20
    assert found.at_risk(calendar, horizon(4, 14), START, june(7, "08:00")) == 0


def test_what_is_done_today_is_not_expected_again(calendar: BusinessCalendar) -> None:
    found = a_backlog(100, on=1, left=dict.fromkeys((1, 2, 3, 4, 7), 10))
    assert found.at_risk(calendar, horizon(4, 10), START, june(7, "17:00")) == 20


def test_what_was_filed_after_the_deadline_is_nobodys_risk(calendar: BusinessCalendar) -> None:
    found = a_backlog(30, on=6, left={1: 0})
    assert found.at_risk(calendar, horizon(4, 8), START, june(7, "08:00")) == 0


def test_behind_the_target_everything_in_time_that_waits_is_late(calendar: BusinessCalendar) -> None:
    found = a_backlog(7, on=1, left={2: 3})
    assert found.at_risk(calendar, horizon(1, 3), START, june(4, "00:00")) == 4
