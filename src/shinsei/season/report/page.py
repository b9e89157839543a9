"""Puts the report together: one file, nothing fetched, both languages."""

import json
from html import escape
from importlib import resources
from string import Template

from shinsei.domain.simtime import HOUR_MS, SimTime
from shinsei.season.findings import Findings
from shinsei.season.report import sections
from shinsei.season.report.answer import answer
from shinsei.season.report.assumptions import assumptions
from shinsei.season.report.context import ReportContext
from shinsei.season.report.corrections import corrections
from shinsei.season.report.curves import WIDTH, hourly_backlog
from shinsei.season.report.doubles import doubles
from shinsei.season.report.flows import flows
from shinsei.season.report.incidents import incidents
from shinsei.season.report.intake import intake
from shinsei.season.report.ledger import ledger
from shinsei.season.report.municipalities import municipalities
from shinsei.season.report.procedures import procedures
from shinsei.season.report.staleness import staleness
from shinsei.season.report.style import colour_of
from shinsei.season.text import Text, html
from shinsei.season.words import full_day

_TEMPLATES = resources.files("shinsei.season.report") / "templates"


def report_html(season: Findings, context: ReportContext) -> str:
    """The whole report."""
    body = [
        answer(season, context),
        sections.comparison_table(season, context.outlook),
        municipalities(season),
        procedures(season),
        corrections(season),
        intake(season),
        doubles(season),
        incidents(season),
        sections.backlog(season),
        sections.capacity(season),
        sections.lead_times(season),
        staleness(season),
        sections.hours(season),
        flows(context),
        sections.cost(season),
        assumptions(context),
        ledger(season),
        sections.provenance(season, context),
    ]
    kind = Text("season report", "シーズン報告書")
    return page(context.title, kind, header=_header(season, context), body="".join(body), data=_data(season))


def page(title: Text, kind: Text, *, header: str, body: str, data: str = "{}") -> str:
    """A whole page in the style of the reports; header and body are HTML, data is JSON for the script."""
    return Template(_template("page.html")).substitute(
        title=escape(title.en),
        kind=html(kind),
        titles=escape(json.dumps({"en": title.en, "ja": title.ja}, ensure_ascii=False)),
        style=_template("style.css"),
        script=_template("script.js"),
        header=header,
        body=body,
        data=data,
    )


def _template(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _header(season: Findings, context: ReportContext) -> str:
    first, last = full_day(season.start), full_day(SimTime(season.end - 1))
    span = Text(
        f"{context.city.en}, {context.clerks} clerks · {first.en} to {last.en} · seed {season.seed}",
        f"{context.city.ja}・職員{context.clerks}人・{first.ja}~{last.ja}・シード {season.seed}",
    )
    parts = [
        f"<h1>{html(context.title)}</h1>",
        f'<p class="question">{html(context.question)}</p>',
        f'<p class="span">{html(span)}</p>',
    ]
    if season.partial:
        partial = Text(
            "Partial result: the season was interrupted. shinsei season --resume goes on with it.",
            "途中経過: 計算は中断された。shinsei season --resume で続行できる。",
        )
        parts.append(f'<p class="partial">{html(partial)}</p>')
    notes = [text for text in (context.statement, context.post2022) if text.en or text.ja]
    if notes:
        parts.append(f'<div class="statement">{"".join(f"<p>{html(text)}</p>" for text in notes)}</div>')
    return "".join(parts)


def _data(season: Findings) -> str:
    """The backlog by the hour, for the cursor."""
    values = {
        "start": season.start,
        "end": season.end,
        "hour": HOUR_MS,
        "left": 52,
        "width": WIDTH - 72,
        "methods": [
            {
                "en": one.name.en,
                "ja": one.name.ja,
                "colour": colour_of(one),
                "backlog": hourly_backlog(one, season),
            }
            for one in season.methods
        ],
    }
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
