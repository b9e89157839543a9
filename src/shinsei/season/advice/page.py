"""The advice as one page: nothing fetched, both languages, in the manner of the season's report."""

import json
from collections.abc import Sequence
from html import escape
from importlib import resources
from string import Template

from shinsei.domain.advice import Advice, PackageAdvice, Question
from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod
from shinsei.scenario import Parameter, Scenario
from shinsei.season.advice.charts import WAY_PARTS, by_method, by_volume
from shinsei.season.advice.reasons import loser, reason
from shinsei.season.advice.words import (
    PACKAGE_NAMES,
    answer,
    cases,
    caution,
    chosen,
    day,
    leaves_from,
    period,
    traits,
    volume,
)
from shinsei.season.report.markup import colour_keys, figure, paragraph, section, table
from shinsei.season.report.style import METHOD_COLOURS, METHOD_MARKS
from shinsei.season.text import Text, both, html
from shinsei.season.words import METHOD_NAMES, join, yen

_REPORT = resources.files("shinsei.season.report") / "templates"
_OWN_STYLE = """
.chart .today { fill: #111827; }
.chart .today-text { fill: #111827; font-size: 12px; font-weight: 600; }
.chart .today-span { stroke: #111827; stroke-width: 1.5; }
.chart .way { font-size: 12px; }
.chart .chosen { fill: #111827; font-weight: 700; }
.advice td:nth-child(n+3):nth-child(-n+6), .advice thead th:nth-child(n+3):nth-child(-n+6) {
  text-align: right; font-variant-numeric: tabular-nums;
}
.advice td:nth-child(n+3):nth-child(-n+6) { white-space: nowrap; }
.advice td, .advice th { padding: .3rem .5rem; }
.procedures-advised { font-size: .82rem; }
.procedures-advised tbody th { white-space: normal; }
.procedures-advised td:nth-child(6) { white-space: normal; }
.procedures-advised thead th:nth-child(1) { width: 19%; }
.procedures-advised thead th:nth-child(5) { width: 11%; }
.procedures-advised thead th:nth-child(6), .procedures-advised thead th:nth-child(7) { width: 10%; }
.procedures-advised thead th:nth-child(8) { width: 25%; }
.why { margin: 0 0 .9rem; padding-left: 1.1rem; font-size: .92rem; }
.why li { margin: .15rem 0; }
.why b { font-weight: 600; }
"""
_ABOUT_VOLUME = Text(
    "The method of most cases, by the package's cases a year and money no object; the mix of procedures stays as it "
    "is. The triangle is the city today, the line over it half to twice as many. Where the colour changes is the "
    "break-even.",
    "パッケージの年間件数ごとに、費用が最小となる(最も多くの案件に用いる)方式。手続の構成は変えず、予算の上限はない。"
    "三角が現在、その上の線が半分から2倍。色の変わり目が損益分岐の件数。",
)
_ABOUT_METHOD = Text(
    "Each method for the whole package (what it is unfit for, or too rare for a robot of its own, is transcribed). "
    "Pale: not to be had under the dates of this question; the standard interface shows what comes after the "
    "migration. What every method needs alike is left out.",
    "パッケージ全体に各方式を用いた場合(適さない手続や、少なすぎてロボットを作らない手続は転記)。淡色は今回の日程では"
    "利用できない方式で、標準IFは移行後の姿を示す。全方式に共通の費用は含まない。",
)
_ABOUT_PROCEDURES = Text(
    "Leaves method 1 from: the least number of online cases a year from which another of the four methods is cheaper "
    "than transcription, if the procedure bears the whole price / if the package's procedures share it evenly. Days: "
    "nine of ten cases from acceptance to decision / the standard processing period; of the season's procedures in the "
    "planned season with all its queues, of all others with nobody waiting.",
    "方式1を離れる件数: 他の3方式のいずれかが転記より安くなる年間オンライン件数(費用を単独で負担 / パッケージの全手続で"
    "等分)。日数は9割の案件の受付から決定まで / 標準処理期間。繁忙期の手続は滞留を含み、他の手続は待ちがない場合。",
)


def advice_html(scenario: Scenario, question: Question, advice: Advice, parameters: Sequence[Parameter]) -> str:
    """The whole page."""
    title = Text(
        f"Which linkage method? {scenario.file.municipality.name}", f"{scenario.file.municipality.name_ja}の連携方式"
    )
    body = [
        section("answer", Text("The advice", "助言"), paragraph(answer(advice), "answer"), _portfolio(advice)),
        section(
            "volume",
            Text("From which volume which method", "件数と方式"),
            figure(by_volume(question, advice), _ABOUT_VOLUME, _method_keys()),
        ),
        section(
            "cost",
            Text("What each method costs a year", "方式別の年間費用"),
            figure(by_method(advice), _ABOUT_METHOD, colour_keys(WAY_PARTS)),
        ),
        section("why", Text("Why the others lost", "他の方式を選ばない理由"), *map(_whys, advice.packages)),
        _procedures(question, advice),
        _assumptions(parameters),
    ]
    return Template(_read("page.html")).substitute(
        kind=html(Text("advice on linkage methods", "連携方式の助言")),
        title=escape(title.en),
        titles=escape(json.dumps({"en": title.en, "ja": title.ja}, ensure_ascii=False)),
        style=_read("style.css") + _OWN_STYLE,
        script=_read("script.js"),
        header=_header(title, scenario, question),
        body="".join(body),
        data="{}",
    )


def _read(name: str) -> str:
    return (_REPORT / name).read_text(encoding="utf-8")


