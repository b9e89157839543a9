"""Puts the report of a load test together."""

from html import escape
from typing import Any

from shinsei.loadtest.outcome import Outcome
from shinsei.loadtest.report import sections
from shinsei.loadtest.report.apart import apart
from shinsei.loadtest.report.counts import counts
from shinsei.loadtest.report.offices import offices
from shinsei.loadtest.report.steps import steps
from shinsei.loadtest.report.times import times
from shinsei.loadtest.summary import Context
from shinsei.season.report.page import page
from shinsei.season.text import Text, both, html

_HEADINGS: dict[str, Text] = {
    "unlimited": Text(
        "Infrastructure ceiling, offices without queues: not a linkage method's capacity.",
        "基盤の上限(待ち行列のない役所)であり、連携方式の処理能力ではない。",
    ),
    "staffed": Text(
        "Capacity of an office with this staff, these hours and this method; not of the infrastructure.",
        "この人員・開庁時間・連携方式での役所の処理能力であり、基盤の上限ではない。",
    ),
}


def report_html(outcome: Outcome, context: Context, summary: dict[str, Any], environment: dict[str, Any]) -> str:
    """The whole report."""
    books = outcome.books
    body = [
        sections.answer(summary),
        sections.gates(summary),
        sections.rates(books),
        sections.latencies(books),
        sections.distributions(books),
        offices(summary) or apart(summary) or sections.knee(books, outcome.found),
        steps(summary),
        counts(summary),
        times(summary),
        sections.requests(summary),
        sections.memory(books),
        sections.ledger(summary),
        sections.provenance(summary, environment),
    ]
    title = both(context.preset.file.title)
    return page(title, Text("load test", "負荷試験"), header=_header(context, summary), body="".join(body))


def _header(context: Context, summary: dict[str, Any]) -> str:
    file = context.preset.file
    span = Text(
        f"preset {context.preset.name} · offices {file.offices} · {file.clock_speed:g} simulated seconds a second · "
        f"{summary['municipalities']} municipalities · {context.processes} generator process(es)",
        f"プリセット {context.preset.name}・役所 {file.offices}・時計{file.clock_speed:g}倍・"
        f"{summary['municipalities']}自治体・負荷生成{context.processes}プロセス",
    )
    if context.preset.time_share < 1:
        share = f"{context.preset.time_share:g}"
        span += Text(f" · in {share} of its time", f"・本来の{share}倍の時間に短縮")
    parts = [
        f"<h1>{escape(file.title)}</h1>",
        f'<p class="question">{escape(file.question)}</p>',
        f'<p class="span">{html(span)}</p>',
    ]
    if summary["partial"]:
        parts.append(
            f'<p class="partial">{html(Text("Partial result: ", "途中までの結果: "))}{escape(summary["partial"])}</p>'
        )
    said = Text("What it does not say: ", "この試験が示さないこと: ")
    heading = _HEADINGS[summary["offices"]]
    parts.append(
        f'<div class="statement"><p><b>{html(heading)}</b></p><p>{html(said)}{escape(file.not_said)}</p></div>'
    )
    return "".join(parts)
