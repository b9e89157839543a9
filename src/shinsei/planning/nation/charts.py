"""Two pictures of very many municipalities, a line a size class: who is through when, and how long the queues are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import day_number, day_start
from shinsei.planning.nation.figures import PEOPLE
from shinsei.planning.nation.municipality import MunicipalitySeason
from shinsei.planning.nation.study import Nation
from shinsei.planning.nation.words import name_of
from shinsei.planning.report.charts import WIDTH, days_axis
from shinsei.season.figures import Group
from shinsei.season.report.axes import mark, value_axis
from shinsei.season.report.style import colour_of, dash_of, mark_of
from shinsei.season.report.svg import Box, Scale, drawing, nice_ticks, path
from shinsei.season.text import Text

Level = Callable[[Sequence[MunicipalitySeason], int], float]
"""Of some municipalities at the end of a day of the run, counted from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownClass:
    """A size class as charts and legends show it."""

    name: Text
    group: Group
    method: LinkageMethod = LinkageMethod.TRANSCRIPTION
    """Not shown: a class has several."""
    is_compared: bool = False


def shown_classes(found: Nation) -> list[ShownClass]:
    """The classes with their colours."""
    shown = []
    for place, part in enumerate(found.classes):
        name, members = name_of(found, part), found.members(part)
        people, clerks = (round(sum(each) / len(members)) for each in _sizes(members))
        group = Group(name=name, place=place, count=len(members), clerks=clerks, population=people)
        shown.append(ShownClass(name=name, group=group))
    return shown


def _sizes(members: Sequence[MunicipalitySeason]) -> tuple[list[int], list[int]]:
    return [one.population for one in members], [one.clerks for one in members]


def through_chart(found: Nation) -> str:
    """Share of the municipalities of each class that are through by the end of each day."""
    first = day_number(found.scenario.start)

    def level(members: Sequence[MunicipalitySeason], day: int) -> float:
        until = day_start(first + day + 1)
        return 100 * sum((one.cleared_at or 0) < until for one in members if one.is_through) / len(members)

    unit = Text("municipalities that are through, %", "解消した団体(%)")
    return _chart(found, level, unit, "through-chart", most=100.0)


def queue_chart(found: Nation) -> str:
    """Backlog of each class at the end of each day, for 10,000 people."""

    def level(members: Sequence[MunicipalitySeason], day: int) -> float:
        people = sum(one.population for one in members)
        return sum(one.backlog_by_day[day] for one in members) / people * PEOPLE

    unit = Text("cases stored, not yet registered, for 10,000 people", "人口1万人あたりの格納済み・未登録(件)")
    return _chart(found, level, unit, "queue-chart")


def _chart(found: Nation, level: Level, unit: Text, ident: str, most: float | None = None) -> str:
    days = len(found.municipalities[0].backlog_by_day)
    curves = [[level(found.members(part), day) for day in range(days)] for part in found.classes]
    box = Box(left=52, top=26, width=WIDTH - 52 - 20, height=300)
    ticks = nice_ticks(most or max(max(curve) for curve in curves))
    x = Scale(low=0, high=max(days - 1, 1), start=box.left, stop=box.right)
    y = Scale(low=0, high=ticks[-1], start=box.bottom, stop=box.top)
    parts = [value_axis(box, y, ticks, unit), days_axis(day_number(found.scenario.start), days, box, x)]
    for one, curve in zip(shown_classes(found), curves, strict=True):
        points = [(x(day), y(value)) for day, value in enumerate(curve)]
        parts.append(path(points, stroke=colour_of(one), class_="curve", stroke_dasharray=dash_of(one)))
    for one, curve in zip(shown_classes(found), curves, strict=True):
        day = _marked(curve, one.group.place, len(curves))
        parts.append(mark(x(day), y(curve[day]), mark_of(one), colour_of(one)))
    return drawing(WIDTH, box.bottom + 26, "".join(parts), unit, ident)


def _marked(curve: Sequence[float], place: int, count: int) -> int:
    """The day at which a curve carries its mark: its peak, or where it first passes a height of its own."""
    top = max(curve)
    if curve[-1] < top:
        return curve.index(top)
    height = top * (place + 1) / (count + 1)
    return next(day for day, value in enumerate(curve) if value >= height)