def _header(title: Text, scenario: Scenario, question: Question) -> str:
    spec, population = question.spec, scenario.file.municipality.population
    span = Text(
        f"{population:,} people · decided {day(spec.decided_on).en}, budget from {day(spec.budget_from).en} · "
        f"{question.years:g} years",
        f"人口{population:,}人・決定 {day(spec.decided_on).ja}・予算 {day(spec.budget_from).ja}から・"
        f"{question.years:g}年",
    )
    limits = []
    if question.budget_yen is not None:
        once = yen(question.budget_yen)
        limits.append(Text(f"at most {once.en} at once", f"一時費用{once.ja}以内"))
    if question.ready_by is not None:
        limits.append(Text(f"ready by {day(question.ready_by).en}", f"{day(question.ready_by).ja}までに利用開始"))
    if spec.standard_system_from is not None:
        when = day(spec.standard_system_from)
        limits.append(Text(f"standard system from {when.en}", f"標準準拠システムへの移行 {when.ja}"))
    told = span + Text(" · ", "・") + join(limits) if limits else span
    note = Text(
        "Prices and most times are assumptions, marked below. Methods 1 to 4 are transitional beside the standard "
        "interface. Personal data is synthetic.",
        "価格と所要時間の多くは仮定(下表の印を参照)。方式1〜4は標準IFまでの過渡的な対応である。個人情報はすべて架空。",
    )
    warned = caution(scenario)
    notes = "".join(paragraph(text) for text in (warned, note) if text is not None)
    return f'<h1>{html(title)}</h1><p class="span">{html(told)}</p><div class="statement">{notes}</div>'


def _key(method: LinkageMethod) -> str:
    dot = f'<i class="dot" style="background:{METHOD_COLOURS[method]}">{METHOD_MARKS[method]}</i>'
    return f'<span class="key">{dot}{html(METHOD_NAMES[method])}</span>'


def _method_keys() -> str:
    return f'<div class="keys">{"".join(_key(method) for method in COMPARED_METHODS)}</div>'


def _portfolio(advice: Advice) -> str:
    head = (
        Text("Package", "パッケージ"),
        Text("Choose", "選ぶ方式"),
        Text("Cases a year", "件数(年)"),
        Text("At once", "一時費用"),
        Text("A year", "年間費用"),
        Text("Against transcription", "全件転記との差"),
        Text("Ready", "利用開始"),
    )
    rows = [
        (
            PACKAGE_NAMES[one.core_system],
            chosen(one),
            both(cases(one.cases)),
            yen(one.investment_yen) if one.investment_yen else both("–"),
            yen(one.yearly_yen),
            _minus(one.transcription_yen - one.yearly_yen),
            day(one.ready) if one.ready else both("–"),
        )
        for one in advice.packages
    ]
    rows.append(
        (
            Text("all", "計"),
            both(""),
            both(cases(sum(one.cases for one in advice.packages))),
            yen(advice.investment_yen) if advice.investment_yen else both("–"),
            yen(advice.yearly_yen),
            _minus(advice.transcription_yen - advice.yearly_yen),
            both(""),
        )
    )
    return table([html(text) for text in head], rows, "advice")


def _minus(saved: float) -> Text:
    return Text(f"−{yen(saved).en}", f"−{yen(saved).ja}") if saved > 0.0 else both("–")


def _whys(package: PackageAdvice) -> str:
    items = "".join(
        f"<li><b>{html(loser(one, package))}</b>: {html(reason(one, package))}</li>" for one in package.losses
    )
    heading = PACKAGE_NAMES[package.core_system] + Text(": ", ": ") + chosen(package)
    return f'<h3>{html(heading)}</h3><ul class="why">{items}</ul>'


def _procedures(question: Question, advice: Advice) -> str:
    head = (
        Text("Procedure", "手続"),
        Text("Method", "方式"),
        Text("Cases a year", "件数(年)"),
        Text("A year", "年間費用"),
        Text("Leaves method 1 from, alone / shared", "方式1を離れる件数(単独 / 等分)"),
        Text("Days / period", "日数 / 標準処理期間"),
        Text("Half | twice the volume", "件数が半分 | 2倍"),
        Text("What else weighs", "手続の特性"),
    )
    p_signed = question.run.demand.p_signed_where_varies
    rows = [
        (
            Text(f"{one.procedure.number} {one.procedure.name_en}", f"{one.procedure.number} {one.procedure.short_ja}"),
            METHOD_NAMES[one.method],
            both(cases(one.cases)),
            yen(one.yearly_yen),
            both(leaves_from(one)),
            period(one),
            volume(one),
            traits(one, p_signed),
        )
        for one in advice.procedures
    ]
    return section(
        "procedures",
        Text("Procedure by procedure", "手続別"),
        table([html(text) for text in head], rows, "advice procedures-advised"),
        paragraph(_ABOUT_PROCEDURES, "note"),
    )


def _assumptions(parameters: Sequence[Parameter]) -> str:
    head = [
        html(text)
        for text in (Text("Parameter", "項目"), Text("Value", "値"), Text("Mark", "印"), Text("Source", "出典"))
    ]
    rows = [
        (both(one.path), both(f"{one.value} {one.unit}".strip()), both(one.mark), both(one.source))
        for one in parameters
    ]
    count = Text(f"The {len(parameters)} parameters that the advice rests on", f"助言の前提となる{len(parameters)}項目")
    about = Text(
        "F a published sentence, SRC the source document, M from memory, D derived, A an assumption, C calibrated.",
        "F 公表資料、SRC 出典文書、M 記憶による、D 計算による導出、A 仮定、C 自団体の記録による。",
    )
    folded = f"<details><summary>{html(count)}</summary>{table(head, rows, 'assumptions')}</details>"
    return section("assumptions", Text("Assumptions", "前提"), paragraph(about), folded)
