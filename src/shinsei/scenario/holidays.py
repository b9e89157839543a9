"""Closed days of Japanese offices, as data for the pure calendar: national holidays and the year end."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

import jpholiday

from shinsei.domain.simtime import SimTime, to_datetime

_YEAR_END = ((12, 29), (12, 30), (12, 31), (1, 2), (1, 3))
"""Besides New Year's Day, which is a national holiday."""


def closed_days(start: SimTime, end: SimTime) -> tuple[date, ...]:
    """National holidays and year-end days of every year from the start's to the one after the end's."""
    first, last = to_datetime(start).year, to_datetime(end).year + 1
    return _of_years(first, last)


@lru_cache(maxsize=16)
def _of_years(first: int, last: int) -> tuple[date, ...]:
    return tuple(sorted({*_national(first, last), *_year_ends(first, last)}))


def _national(first: int, last: int) -> Iterator[date]:
    for day, _ in jpholiday.between(date(first, 1, 1), date(last, 12, 31)):
        yield day


def _year_ends(first: int, last: int) -> Iterator[date]:
    for year in range(first, last + 1):
        for month, day in _YEAR_END:
            yield date(year, month, day)
