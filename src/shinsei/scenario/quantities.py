"""How quantities are written in a scenario, and what they become.

Durations carry their unit ("10 min"), times of day are "08:30", moments are dates or date-times of Tokyo.
A value that cannot be read says what would be right.
"""

import re
from datetime import date, datetime, time
from difflib import get_close_matches
from math import sqrt
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from shinsei.domain.catalogue import PROCEDURES, CoreSystem, procedure, procedure_by_key
from shinsei.domain.distributions import Distribution, Shape
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod
from shinsei.domain.simtime import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, from_datetime

_UNITS_MS = {
    "ms": 1,
    "s": SECOND_MS,
    "min": MINUTE_MS,
    "h": HOUR_MS,
    "d": DAY_MS,
    "day": DAY_MS,
    "days": DAY_MS,
}
_LONGEST_MS = 100 * 366 * DAY_MS
"""Longer is a slip."""
_DURATION = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*([a-z]+)\s*")
_TIME_OF_DAY = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)|24:00")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Section(BaseModel):
    """A table of a scenario: frozen, and without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def split_duration(text: str) -> tuple[str, str] | None:
    """Number and unit of a duration as written, or None if it is none."""
    found = _DURATION.fullmatch(text)
    return (found[1], found[2]) if found and found[2] in _UNITS_MS else None


def is_time_of_day(text: str) -> bool:
    """Whether a text is a time of day or a date."""
    return bool(_TIME_OF_DAY.fullmatch(text) or _DATE.match(text))


def _duration_ms(value: object) -> object:
    found = split_duration(value) if isinstance(value, str) else None
    if found is None:
        message = f'{value!r} is not a duration; write it with its unit, like "10 min" ({", ".join(_UNITS_MS)})'
        raise ValueError(message)
    number, unit = found
    if number.startswith("-"):
        message = f"{value!r} must not be negative"
        raise ValueError(message)
    milliseconds = float(number) * _UNITS_MS[unit]
    if milliseconds > _LONGEST_MS:
        message = f"{value!r} is longer than a hundred years"
        raise ValueError(message)
    return round(milliseconds)


def _time_of_day_ms(value: object) -> object:
    if isinstance(value, time):
        return (value.hour * 60 + value.minute) * MINUTE_MS + value.second * SECOND_MS
    if not isinstance(value, str) or not _TIME_OF_DAY.fullmatch(value):
        message = f'{value!r} is not a time of day; write it like "08:30"'
        raise ValueError(message)
    hours, minutes = value.split(":")
    return int(hours) * HOUR_MS + int(minutes) * MINUTE_MS


def _moment(value: object) -> object:
    try:
        if isinstance(value, str):
            return from_datetime(datetime.fromisoformat(value))
        if isinstance(value, datetime):
            return from_datetime(value)
        if isinstance(value, date):
            return from_datetime(datetime.combine(value, time()))
    except ValueError:
        pass
    message = f"{value!r} is not a moment; write a date (2021-06-01) or a date and time (2021-06-01T09:00)"
    raise ValueError(message)


def _day(value: object) -> object:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        message = f"{value!r} is not a date; write it like 2021-06-01"
        raise ValueError(message) from None


def _method(value: object) -> object:
    name = str(value).strip().upper().replace("-", "_")
    if name in COMPARED_METHODS:
        return LinkageMethod(name)
    near = get_close_matches(name, COMPARED_METHODS, n=1, cutoff=0.5)
    hint = f"; did you mean {str(near[0])!r}?" if near else ""
    message = f"{value!r} is not a linkage method{hint} (methods: {', '.join(COMPARED_METHODS)})"
    raise ValueError(message)


def _procedure_number(value: object) -> object:
    try:
        return (procedure(value) if isinstance(value, int) else procedure_by_key(str(value))).number
    except InvalidInputError as error:
        raise ValueError(error.problem) from None


EXAMINED: tuple[str, ...] = (*(system.value for system in CoreSystem), *(item.key for item in PROCEDURES))
"""What may have an examination time of its own."""


def _examined(value: object) -> object:
    if value not in EXAMINED:
        near = get_close_matches(str(value), EXAMINED, n=1)
        hint = f"; did you mean {str(near[0])!r}?" if near else ""
        message = f"{value!r} is neither a core system nor a procedure{hint}"
        raise ValueError(message)
    return str(value)


DurationMs = Annotated[int, BeforeValidator(_duration_ms)]
"""A duration in milliseconds, 0 or more."""
PositiveDurationMs = Annotated[int, BeforeValidator(_duration_ms), Field(gt=0)]
TimeOfDayMs = Annotated[int, BeforeValidator(_time_of_day_ms)]
"""Milliseconds since midnight."""
Moment = Annotated[int, BeforeValidator(_moment)]
"""Simulated time."""
Day = Annotated[date, BeforeValidator(_day)]
Method = Annotated[LinkageMethod, BeforeValidator(_method)]
ProcedureNumber = Annotated[int, BeforeValidator(_procedure_number)]
"""Catalogue number, written as the procedure's key or number."""
Examined = Annotated[str, BeforeValidator(_examined)]
"""A core system, or a procedure by its key."""
Share = Annotated[float, Field(strict=True, ge=0, le=1)]
Count = Annotated[int, Field(strict=True, ge=0)]
PositiveCount = Annotated[int, Field(strict=True, ge=1)]
Workforce = Annotated[int, Field(strict=True, ge=1, le=10_000)]
"""Clerks or robots of one office; more than any has is a slip."""
MOST_PEOPLE = 20_000_000
"""Of one municipality or prefecture; more than the largest has is a slip."""
Population = Annotated[int, Field(strict=True, ge=1, le=MOST_PEOPLE)]
Nation = Annotated[int, Field(strict=True, ge=1, le=2_000_000_000)]
"""People of all municipalities of a scenario together."""
Amount = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
PositiveAmount = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
Yen = Annotated[float, Field(strict=True, ge=0, le=1e12, allow_inf_nan=False)]
"""A price; more than a million million is a slip."""
Years = Annotated[float, Field(strict=True, ge=0.1, le=100, allow_inf_nan=False)]
Variation = Annotated[float, Field(strict=True, ge=0, le=10, allow_inf_nan=False)]
"""Standard deviation over mean; more than ten times the mean is a slip."""


class DurationDistribution(Section):
    """A random duration: ``{ mean = "10 min", cv = 0.5, shape = "lognormal" }``."""

    mean: DurationMs
    cv: Variation = 1.0
    shape: Shape = Shape.LOGNORMAL

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.shape is Shape.UNIFORM and self.cv > 1 / sqrt(3):
            message = "cv of a uniform distribution is at most 0.577 (a wider one would be negative)"
            raise ValueError(message)
        return self

    @property
    def seconds(self) -> Distribution:
        """The distribution in seconds."""
        return self._in(SECOND_MS)

    @property
    def minutes(self) -> Distribution:
        """The distribution in minutes."""
        return self._in(MINUTE_MS)

    @property
    def hours(self) -> Distribution:
        """The distribution in hours."""
        return self._in(HOUR_MS)

    @property
    def days(self) -> Distribution:
        """The distribution in days."""
        return self._in(DAY_MS)

    def _in(self, unit_ms: int) -> Distribution:
        return Distribution(mean=self.mean / unit_ms, cv=self.cv, shape=self.shape)
