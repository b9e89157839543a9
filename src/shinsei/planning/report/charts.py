"""The picture of a plan's headline figures, each with its interval; and axes that other pictures share."""

from shinsei.domain.simtime import SimTime, date_of, day_number, day_start
from shinsei.planning.figures import HEADLINES, Figure, Kind
from shinsei.planning.seasons import MethodSeason
from shinsei.planning.statistics import Estimate
from shinsei.planning.study import Study
from shinsei.planning.words import value
from shinsei.season.report.axes import mark
from shinsei.season.report.style import colour_of, mark_of
from shinsei.season.report.svg import Box, Scale, drawing, element, label, line, nice_ticks, rect
from shinsei.season.text import Text
from shinsei.season.words import short_day

WIDTH = 960
_COLUMNS, _GUTTER, _LEFT = 2, 56, 26
_ROW, _HEAD, _FOOT = 24, 26, 34
_MONDAY, _MOST_LABELS = 0, 13


def intervals_chart(found: Study) -> str:
    """A panel a headline figure, a row a method: seasons from 5 to 95 % pale, the interval of the mean dark."""
    shown = [figure for figure in HEADLINES if any(bounds(found, figure))]
    height = _HEAD + len(found.methods) * _ROW + _FOOT
    width = (WIDTH - _GUTTER) / _COLUMNS
    parts = []
    for index, figure in enumerate(shown):
        left = (index % _COLUMNS) * (width + _GUTTER)
        top = (index // _COLUMNS) * height + _HEAD
        box = Box(left=left + _LEFT, top=top, width=width - _LEFT - 12, height=len(found.methods) * _ROW)
        parts.append(_panel(found, figure, box))
    rows = -(-len(shown) // _COLUMNS)
    title = Text("The figures with their intervals", "主要な値と信頼区間")
    return drawing(WIDTH, rows * height, "".join(parts), title, "intervals-chart")


def bounds(found: Study, figure: Figure) -> list[float]:
    """Everything that a chart of this figure must have room for."""
    ends: list[float] = []
    for index in range(len(found.methods)):
        one = found.estimate(index, figure.key)
        ends += [at for at in (one.low, one.high, one.mean, *(one.interval or ())) if at is not None]
    return ends


def _panel(found: Study, figure: Figure, box: Box) -> str:
    ends = bounds(found, figure)
    ticks = figure_ticks(figure, min(ends), max(ends))
    x = Scale(low=ticks[0], high=ticks[-1], start=box.left, stop=box.right)
    parts = [label(box.left - _LEFT, box.top - 10, figure.label, "panel-name")]
    for tick in ticks:
        parts.append(line(x(tick), box.top, x(tick), box.bottom, "grid"))
        parts.append(label(x(tick), box.bottom + 15, value(figure, tick), anchor="middle"))
    for index, one in enumerate(found.methods):
        parts.append(_row(found.estimate(index, figure.key), one, x, box.top + (index + 0.5) * _ROW, box))
    return "".join(parts)


def _row(found: Estimate, one: MethodSeason, x: Scale, y: float, box: Box) -> str:
    parts = [mark(box.left - 16, y, mark_of(one), colour_of(one))]
    if found.low is not None:
        high = box.right if found.high is None else x(found.high)
        parts.append(rect(x(found.low), y - 5, max(high - x(found.low), 1), 10, fill=colour_of(one), opacity=0.28))
    if found.interval is not None:
        low, high = map(x, found.interval)
        parts.append(rect(low, y - 2.5, max(high - low, 1), 5, fill=colour_of(one)))
    if found.mean is not None:
        parts.append(
            element("circle", cx=x(found.mean), cy=y, r=3.4, fill="#fff", stroke=colour_of(one), stroke_width=1.6)
        )
    return "".join(parts)


def figure_ticks(figure: Figure, low: float, high: float) -> list[float]:
    """Round numbers around the values; days at midnight for moments."""
    if figure.kind is Kind.MOMENT:
        first, last = day_number(SimTime(int(low))), day_number(SimTime(int(high))) + 1
        step = max(1, -(-(last - first) // 5))
        return [float(day_start(day)) for day in range(first, last + step, step)]
    if low > 0 and high < 2 * low:
        steps = nice_ticks(high - low, 4)
        base = low // steps[1] * steps[1]
        return [base + step for step in steps if base + step < high + steps[1]] + (
            [base + steps[-1] + steps[1]] if base + steps[-1] < high else []
        )
    return nice_ticks(high, 4)


def days_axis(first: int, days: int, box: Box, x: Scale, most: int = _MOST_LABELS) -> str:
    """Mondays from a day on, as many as have room."""
    mondays = [day for day in range(days) if date_of(first + day).weekday() == _MONDAY] or [0]
    step = -(-len(mondays) // most)
    parts = [line(box.left, box.bottom, box.right, box.bottom, "axis")]
    for day in mondays[::step]:
        parts.append(line(x(day), box.bottom, x(day), box.bottom + 4, "axis"))
        parts.append(label(x(day), box.bottom + 17, short_day(day_start(first + day)), anchor="middle"))
    return "".join(parts)
