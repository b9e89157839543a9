"""Times by linkage method and by procedure: to registration whole, and two percentiles to every other stage."""

from collections.abc import Mapping
from typing import Any

from shinsei.loadtest.books import ACCEPTED, REGISTERED, STORED, VISIBLE
from shinsei.loadtest.report.counts import by_method, by_procedure
from shinsei.loadtest.report.numbers import measured, number, shares
from shinsei.season.report.markup import paragraph, section, table
from shinsei.season.text import Text, html

SERIES: tuple[tuple[str, Text], ...] = (
    (ACCEPTED, Text("accepted by the portal", "ポータル受付まで")),
    (STORED, Text("stored in application management", "申請管理への格納まで")),
    (REGISTERED, Text("registered in the core system", "基幹システムへの登録まで")),
    (VISIBLE, Text("registration visible to the applicant", "申請者に登録が見えるまで")),
)
_OTHERS = tuple((key, name) for key, name in SERIES if key != REGISTERED)
_TWO = ("p50", "p99")
_NOTE = Text(
    "Here each application of a batch counts for itself, in its acceptance too.",
    "ここでは一括提出の各申請を、受付についても1件ずつ数える。",
)


def times(summary: Mapping[str, Any]) -> str:
    """The section."""
    found = [*by_method(summary, "latency_s"), *by_procedure(summary, "latency_s")]
    head = [
        html(dict(SERIES)[REGISTERED]),
        "p50, s",
        "p90, s",
        "p99, s",
        "p99.9, s",
        "max, s",
        html(Text("cases", "件数")),
    ]
    rows = [(name, *shares(one[REGISTERED]), measured(one[REGISTERED])) for name, one in found]
    told = table(head, rows, "comparison")
    if found:
        head = ["", *(f"{html(name)}, {share}, s" for _, name in _OTHERS for share in _TWO)]
        two: list[tuple[Text | str, ...]] = [
            (name, *(number(one[key][share]) for key, _ in _OTHERS for share in _TWO)) for name, one in found
        ]
        told += table(head, two, "comparison") + paragraph(_NOTE, "note")
    title = Text("Latency by method and procedure", "方式別・手続別の所要時間")
    return section("groups", title, told)
