"""A finished season as OpenMetrics at its simulated times, so that a dashboard shows June and not three minutes.

One sample a day, at its end in Tokyo, from the series of the result: a day's figures are known when it is over. A day
that is not over by the clock on the wall is left out: behind a sample of the future Prometheus takes no other, so that
it would scrape nothing until then, and no alert would fire.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.simtime import TOKYO

_PREFIX = "shinsei_season"


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A metric of a season's history."""

    column: str
    """Of the series."""
    name: str
    says: str
    factor: float = 1.0
    """From the unit of the column to the one of the metric."""


_HOUR_S = 3_600.0
FAMILIES = (
    Family(column="submitted", name="submitted_cases", says="Online cases accepted by the portal on the day."),
    Family(column="stored", name="stored_cases", says="Online cases stored on the day."),
    Family(column="registered", name="registered_cases", says="Online cases registered on the day."),
    Family(column="decided", name="decided_cases", says="Online cases decided on the day."),
    Family(column="backlog", name="backlog_cases", says="Online cases stored and not yet registered, at midnight."),
    Family(column="paper_registered", name="paper_registered_cases", says="Paper cases registered on the day."),
    Family(column="staff_hours", name="staff_seconds", says="Handling time of clerks on the day.", factor=_HOUR_S),
    Family(column="presence_hours", name="presence_seconds", says="Presence of clerks on the day.", factor=_HOUR_S),
    Family(column="overtime_hours", name="overtime_seconds", says="Overtime of clerks on the day.", factor=_HOUR_S),
    Family(column="robot_hours", name="robot_seconds", says="Time of robots on the day.", factor=_HOUR_S),
)
"""The columns of the series that are drawn over days."""


def open_metrics(series: bytes, *, run: str, scenario: str, now_s: float) -> Iterator[str]:
    """The lines of the exposition: every family together, its samples in order of time, an end mark.

    Municipalities of a method are taken together, so that a season has as many series as it compares methods.

    Raises:
        InvalidInputError: the series cannot be read.
    """
    days = _by_method(series)
    labels = f'run="{_quoted(run)}",scenario="{_quoted(scenario)}",clock="sim"'
    for family in FAMILIES:
        metric = f"{_PREFIX}_{family.name}"
        yield f"# HELP {metric} {family.says}"
        yield f"# TYPE {metric} gauge"
        for (method, day), row in days.items():
            if _end_of(day) <= now_s:
                value = row[family.column] * family.factor
                yield f'{metric}{{{labels},linkage_method="{method}"}} {value:.10g} {_end_of(day)}'
    yield "# EOF"


def days_to_come(series: bytes, now_s: float) -> int:
    """How many days are left out because they are not over yet.

    Raises:
        InvalidInputError: the series cannot be read.
    """
    return len({day for _, day in _by_method(series) if _end_of(day) > now_s})


def _by_method(series: bytes) -> dict[tuple[str, date], Mapping[str, float]]:
    """The rows summed by method and day, method by method."""
    found: dict[tuple[str, date], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    try:
        for row in csv.DictReader(io.StringIO(series.decode("utf-8-sig"))):
            sums = found[row["method"], date.fromisoformat(row["date"])]
            for family in FAMILIES:
                sums[family.column] += float(row[family.column])
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInputError("series.csv", f"is no series of a season ({error})") from None
    if not found:
        raise InvalidInputError("series.csv", "has no day")
    return dict(sorted(found.items()))


def _end_of(day: date) -> int:
    """The midnight after it in Tokyo, as a Unix time."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=TOKYO) + timedelta(days=1)
    return int(midnight.timestamp())


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
