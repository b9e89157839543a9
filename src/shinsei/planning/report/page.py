"""Puts the page of a plan together: one file, nothing fetched, both languages."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from importlib import resources
from string import Template
from typing import Any

from shinsei.planning.answer import answer, choice, precision_line
from shinsei.planning.report.backlog_chart import backlog_chart
from shinsei.planning.report.charts import intervals_chart
from shinsei.planning.study import Study
from shinsei.planning.tables import difference_rows, figures_rows, spread_rows
from shinsei.planning.words import counted
from shinsei.scenario import Scenario
from shinsei.season.comparison import Row
from shinsei.season.report.assumptions import assumptions
from shinsei.season.report.markup import figure, method_key, method_keys, paragraph, section, table
from shinsei.season.text import Text, both, html
from shinsei.season.words import full_day
from shinsei.season.writing import report_context

_TEMPLATES = resources.files("shinsei.season.report") / "templates"
_STYLE = """
table.comparison td { white-space: normal; }
.wide-table { overflow-x: auto; }
table.wrapped th[scope="col"], table.wrapped th[scope="col"] .key { white-space: normal; vertical-align: bottom; }
@media screen and (max-width: 900px) {
  .chart, table.comparison { min-width: 720px; }
  section {
    background: linear-gradient(90deg, #fff 70%, #fff0) local, linear-gradient(270deg, #fff 70%, #fff0) right local,
      linear-gradient(90deg, #1b243026, #1b243000), linear-gradient(270deg, #1b243026, #1b243000) right;
    background-repeat: no-repeat; background-size: 40px 100%, 40px 100%, 14px 100%, 14px 100%;
    background-attachment: local, local, scroll, scroll;
  }
}
"""
_INTERVALS = Text(
    "Mean over the seasons ± half-width of its 95 % interval (Student's t). The interval says how well the mean of "
    "this model is known after so many seasons: more seasons narrow it. It does not say that the assumptions are "
    "right, nor how far a single season may lie off; for that see the spread.",
    "全シーズンの平均 ± 95%信頼区間の半幅(スチューデントのt)。区間が示すのは、この回数でモデルの平均がどこまで分かって"
    "いるかであり、回数を増やせば狭くなる。前提が正しいことや、1回のシーズンがどれだけ外れうるかは示さない(後者は下のばらつき)。",
)
_SPREAD = Text(
    "From the 5th to the 95th percentile of the seasons: how far next season may lie from the mean by chance alone.",
    "全シーズンの5〜95パーセンタイル。偶然だけで次のシーズンが平均からどれだけ離れうるかを示す。",
)
_DIFFERENCES = Text(
    "The other methods minus the choice, season by season: both had the same filings and the same fates in each "
    "season, so these intervals are narrower than the figures above suggest. One that contains 0 decides nothing.",
    "他の方式から選んだ方式を引いた差(シーズンごと)。各シーズンで申請も偶然も同じなので、上の値の幅より狭くなる。"
    "0を含む区間は優劣を示さない。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContext:
    """What a page says beside the figures."""

    command: str = ""
    wall_s: float = 0.0
    environment: Mapping[str, Any] = field(default_factory=dict)


def plan_html(found: Study, context: PageContext) -> str:
    """The page of one scenario."""
    body = [
        section("answer", Text("The answer", "結論"), paragraph(answer(found), "answer"), _asked(found), _lead(found)),
        section(
            "intervals",
            Text("Side by side, with intervals", "比較(信頼区間つき)"),
            figure(intervals_chart(found), _ABOUT_INTERVALS, method_keys(found.methods)),
            rows_table(found, figures_rows(found)),
            paragraph(_INTERVALS, "note"),
        ),
        section(
            "spread",
            Text("How far seasons differ", "シーズンごとのばらつき"),
            figure(backlog_chart(found), _ABOUT_BACKLOG, method_keys(found.methods)),
            rows_table(found, spread_rows(found)),
            paragraph(_SPREAD, "note"),
        ),
        *_differences(found),
        assumptions(report_context(found.scenario, Text("", ""), environment={}, command="", wall_s=0)),
        provenance(found, context),
    ]
    title = Text(found.scenario.report.title, found.scenario.report.title_ja)
    return page(title, _header(found), body)


_ABOUT_INTERVALS = Text(
    "White dot and dark bar: mean and its 95 % interval. Pale bar: 5th to 95th percentile of the seasons.",
    "白丸と濃い帯: 平均とその95%信頼区間。淡い帯: 全シーズンの5〜95パーセンタイル。",
)
_ABOUT_BACKLOG = Text(
    "Backlog at the end of each day: median of the seasons, and the band in which nine of ten lie.",
    "各日終了時の滞留。線は全シーズンの中央値、帯は10回中9回が収まる範囲。",
)


def page(title: Text, header: str, body: Iterable[str]) -> str:
    """A whole page in the design of the season's report."""
    return Template(_read("page.html")).substitute(
        kind=html(Text("plan", "計画")),
        title=escape(title.en),
        titles=escape(json.dumps({"en": title.en, "ja": title.ja}, ensure_ascii=False)),
        style=_read("style.css") + _STYLE,
        script=_read("script.js"),
        header=header,
        body="".join(body),
        data="{}",
    )


def scenario_header(scenario: Scenario, span: Text) -> str:
    """Title, question, span and what must be known before a number is read."""
    texts, city = scenario.report, scenario.file.municipality
    first, last = full_day(scenario.start), full_day(scenario.end)
    offices = [one.clerks for group in scenario.groups for one in group.members]
    many = Text(f"{len(offices):,} municipalities, ", f"{len(offices):,}団体・") if offices else Text("", "")
    clerks = sum(offices) or scenario.file.office.clerks
    told = Text(
        f"{city.name}, {many.en}{counted(clerks, 'clerk')} · from {first.en} to {last.en} at most · {span.en}",
        f"{city.name_ja}・{many.ja}職員{clerks:,}人・{first.ja}から最長{last.ja}まで・{span.ja}",
    )
    parts = [
        f"<h1>{html(Text(texts.title, texts.title_ja))}</h1>",
        f'<p class="question">{html(Text(texts.question, texts.question_ja))}</p>',
        f'<p class="span">{html(told)}</p>',
    ]
    if texts.statement:
        parts.append(f'<div class="statement"><p>{html(Text(texts.statement, texts.statement_ja))}</p></div>')
    return "".join(parts)


def rows_table(found: Study, rows: Sequence[Row]) -> str:
    """Methods as columns."""
    head = ["", *(method_key(one) for one in found.methods)]
    return table(head, [(row.label, *row.cells) for row in rows], "comparison small")


def provenance(found: Study, context: PageContext) -> str:
    """The command, the machine, the seeds and the trace."""
    facts: list[tuple[Text, Text | str]] = [
        (Text("Replications", "反復"), precision_line(found)),
        (Text("Seeds", "シード"), ", ".join(str(season.seed) for season in found.seasons)),
        (Text("Trace of replication 0", "反復0のトレース"), found.trace_hash),
    ]
    return made_by(context, facts)


def made_by(context: PageContext, more: Sequence[tuple[Text, Text | str]]) -> str:
    """How a page was made: its command and machine, and what else there is to say."""
    environment = context.environment
    facts: list[tuple[Text, Text | str]] = [
        (Text("Command", "コマンド"), context.command),
        *more,
        (Text("Wall time", "所要時間"), f"{context.wall_s:,.1f} s"),
    ]
    facts += [
        (both(name), str(environment[name]))
        for name in ("platform", "python", "cores", "memory_gib", "commit", "kernel")
        if environment.get(name) is not None
    ]
    note = Text(
        "Computed in virtual time by the same model that the live services carry out: replication 0 leaves the trace "
        "that shinsei season leaves with this seed. All persons and cities are invented.",
        "実サービスと同じモデルを仮想時間で計算したもの。反復0は同じシードの shinsei season と同じトレースを残す。"
        "人物・自治体はすべて架空。",
    )
    return section(
        "provenance",
        Text("How this report was made", "この報告書の作成条件"),
        table(["", ""], facts, "facts"),
        paragraph(note, "note"),
    )


def _read(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _header(found: Study) -> str:
    n, seed = len(found.seasons), found.seasons[0].seed
    return scenario_header(
        found.scenario, Text(f"{counted(n, 'season')} from seed {seed}", f"シード{seed}から{n}シーズン")
    )


def _asked(found: Study) -> str:
    return paragraph(found.asked, "asked") if found.asked else ""


def _lead(found: Study) -> str:
    return paragraph(precision_line(found), "lead")


def _differences(found: Study) -> list[str]:
    rows = difference_rows(found)
    if not rows:
        return []
    best = found.methods[choice(found) or 0].name
    heading = Text(f"Differences from {best.en}", f"{best.ja}との差")
    return [section("differences", heading, rows_table(found, rows), paragraph(_DIFFERENCES, "note"))]
