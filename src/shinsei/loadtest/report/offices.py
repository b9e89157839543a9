"""The section about what offices sustain: each method for itself, and beside it what the planner says."""

from collections.abc import Mapping
from typing import Any

from shinsei.domain.linkage_method import LinkageMethod
from shinsei.loadtest.report import plots
from shinsei.loadtest.report.numbers import bound, number
from shinsei.loadtest.report.plots import Line, Mark
from shinsei.season.report.markup import colour_keys, figure, paragraph, section, table
from shinsei.season.report.style import METHOD_COLOURS
from shinsei.season.text import Text, html
from shinsei.season.words import METHOD_NAMES

_TITLE = Text("What an office sustains, by method", "役所が持続できる件数(方式別)")
_HEAD = (
    Text("", ""),
    Text("completed a working day", "完了(件/開庁日)"),
    Text("not sustained", "持続不可(件/開庁日)"),
    Text("by the planner", "計画計算"),
    Text("live over planner", "実測/計画"),
    Text("times the busiest hour", "最繁時に対する倍率"),
)


def offices(summary: Mapping[str, Any]) -> str:
    """A table and the knee of each method; nothing where offices were not searched."""
    found = summary.get("max_sustained")
    if not found:
        return ""
    day_s = 86_400 / summary["clock_speed"]
    methods = {name: LinkageMethod(name) for name in found}
    rows = [
        (
            METHOD_NAMES[methods[name]],
            bound(one["per_working_day"], is_lower=one["is_lower_bound"]),
            number(one["not_sustained_per_working_day"]),
            number(one["planned_per_working_day"]),
            number(one["over_planned"]),
            number(one["busiest_hour"]["multiple"]),
        )
        for name, one in found.items()
    ]
    keys = [(METHOD_NAMES[methods[name]], METHOD_COLOURS[methods[name]]) for name in found]
    marks = [mark for (_, colour), one in zip(keys, found.values(), strict=True) for mark in _marks(one, colour, day_s)]
    lines = [
        Line(name=name, colour=colour, points=sorted((mark.x, mark.y) for mark in _marks(one, colour, day_s)))
        for (name, colour), one in zip(keys, found.values(), strict=True)
    ]
    title = Text("The knee of each office: completed over offered", "各役所の飽和点: 到着に対する完了")
    axes = (Text("offered a working day", "到着(件/開庁日)"), Text("completed a working day", "完了(件/開庁日)"))
    chart = plots.knee(lines, marks, title, "offices-chart", axes)
    note = Text(
        "Each step has fresh offices from a Tuesday morning on and is judged over two days; the planner tries the "
        "same rates on the same office in virtual time. The true maximum lies between what was sustained and what was "
        "not. With ≥ the steps were used up before a higher rate turned out to be too much.",
        "各段階は火曜の朝に始まる新しい役所で行い、丸2日で判定する。計画計算は同じ役所を仮想時間で同じように試す。"
        "真の上限は持続できた率とできなかった率の間にある。≥は、より高い率を試す前に段階が尽きたもの。",
    )
    head = [html(one) for one in _HEAD]
    told = table(head, rows, "comparison")
    return section("offices", _TITLE, told, figure(chart, title, colour_keys(keys)), paragraph(note, "note"))


def _marks(one: Mapping[str, Any], colour: str, day_s: float) -> list[Mark]:
    return [
        Mark(
            x=step["offered_per_s"] * day_s,
            y=step["completed_per_s"] * day_s,
            full=step["is_sustained"],
            colour=colour,
        )
        for step in one["steps"]
    ]
