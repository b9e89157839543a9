"""The curves: backlog over the season, and how many cases were registered within how long."""

from bisect import bisect_right
from collections.abc import Sequence
from math import log

from shinsei.domain.simtime import HOUR_MS
from shinsei.season.findings import Findings, MethodFindings
from shinsei.season.report.axes import (
    Marks,
    calendar_axis,
    calendar_scale,
    closed_days,
    moments,
    value_axis,
)
from shinsei.season.report.style import colour_of, dash_of, mark_of
from shinsei.season.report.svg import Box, Scale, drawing, element, label, line, nice_ticks, path, staircase
from shinsei.season.text import Text

WIDTH = 960
_LEAD_TICKS: tuple[tuple[float, Text], ...] = (
    (1, Text("1 h", "1時間")),
    (4, Text("4 h", "4時間")),
    (12, Text("12 h", "12時間")),
    (24, Text("1 day", "1日")),
    (72, Text("3 days", "3日")),
    (168, Text("1 week", "1週")),
    (336, Text("2 weeks", "2週")),
    (720, Text("30 days", "30日")),
    (1440, Text("60 days", "60日")),
    (2880, Text("120 days", "120日")),
)


def hourly_backlog(one: MethodFindings, season: Findings) -> list[int]:
    """The backlog at every full hour of the season."""
    moments_ = [at for at, _ in one.backlog]
    hours = range(season.start, season.end + 1, HOUR_MS)
    found = (bisect_right(moments_, hour) for hour in hours)
    return [one.backlog[index - 1][1] if index else 0 for index in found]


def backlog_chart(season: Findings) -> str:
    """Backlog of each method over the season."""
    box = Box(left=52, top=26, width=WIDTH - 52 - 20, height=330)
    top = max((one.backlog_peak for one in season.methods), default=0)
    ticks = nice_ticks(top)
    x, y = calendar_scale(season, box), Scale(low=0, high=ticks[-1], start=box.bottom, stop=box.top)
    parts = [
        closed_days(season, box, x),
        value_axis(box, y, ticks, Text("cases stored, not yet registered", "格納済み・未登録(件)")),
        moments(season, box, x),
        calendar_axis(season, box, x),
    ]
    for one in reversed(season.methods):
        values = hourly_backlog(one, season)
        points = [(x(season.start + hour * HOUR_MS), y(value)) for hour, value in enumerate(values)]
        parts.append(_curve(one, _thinned(points)))
    parts.append(_peaks(season, box, x, y))
    parts.append(element("line", x1=0, y1=box.top, x2=0, y2=box.bottom, class_="cursor", id="backlog-cursor"))
    parts.append(
        element("rect", x=box.left, y=box.top, width=box.width, height=box.height, class_="sensor", id="backlog-sensor")
    )
    title = Text("Backlog of each method over the season", "方式別の滞留の推移")
    return drawing(WIDTH, box.bottom + 26, "".join(parts), title, "backlog-chart")


def lead_time_chart(season: Findings) -> str:
    """Share of the cases registered within a time, on a logarithmic axis."""
    box = Box(left=52, top=26, width=WIDTH - 52 - 30, height=270)
    longest = max((hours for one in season.methods for hours in one.lead_hours if hours), default=1.0)
    ticks = [tick for tick in _LEAD_TICKS if tick[0] <= longest * 2] or list(_LEAD_TICKS[:1])
    low, high = 0.25, max(longest * 1.15, ticks[-1][0])
    x = LogScale(low, high, box)
    y = Scale(low=0, high=1, start=box.bottom, stop=box.top)
    parts = [line(box.left, box.bottom, box.right, box.bottom, "axis")]
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts += [line(box.left, y(share), box.right, y(share), "grid")]
        parts += [label(box.left - 7, y(share) + 4, f"{share:.0%}", anchor="end")]
    for hours, name in ticks:
        parts += [line(x(hours), box.top, x(hours), box.bottom + 4, "grid")]
        parts += [label(x(hours), box.bottom + 17, name, anchor="middle")]
    parts.append(label(box.left - 45, box.top - 9, Text("registered within", "登録済みの割合"), "unit"))
    for one in reversed(season.methods):
        parts.append(_curve(one, staircase(_shares(one, x, y))))
    parts.append(_medians(season, box, x, y))
    title = Text("Share of cases registered within a time", "受付から登録までの時間の分布")
    return drawing(WIDTH, box.bottom + 26, "".join(parts), title, "lead-chart")


class LogScale:
    """Hours on a logarithmic axis."""

    def __init__(self, low: float, high: float, box: Box) -> None:
        self._low = low
        self._scale = Scale(low=log(low), high=log(high), start=box.left, stop=box.right)

    def __call__(self, hours: float) -> float:
        """Pixel of a number of hours; less than the axis shows is drawn at its beginning."""
        return self._scale(log(max(hours, self._low)))


def _curve(one: MethodFindings, points: Sequence[tuple[float, float]]) -> str:
    return path(
        points,
        class_="curve",
        stroke=colour_of(one),
        stroke_dasharray=dash_of(one),
    )


def _thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Without the middle ones of points at one height."""
    return [
        point
        for index, point in enumerate(points)
        if index in {0, len(points) - 1} or not points[index - 1][1] == point[1] == points[index + 1][1]
    ]


def _peaks(season: Findings, box: Box, x: Scale, y: Scale) -> str:
    """The number of each method at its peak."""
    marks = Marks(box)
    ordered = sorted(season.methods, key=lambda each: -each.backlog_peak)
    return "".join(
        marks.place(x(one.backlog_peak_at), y(one.backlog_peak), mark_of(one), colour_of(one))
        for one in ordered
        if one.backlog_peak_at is not None
    )


def _shares(one: MethodFindings, x: LogScale, y: Scale) -> list[tuple[float, float]]:
    """A hundred steps of the distribution; it ends where the cases begin that were not registered."""
    total = len(one.lead_hours)
    if not total:
        return []
    points: list[tuple[float, float]] = []
    known = [hours for hours in one.lead_hours if hours is not None]
    for step in range(1, 101):
        index = round(step / 100 * total) - 1
        if 0 <= index < len(known):
            points.append((x(known[index]), y((index + 1) / total)))
    if known and len(known) < total:
        points.append((x(known[-1]), y(len(known) / total)))
    return [(points[0][0], y(0)), *points] if points else []


def _medians(season: Findings, box: Box, x: LogScale, y: Scale) -> str:
    """The number of each method where half of its cases are through."""
    marks = Marks(box)
    return "".join(
        marks.place(x(one.lead_time_h.p50), y(0.5), mark_of(one), colour_of(one))
        for one in season.methods
        if one.lead_time_h.p50 is not None
    )
