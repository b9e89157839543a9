"""The pictures of a plan: every headline figure with its interval, and the backlog as a band over the seasons."""

from collections.abc import Sequence
from itertools import pairwise

from shinsei.domain.simtime import SimTime, date_of, day_number, day_start
from shinsei.planning.figures import HEADLINES, Figure, Kind
from shinsei.planning.seasons import MethodSeason
from shinsei.planning.statistics import HIGH, LOW, MIDDLE, Estimate
from shinsei.planning.study import Study
from shinsei.planning.words import value
from shinsei.season.cases import percentile
from shinsei.season.report.axes import mark, value_axis
from shinsei.season.report.style import colour_of, dash_of, mark_of
from shinsei.season.report.svg import Box, Scale, drawing, element, label, line, nice_ticks, path, rect
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


def backlog_chart(found: Study) -> str:
    """Median and 5 to 95 % band of the backlog at the end of each day."""
    bands = [_band(found, index) for index in range(len(found.methods))]
    days = max(len(band) for band in bands)
    first = day_number(found.scenario.start)
    box = Box(left=52, top=26, width=WIDTH - 52 - 20, height=330)
    ticks = nice_ticks(max((high for band in bands for _, _, high in band), default=1))
    x = Scale(low=0, high=max(days - 1, 1), start=box.left, stop=box.right)
    y = Scale(low=0, high=ticks[-1], start=box.bottom, stop=box.top)
    parts = [value_axis(box, y, ticks, Text("cases stored, not yet registered", "格納済み・未登録(件)"))]
    parts.append(days_axis(first, days, box, x))
    for one, band in reversed(list(zip(found.methods, bands, strict=True))):
        outline = [(x(day), y(high)) for day, (_, _, high) in enumerate(band)]
        outline += [(x(day), y(low)) for day, (low, _, _) in reversed(list(enumerate(band)))]
        parts.append(_area(outline, colour_of(one)))
    for one, band in reversed(list(zip(found.methods, bands, strict=True))):
        points = [(x(day), y(middle)) for day, (_, middle, _) in enumerate(band)]
        parts.append(path(points, stroke=colour_of(one), class_="curve", stroke_dasharray=dash_of(one)))
    for one, band in zip(found.methods, bands, strict=True):
        top = max(range(len(band)), key=lambda day: band[day][1], default=0)
        parts.append(mark(x(top), y(band[top][1]), mark_of(one), colour_of(one)))
    title = Text("Backlog over the seasons", "滞留の推移(全シーズン)")
    return drawing(WIDTH, box.bottom + 26, "".join(parts), title, "backlog-band")


def _band(found: Study, method: int) -> list[tuple[float, float, float]]:
    series = [season.methods[method].backlog_by_day for season in found.seasons]
    longest = max(map(len, series))
    padded = [(*one, *[one[-1] if one else 0] * (longest - len(one))) for one in series]
    return [
        (percentile(levels, LOW) or 0, percentile(levels, MIDDLE) or 0, percentile(levels, HIGH) or 0)
        for levels in zip(*padded, strict=True)
    ]


def days_axis(first: int, days: int, box: Box, x: Scale) -> str:
    """Mondays from a day on, as many as have room."""
    mondays = [day for day in range(days) if date_of(first + day).weekday() == _MONDAY] or [0]
    step = -(-len(mondays) // _MOST_LABELS)
    parts = [line(box.left, box.bottom, box.right, box.bottom, "axis")]
    for day in mondays[::step]:
        parts.append(line(x(day), box.bottom, x(day), box.bottom + 4, "axis"))
        parts.append(label(x(day), box.bottom + 17, short_day(day_start(first + day)), anchor="middle"))
    return "".join(parts)


def _area(points: Sequence[tuple[float, float]], fill: str) -> str:
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return element("polygon", points=corners, fill=fill, opacity=0.2) if list(pairwise(points)) else ""
