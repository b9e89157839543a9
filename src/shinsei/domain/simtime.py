"""Simulated time: integer milliseconds since 1970-01-01T00:00Z, read on the wall clock of Asia/Tokyo.

Japan has had no daylight saving since 1952, so the conversion is a fixed +9 h and days are plain
arithmetic. Real time never appears in this type.
"""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final, NewType

SimTime = NewType("SimTime", int)
"""A moment of simulated (event) time, in milliseconds since the Unix epoch."""

SECOND_MS: Final = 1_000
MINUTE_MS: Final = 60 * SECOND_MS
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS

TOKYO = timezone(timedelta(hours=9), "JST")
_TOKYO_OFFSET_MS: Final = 9 * HOUR_MS
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()


def day_number(at: SimTime) -> int:
    """Number of the Tokyo calendar day that holds ``at``, counted from 1970-01-01."""
    return (at + _TOKYO_OFFSET_MS) // DAY_MS


def day_start(day: int) -> SimTime:
    """Tokyo midnight at which the day with this number begins."""
    return SimTime(day * DAY_MS - _TOKYO_OFFSET_MS)


def time_of_day_ms(at: SimTime) -> int:
    """Milliseconds since the last Tokyo midnight."""
    return (at + _TOKYO_OFFSET_MS) % DAY_MS


def date_of(day: int) -> date:
    """Calendar date of a day number."""
    return date.fromordinal(day + _EPOCH_ORDINAL)


def day_of(day: date) -> int:
    """Day number of a calendar date."""
    return day.toordinal() - _EPOCH_ORDINAL


def from_datetime(moment: datetime) -> SimTime:
    """Simulated time of a datetime; a naive one is read as Tokyo time."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=TOKYO)
    delta = aware - datetime(1970, 1, 1, tzinfo=UTC)
    return SimTime(delta // timedelta(milliseconds=1))


def to_datetime(at: SimTime) -> datetime:
    """Tokyo datetime of a simulated time."""
    return datetime(1970, 1, 1, tzinfo=UTC).astimezone(TOKYO) + timedelta(milliseconds=at)


def isoformat(at: SimTime) -> str:
    """``2021-06-01T09:00:00+09:00``: how simulated time is written for people and in JSON."""
    return to_datetime(at).isoformat(timespec="seconds")
