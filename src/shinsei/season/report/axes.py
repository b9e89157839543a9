"""Axes of the report's charts: a calendar with weekends, deadline and cut-off, and plain numbers."""

from collections.abc import Iterable, Sequence
from math import hypot

from shinsei.domain.simtime import DAY_MS, SimTime, date_of, day_number, day_start
from shinsei.season.findings import Findings
from shinsei.season.report.svg import Box, Scale, element, label, line, rect
from shinsei.season.text import Text
from shinsei.season.words import short_day

_MONDAY = 0
_MOST_LABELS = 13


def calendar_scale(season: Findings, box: Box) -> Scale:
    """Simulated time of the whole season over the width of a box."""
    return Scale(low=season.start, high=season.end, start=box.left, stop=box.right)


def closed_days(season: Findings, box: Box, x: Scale) -> str:
    """Weekends and holidays shaded, neighbours as one area."""
    return "".join(
        rect(x(first), box.top, x(last) - x(first), box.height, class_="closed")
        for first, last in _spans(season.closed_days, season)
    )


def _spans(days: Iterable[int], season: Findings) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for day in days:
        start = max(day_start(day), season.start)
        stop = min(day_start(day) + DAY_MS, season.end)
        if spans and spans[-1][1] == start:
            spans[-1] = (spans[-1][0], stop)
        else:
            spans.append((start, stop))
    return spans


def calendar_axis(season: Findings, box: Box, x: Scale) -> str:
    """Mondays, as many as have room."""
    first, last = day_number(season.start), day_number(SimTime(season.end - 1))
    days = [day for day in range(first, last + 1) if date_of(day).weekday() == _MONDAY] or [first]
    step = -(-len(days) // _MOST_LABELS)
    parts = [line(box.left, box.bottom, box.right, box.bottom, "axis")]
    for day in days[::step]:
        at = x(max(day_start(day), season.start))
        parts += [line(at, box.bottom, at, box.bottom + 4, "axis")]
        parts += [label(at, box.bottom + 17, short_day(day_start(day)), anchor="middle")]
    return "".join(parts)


def moments(season: Findings, box: Box, x: Scale, *, named: bool = True) -> str:
    """The deadline and the cut-off as vertical lines."""
    parts = [_moment(box, x, season.deadline, Text("filing deadline", "届出期限"), season, named=named)]
    if season.cutoff is not None:
        parts.append(_moment(box, x, season.cutoff, Text("cut-off", "決定期日"), season, named=named))
    return "".join(parts)


def _moment(box: Box, x: Scale, at: SimTime, name: Text, season: Findings, *, named: bool) -> str:
    if not season.start < at < season.end:
        return ""
    drawn = line(x(at), box.top, x(at), box.bottom, "moment")
    return drawn + (label(x(at), box.top - 8, name, "moment-name", "middle") if named else "")


def value_axis(box: Box, y: Scale, ticks: Sequence[float], unit: Text | None = None) -> str:
    """Horizontal grid lines with their values; the unit stands above."""
    parts = []
    for tick in ticks:
        parts.append(line(box.left, y(tick), box.right, y(tick), "grid"))
        parts.append(
            label(box.left - 7, y(tick) + 4, f"{tick:,.0f}" if tick == int(tick) else f"{tick:g}", anchor="end")
        )
    if unit is not None:
        parts.append(label(box.left - 7, box.top - 9, unit, "unit", anchor="start"))
    return "".join(parts)


def mark(x: float, y: float, text: str, colour: str) -> str:
    """A method's number in a dot of its colour: tells lines apart without colour."""
    dot = element("circle", cx=x, cy=y, r=8, fill=colour, class_="mark")
    return dot + label(x, y + 4, text, "mark-text", anchor="middle")


_APART = 19
"""Least distance of two dots."""
_AWAY = (0, -22, 22, -44, 44, -66, 66)
"""How far a dot may move aside, nearest first."""


class Marks:
    """Dots that keep off each other; one that had to move aside is tied to its place by a thin line."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._taken: list[tuple[float, float]] = []

    def place(self, x: float, y: float, text: str, colour: str) -> str:
        """The dot of one method at its place, or beside it."""
        free = (away for away in _AWAY if self._is_free(x + away, y))
        away = next(free, 0)
        self._taken.append((x + away, y))
        tie = line(x, y, x + away, y, "tie") if away else ""
        return tie + mark(x + away, y, text, colour)

    def _is_free(self, x: float, y: float) -> bool:
        inside = self._box.left < x < self._box.right
        return inside and all(hypot(x - other, y - level) >= _APART for other, level in self._taken)
