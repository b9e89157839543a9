"""What was offered and what came of it, by linkage method and by procedure."""

from collections.abc import Mapping, Sequence
from typing import Any

from shinsei.domain.catalogue import procedure_by_key
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.season.report.markup import paragraph, section, table
from shinsei.season.text import Text, html
from shinsei.season.words import METHOD_NAMES

COUNT_NAMES: tuple[tuple[str, Text], ...] = (
    ("offered", Text("offered", "到着")),
    ("accepted", Text("accepted", "受付")),
    ("completed", Text("completed", "完了")),
    ("dropped", Text("dropped: no free slot", "破棄(空きなし)")),
    ("refused", Text("refused by back-pressure", "背圧による拒否")),
    ("failed", Text("failed", "失敗")),
)
_NOTE = Text(
    "Completed is the word of the status feed, all else the generator's; either table adds up to the counts of the "
    "whole test.",
    "完了は状態の通知、その他は生成側の計数である。どちらの表も、合計は全体の件数に等しい。",
)


def counts(summary: dict[str, Any]) -> str:
    """A table by method and one by procedure; none where nothing was offered."""
    methods, procedures = by_method(summary, "counts"), by_procedure(summary, "counts")
    if not methods:
        return ""
    tables = _table(Text("linkage method", "連携方式"), methods) + _table(Text("procedure", "手続"), procedures)
    title = Text("What was offered and what came of it", "方式別・手続別の件数")
    return section("counts", title, tables, paragraph(_NOTE, "note"))


def by_method(summary: Mapping[str, Any], what: str) -> list[tuple[Text, Any]]:
    """What a summary has of each linkage method, under the name of the method."""
    return [(METHOD_NAMES[LinkageMethod(one)], found) for one, found in summary[f"{what}_by_method"].items()]


def by_procedure(summary: Mapping[str, Any], what: str) -> list[tuple[Text, Any]]:
    """The same of each procedure."""
    procedures = [(procedure_by_key(key), found) for key, found in summary[f"{what}_by_procedure"].items()]
    return [(Text(one.name_en, one.short_ja), found) for one, found in procedures]


def _table(what: Text, rows: Sequence[tuple[Text, Mapping[str, int]]]) -> str:
    head = [html(what), *(html(name) for _, name in COUNT_NAMES)]
    return table(head, [(name, *(f"{row[key]:,}" for key, _ in COUNT_NAMES)) for name, row in rows], "comparison")
