"""The bars: work against capacity day by day, where the hours went, and what a year costs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shinsei.domain.simtime import DAY_MS, day_start
from shinsei.season.findings import Findings, MethodFindings
from shinsei.season.report.axes import calendar_axis, calendar_scale, closed_days, mark, moments, value_axis
from shinsei.season.report.style import ACTIVITY_GROUPS, COST_LINES, LIGHT_COLOURS, colour_of, mark_of
from shinsei.season.report.svg import Box, Scale, drawing, label, nice_ticks, path, rect
from shinsei.season.text import Text

WIDTH = 960
_PANEL = 88
_PANEL_GAP = 34
_BAR = 26
_BAR_GAP = 16
_LEAST_WIDTH_FOR_LABEL = 34


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One part of a stacked bar."""

    name: Text
    colour: str
    value: float


def capacity_chart(season: Findings) -> str:
    """Day by day: cases that arrived, and for each method the clerks' work that came up against their presence."""
    box = Box(left=52, top=30, width=WIDTH - 52 - 20, height=_PANEL)
    x = calendar_scale(season, box)
    parts = [_arrivals(season, box, x)]
    highest = max(
        (
            max(row.office.arrived_hours, row.office.presence_hours + row.office.overtime_hours)
            for one in season.methods
            for row in one.days
        ),
        default=1.0,
    )
    for index, one in enumerate(season.methods, start=1):
        place = Box(left=box.left, top=box.top + index * (_PANEL + _PANEL_GAP), width=box.width, height=_PANEL)
        parts.append(_work(season, one, place, x, highest))
    bottom = box.top + len(season.methods) * (_PANEL + _PANEL_GAP)
    last = Box(left=box.left, top=bottom, width=box.width, height=_PANEL)
    parts.append(calendar_axis(season, last, x))
    title = Text("Arrivals and work against capacity by day", "日別の申請数・作業量と処理能力")
    return drawing(WIDTH, last.bottom + 26, "".join(parts), title, "capacity-chart")


def _arrivals(season: Findings, box: Box, x: Scale) -> str:
    first = season.methods[0]
    ticks = nice_ticks(max((row.submitted + row.office.paper_arrived for row in first.days), default=1), 2)
    y = Scale(low=0, high=ticks[-1], start=box.bottom, stop=box.top)
    parts = [closed_days(season, box, x), value_axis(box, y, ticks), moments(season, box, x)]
    for row in first.days:
        left, width = x(day_start(row.day)), x(day_start(row.day) + DAY_MS) - x(day_start(row.day))
        online, paper = y(row.submitted), y(row.submitted + row.office.paper_arrived)
        parts.append(rect(left + width * 0.1, online, width * 0.8, box.bottom - online, class_="online"))
        parts.append(rect(left + width * 0.1, paper, width * 0.8, online - paper, class_="paper"))
    parts.append(label(box.left, box.top - 8, Text("Cases arriving a day", "1日の申請件数"), "panel-name"))
    return "".join(parts)


def _work(season: Findings, one: MethodFindings, box: Box, x: Scale, highest: float) -> str:
    ticks = nice_ticks(highest, 3)
    y = Scale(low=0, high=ticks[-1], start=box.bottom, stop=box.top)
    colour = colour_of(one)
    parts = [closed_days(season, box, x), value_axis(box, y, ticks), moments(season, box, x, named=False)]
    capacity: list[tuple[float, float]] = []
    for row in one.days:
        left, right = x(max(day_start(row.day), season.start)), x(min(day_start(row.day) + DAY_MS, season.end))
        width = right - left
        top, overtime = y(row.office.arrived_hours), row.office.overtime_hours
        parts.append(rect(left + width * 0.1, top, width * 0.8, box.bottom - top, fill=colour, opacity=0.75))
        height = y(row.office.presence_hours)
        if overtime > 0:
            parts.append(
                rect(
                    left,
                    y(row.office.presence_hours + overtime),
                    width,
                    height - y(row.office.presence_hours + overtime),
                    class_="overtime",
                )
            )
        capacity += [(left, height), (right, height)]
    parts.append(path(capacity, class_="capacity"))
    parts.append(mark(box.left + 8, box.top - 12, mark_of(one), colour))
    name = one.name + Text(": hours of clerks' work coming up a day", ": 1日に生じる職員作業(時間)")
    parts.append(label(box.left + 22, box.top - 8, name, "panel-name"))
    return "".join(parts)


