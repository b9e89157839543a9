"""The section about what the infrastructure sustains by fetch mode and method: a table, and the knee of each."""

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

FETCH_NAMES: Mapping[str, Text] = {
    "single": Text(", one call a case", "(1件ごとに1回呼出)"),
    "batch": Text(", up to 1,000 cases a call", "(最大1,000件を1回で呼出)"),
}
_TITLE = Text("What the infrastructure sustains, by fetch mode and method", "基盤が持続できる件数(取得方法・方式別)")
_HEAD = (
    Text("", ""),
    Text("sustained/s", "持続可/秒"),
    Text("not sustained/s", "持続不可/秒"),
    Text("p50, s", "p50(秒)"),
    Text("p99, s", "p99(秒)"),
    Text("× busiest hour", "最繁時の倍率"),
    Text("settled", "収束"),
)
_NOTE = Text(
    "Each row was searched for itself, one after the other; the true maximum lies between what was sustained and what "
    "was not. With ≥ the time was over before a higher rate turned out to be too much; a search has settled where the "
    "two lie near enough. No office works like these: differences between methods are those of the code, not of the "
    "methods.",
    "各行は順に単独で探索した。真の上限は持続できた率とできなかった率の間にある。"
    "≥は、より高い率を試す前に時間が尽きたもの。両者が十分に近ければ「収束」とする。"
    "このような役所はなく、方式間の差はプログラムの差であって方式の差ではない。",
)
_DASHES = {"single": None, "batch": "5 4"}


def apart(summary: Mapping[str, Any]) -> str:
    """The section; nothing where methods were not searched apart."""
    found = summary.get("sustained")
    if not found:
        return ""
    rows = [_row(one) for one in found]
    marks = [mark for one in found for mark in _marks(one)]
    lines = [
        Line(
            name=METHOD_NAMES[LinkageMethod(one["method"])],
            colour=METHOD_COLOURS[LinkageMethod(one["method"])],
            points=sorted((mark.x, mark.y) for mark in _marks(one)),
            dashes=_DASHES.get(one["fetch"]),
        )
        for one in found
    ]
    keys = list(dict.fromkeys((line.name, line.colour) for line in lines))
    title = Text(
        "The knee of each: completed over offered (dashed: up to 1,000 cases a call)",
        "各飽和点: 到着に対する完了(破線: 最大1,000件を1回で呼出)",
    )
    axes = (Text("offered a second", "到着(件/秒)"), Text("completed a second", "完了(件/秒)"))
    chart = plots.knee(lines, marks, title, "apart-chart", axes)
    told = table([html(one) for one in _HEAD], rows, "comparison")
    return section("apart", _TITLE, told, figure(chart, title, colour_keys(keys)), paragraph(_NOTE, "note"))


def name_of(one: Mapping[str, Any]) -> Text:
    """A linkage method with a way of fetching."""
    return METHOD_NAMES[LinkageMethod(one["method"])] + FETCH_NAMES[one["fetch"]]


def _row(one: Mapping[str, Any]) -> tuple[Text | str, ...]:
    multiple = one["busiest_hour"]["multiple"]
    sustained = bound(one["per_s"], is_lower=one["is_lower_bound"])
    others = (one["not_sustained_per_s"], one["p50_s"], one["p99_s"])
    return (
        name_of(one),
        sustained,
        *(number(each) for each in others),
        number(None) if multiple is None else f"{multiple:,.0f}",
        Text("yes", "した") if one["is_settled"] else Text("no", "していない"),
    )


def _marks(one: Mapping[str, Any]) -> list[Mark]:
    colour = METHOD_COLOURS[LinkageMethod(one["method"])]
    return [
        Mark(x=step["offered_per_s"], y=step["completed_per_s"], full=step["is_sustained"], colour=colour)
        for step in one["steps"]
    ]
