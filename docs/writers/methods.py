"""The linkage methods side by side."""

import re
from collections.abc import Iterator

from shinsei.domain.linkage_method import COMPARED_METHODS, FOUR_METHODS
from shinsei.scenario import load
from shinsei.scenario.marks import Parameter
from writers.markdown import DEMO, table

METHOD_ROWS = (
    (
        "方式",
        "申請内容照会画面からの転記",
        "RPA等簡易ツールの利用",
        "入力画面に取込機能の実装",
        "一括取込機能の実装",
        "標準IF",
    ),
    ("core system changed (改修要否, SRC)", "no", "no", "yes", "yes", "it has the interface"),
    (
        "works when",
        "a clerk is free",
        "looks every <rpa.run_every>, <rpa.run_first> to <rpa.run_last>",
        "a clerk is free",
        "windows: <batch_import.windows>",
        "every <standard_api.interval>, on-line hours",
    ),
    (
        "machine",
        "–",
        "<rpa.machine.mean> a case; robots: <rpa.robots>",
        "<screen_import.machine.mean>",
        "<batch_import.overhead.mean> a job + <batch_import.per_record.mean> a record",
        "<standard_api.machine.mean> a case",
    ),
    (
        "clerk, normal case",
        "<transcription.keying.mean> keying + <transcription.check.mean> second check",
        "<rpa.review.mean> review",
        "<screen_import.staff.mean>",
        "<batch_import.review_per_record.mean> list review",
        "–",
    ),
    (
        "fails",
        "–",
        "<rpa.p_exception> exceptions; <rpa.stops_per_h> stops a robot-hour",
        "<screen_import.p_exception> exceptions",
        "<batch_import.p_reject> rejects; <batch_import.p_abort_per_run> of the files abort",
        "<standard_api.p_exception>",
    ),
    (
        "then",
        "–",
        "a clerk keys it",
        "a clerk keys it",
        "a clerk keys it; a file runs again after <batch_import.rerun_delay>",
        "a clerk keys it",
    ),
    (
        "latency floor",
        "minutes",
        "half the time between looks",
        "minutes",
        "half the time between windows",
        "half the interval",
    ),
    (
        "undetected error",
        "<transcription.p_undetected_double> with, <transcription.p_undetected_single> without a second check",
        "<rpa.p_undetected>",
        "<screen_import.p_undetected>",
        "<batch_import.p_undetected>, a whole file at once",
        "<standard_api.p_undetected>",
    ),
)
"""The comparison of the methods; ``<path>`` stands for a value of the demonstration's ``[methods]``."""


def methods() -> Iterator[str]:
    """The methods side by side, with the demonstration's numbers."""
    values = {item.path: _quantity(item) for item in load(DEMO).parameters}
    heads = ("", *(f"{n} `{method}`" for n, method in enumerate(FOUR_METHODS, 1)), f"baseline `{COMPARED_METHODS[-1]}`")
    for line in table(heads, METHOD_ROWS):
        yield re.sub(r"<([a-z_.]+)>", lambda found: values[f"methods.{found[1]}"], line)


def _quantity(item: Parameter) -> str:
    if item.unit == "share":
        return f"{float(item.value):.3%}".rstrip("%").rstrip("0").rstrip(".") + " %"
    return f"{item.value} {item.unit}" if item.unit in {"min", "s", "h"} else item.value