def hours_chart(season: Findings) -> str:
    """Handling hours by activity."""

    def segments(one: MethodFindings) -> list[Segment]:
        return [
            Segment(name=name, colour=colour, value=sum(one.office.hours.get(key, 0.0) for key in keys))
            for name, colour, keys in ACTIVITY_GROUPS
        ]

    title = Text("Where the staff hours went", "職員作業時間の内訳")
    return _stacked(season, segments, lambda value: f"{value:,.0f}", Text("hours", "時間"), title, "hours-chart")


def cost_chart(season: Findings) -> str:
    """A year's cost by line, without what every method needs."""

    def segments(one: MethodFindings) -> list[Segment]:
        return [
            Segment(name=name, colour=colour, value=getattr(one.cost, field) / 1e6)
            for name, colour, field in COST_LINES
        ]

    title = Text("What a year costs", "年間費用の内訳")
    return _stacked(season, segments, lambda value: f"{value:,.1f}", Text("million yen", "百万円"), title, "cost-chart")


def _stacked(
    season: Findings,
    segments: Callable[[MethodFindings], Sequence[Segment]],
    number: Callable[[float], str],
    unit: Text,
    title: Text,
    ident: str,
) -> str:
    """One horizontal bar a method."""
    rows = [(one, segments(one)) for one in season.methods]
    totals = [sum(segment.value for segment in parts) for _, parts in rows]
    height = len(rows) * (_BAR + _BAR_GAP)
    box = Box(left=150, top=26, width=WIDTH - 150 - 70, height=height)
    ticks = nice_ticks(max(totals, default=1.0))
    x = Scale(low=0, high=ticks[-1], start=box.left, stop=box.right)
    drawn = [label(box.left, box.top - 10, unit, "unit")]
    for tick in ticks:
        drawn.append(rect(x(tick), box.top, 0.6, height, class_="grid-bar"))
        drawn.append(
            label(x(tick), box.bottom + 15, f"{tick:,.0f}" if tick == int(tick) else f"{tick:g}", anchor="middle")
        )
    for index, ((one, parts), total) in enumerate(zip(rows, totals, strict=True)):
        top = box.top + index * (_BAR + _BAR_GAP) + _BAR_GAP / 2
        drawn.append(_bar(parts, x, top, number))
        drawn.append(mark(12, top + _BAR / 2, mark_of(one), colour_of(one)))
        drawn.append(label(27, top + _BAR / 2 + 4.5, one.name, "row-name"))
        drawn.append(label(x(total) + 7, top + _BAR / 2 + 4.5, number(total), "total"))
    return drawing(WIDTH, box.bottom + 24, "".join(drawn), title, ident)


def _bar(parts: Sequence[Segment], x: Scale, top: float, number: Callable[[float], str]) -> str:
    drawn: list[str] = []
    reached = 0.0
    for part in parts:
        left, right = x(reached), x(reached + part.value)
        reached += part.value
        if not part.value:
            continue
        drawn.append(rect(left, top, right - left, _BAR, fill=part.colour, class_="segment"))
        if right - left >= _LEAST_WIDTH_FOR_LABEL:
            drawn.append(
                label((left + right) / 2, top + _BAR / 2 + 4.5, number(part.value), _label_class(part), "middle")
            )
    return "".join(drawn)


def _label_class(part: Segment) -> str:
    """White on dark colours, dark on light ones: both readable in print."""
    return "inside on-light" if part.colour in LIGHT_COLOURS else "inside"
