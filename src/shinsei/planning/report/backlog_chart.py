"""The backlog of a plan: a panel a method, the band of its seasons and their median, on one scale."""

from itertools import pairwise

from shinsei.domain.simtime import day_number
from shinsei.planning.report.charts import WIDTH, days_axis
from shinsei.planning.statistics import HIGH, LOW, MIDDLE
from shinsei.planning.study import Study
from shinsei.season.cases import percentile
from shinsei.season.report.axes import mark, value_axis
from shinsei.season.report.style import colour_of, dash_of, mark_of
from shinsei.season.report.svg import Box, Scale, drawing, element, label, nice_ticks, path
from shinsei.season.text import Text

_COLUMNS, _GUTTER, _LEFT = 2, 44, 48
_HEAD, _PANEL, _FOOT = 44, 130, 34
_UNIT = Text("cases stored, not yet registered", "格納済み・未登録(件)")

Band = list[tuple[float, float, float]]
"""Low, median and high of the seasons at the end of each day."""


def backlog_chart(found: Study) -> str:
    """Median and 5 to 95 % band of the backlog at the end of each day: a panel each, since bands would hide others."""
    bands = [_band(found, index) for index in range(len(found.methods))]
    ticks = nice_ticks(max((high for band in bands for _, _, high in band), default=1), 3)
    columns = min(_COLUMNS, len(bands))
    width = (WIDTH - _GUTTER * (columns - 1)) / columns
    parts = []
    for index, band in enumerate(bands):
        left = (index % columns) * (width + _GUTTER) + _LEFT
        top = (index // columns) * (_HEAD + _PANEL + _FOOT) + _HEAD
        box = Box(left=left, top=top, width=width - _LEFT - 12, height=_PANEL)
        parts.append(_panel(found, index, band, ticks, box))
    rows = -(-len(bands) // columns)
    title = Text("Backlog over the seasons", "滞留の推移(全シーズン)")
    return drawing(WIDTH, rows * (_HEAD + _PANEL + _FOOT), "".join(parts), title, "backlog-band")


def _panel(found: Study, index: int, band: Band, ticks: list[float], box: Box) -> str:
    one, days = found.methods[index], len(band)
    x = Scale(low=0, high=max(days - 1, 1), start=box.left, stop=box.right)
    y = Scale(low=0, high=ticks[-1], start=box.bottom, stop=box.top)
    parts = [label(box.left - _LEFT, box.top - 28, one.name, "panel-name"), value_axis(box, y, ticks, _UNIT)]
    parts.append(days_axis(day_number(found.scenario.start), days, box, x, most=_MOST_LABELS))
    outline = [(x(day), y(high)) for day, (_, _, high) in enumerate(band)]
    outline += [(x(day), y(low)) for day, (low, _, _) in reversed(list(enumerate(band)))]
    parts.append(_area(outline, colour_of(one)))
    points = [(x(day), y(middle)) for day, (_, middle, _) in enumerate(band)]
    parts.append(path(points, stroke=colour_of(one), class_="curve", stroke_dasharray=dash_of(one)))
    top = max(range(days), key=lambda day: band[day][1], default=0)
    parts.append(mark(x(top), y(band[top][1]), mark_of(one), colour_of(one)))
    return "".join(parts)


_MOST_LABELS = 6


def _band(found: Study, method: int) -> Band:
    series = [season.methods[method].backlog_by_day for season in found.seasons]
    longest = max(map(len, series))
    padded = [(*one, *[one[-1] if one else 0] * (longest - len(one))) for one in series]
    return [
        (percentile(levels, LOW) or 0, percentile(levels, MIDDLE) or 0, percentile(levels, HIGH) or 0)
        for levels in zip(*padded, strict=True)
    ]


def _area(points: list[tuple[float, float]], fill: str) -> str:
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return element("polygon", points=corners, fill=fill, opacity=0.25) if list(pairwise(points)) else ""
