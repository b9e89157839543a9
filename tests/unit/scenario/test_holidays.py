"""Closed days: what the law and two years of exceptions made of them."""

from datetime import date, datetime

import jpholiday
import pytest

from shinsei.domain.simtime import from_datetime
from shinsei.scenario.holidays import closed_days

YEAR_END = {(12, 29), (12, 30), (12, 31), (1, 2), (1, 3)}


def closed_in(year: int) -> set[date]:
    """The closed days of a year."""
    found = closed_days(from_datetime(datetime(year, 1, 1)), from_datetime(datetime(year, 12, 31)))  # noqa: DTZ001
    return {day for day in found if day.year == year}


@pytest.mark.parametrize("year", range(2018, 2029))
def test_every_national_holiday_and_the_year_end_are_closed_and_no_other_day(year: int) -> None:
    national = {day for day, _ in jpholiday.year_holidays(year)}
    assert national
    assert closed_in(year) == national | {date(year, month, day) for month, day in YEAR_END}


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2019, 4, 30), "the day before the enthronement, between two holidays"),
        (date(2019, 5, 1), "the enthronement"),
        (date(2019, 10, 22), "the enthronement ceremony"),
        (date(2020, 7, 24), "Sports Day, moved for the Olympic Games"),
        (date(2021, 7, 22), "Marine Day, moved once more"),
        (date(2021, 8, 9), "substitute for Mountain Day, moved to a Sunday"),
        (date(2022, 3, 21), "the equinox"),
        (date(2026, 9, 22), "a day between two holidays"),
    ],
    ids=str,
)
def test_the_exceptions_are_known(day: date, why: str) -> None:
    assert day in closed_in(day.year), why


@pytest.mark.parametrize("day", [date(2020, 10, 12), date(2021, 7, 19), date(2021, 10, 11), date(2021, 6, 1)], ids=str)
def test_the_days_that_holidays_were_moved_from_are_open(day: date) -> None:
    assert day not in closed_in(day.year)
