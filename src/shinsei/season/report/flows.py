"""How an application is received on paper and online (付録1), for the procedures under comparison: small on purpose."""

from shinsei.domain.flows import STAFF, Actor, Flow, FlowStep
from shinsei.season.report.context import ReportContext
from shinsei.season.report.markup import paragraph, section, table
from shinsei.season.text import Text, both, html
from shinsei.season.words import METHOD_NAMES

_HEAD = (
    Text("Way", "経路"),
    Text("Clerks' minutes per case", "職員作業(分/件)"),
    Text("Against paper", "紙との差"),
    Text("With the counter's work", "窓口作業を含む"),
    Text("Against paper", "紙との差"),
    Text("Steps that take time (a robot's in brackets)", "時間のかかる手順(括弧内はロボット)"),
)
_ABOUT = Text(
    "Mean minutes per case. The first column is what the office of the run works; percentages are of the cases that "
    "take a step. The counter's acceptance, checks and letters on paper are worked in no run: their minutes are "
    "assumptions of the table [flows], and without it there are none. Every step, who does it and "
    "its source: shinsei flows.",
    "1件当たりの平均作業時間(分)。最初の列は計算に用いた値と同じ。%はその手順を経る案件の割合。紙の受理・本人確認・"
    "内容確認・通知は計算に含まれず、その時間は [flows] の表に置いた仮定である(表がなければ0)。全手順と担当、出所は "
    "shinsei flows で見られる。",
)
_SHOWN = STAFF | {Actor.ROBOT}


def flows(context: ReportContext) -> str:
    """One table a procedure under comparison; nothing where none of them has a flow."""
    if not context.flows:
        return ""
    head = [html(name) for name in _HEAD]
    tables = []
    for ways in context.flows:
        item = ways[0].procedure
        name = Text(f"{item.number} {item.name_en}", f"{item.number} {item.short_ja}")
        rows = [_cells(way, ways[0]) for way in ways]
        tables.append(f"<h3>{html(name)}</h3>{table(head, rows, 'flows')}")
    return section(
        "flows", Text("Reception before and after", "オンライン化前後の受付"), *tables, paragraph(_ABOUT, "note")
    )


def _cells(way: Flow, paper: Flow) -> tuple[Text, ...]:
    name = Text("On paper", "紙") if way.method is None else METHOD_NAMES[way.method]
    totals = (
        (way.staff_minutes, paper.staff_minutes),
        (way.with_counter_minutes, paper.with_counter_minutes),
    )
    numbers = [
        both(text)
        for mine, papers in totals
        for text in (f"{mine:.1f}", "" if way.method is None else f"{mine - papers:+.1f}".replace("-", "−"))
    ]
    steps = [_told(step, step.minutes) for step in way.steps if step.minutes and step.actor in _SHOWN]
    told = Text(" → ".join(step.en for step in steps), " → ".join(step.ja for step in steps))
    return (name, *numbers, told)


def _told(step: FlowStep, minutes: float) -> Text:
    of_cases = "" if step.share == 1.0 else f" × {step.share * 100:.2g}%"
    told = Text(f"{step.name} {minutes:.3g}{of_cases}", f"{step.name_ja} {minutes:.3g}{of_cases}")
    return told if step.actor in STAFF else Text(f"({told.en})", f"({told.ja})")
