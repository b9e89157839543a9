"""Every rate that searches have tried, in one table: what it brought, and why it was not sustained or not judged."""

from collections.abc import Iterable, Mapping
from typing import Any

from shinsei.domain.linkage_method import LinkageMethod
from shinsei.loadtest.report.apart import name_of
from shinsei.loadtest.report.numbers import number
from shinsei.season.report.markup import Cell, paragraph, section, table
from shinsei.season.text import Text, html
from shinsei.season.words import METHOD_NAMES

_HEAD = (
    Text("tried, per s", "試した率(件/秒)"),
    Text("completed, per s", "完了(件/秒)"),
    Text("p99 to registration, s", "登録までのp99(秒)"),
    Text("generator's lag, p99, s", "生成側の遅れ p99(秒)"),
    Text("not sustained because", "持続できない理由"),
)
_NOTE = Text(
    "Of a rate at which the generator was late nothing can be said: it is no limit of the system. It is tried once "
    "more, and then a lower one.",
    "生成側が遅れた率については何も言えず、システムの限界ではない。同じ率をもう一度試し、なお遅れれば低い率に移る。",
)


def tried(steps: Iterable[Mapping[str, Any]]) -> str:
    """A table of rates."""
    return table([html(one) for one in _HEAD], [_row(step) for step in steps])


def steps(summary: Mapping[str, Any]) -> str:
    """The section, of all that was searched for itself; nothing where nothing was."""
    found: list[tuple[Text, Mapping[str, Any]]] = [(name_of(one), one) for one in summary.get("sustained", ())]
    found += [(METHOD_NAMES[LinkageMethod(name)], one) for name, one in summary.get("max_sustained", {}).items()]
    if not found:
        return ""
    rows: list[tuple[Cell, ...]] = [(name, *_row(step)) for name, one in found for step in one["steps"]]
    title = Text("Every rate that was tried", "試したすべての率")
    return section("steps", title, table(["", *(html(one) for one in _HEAD)], rows), paragraph(_NOTE, "note"))


def _row(step: Mapping[str, Any]) -> tuple[Cell, ...]:
    measured = (step["completed_per_s"], step["p99_s"], step["lag_p99_s"])
    why = "; ".join(step["broken"]) or step["undecided"] or "-"
    return (f"{step['per_s']:,.4g}", *(number(one) for one in measured), why)
