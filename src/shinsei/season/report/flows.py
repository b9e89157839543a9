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
    Text("Steps that take time (a robot's in brackets)", "時間のかかる手順(括弧内はロボット)"),
)
_ABOUT = Text(
    "Mean minutes per case, the same that the office works with; percentages are of the cases that take a step. On "
    "paper only keying and its check have a time: the counter's is not modelled. Every step, who does it and its "
    "source: shinsei flows.",
    "1件当たりの平均作業時間(分)で、計算に用いた値と同じ。%はその手順を経る案件の割合。紙は入力とその確認だけに時間が"
    "あり、窓口の時間はモデルにない。全手順と担当、出所は shinsei flows で見られる。",
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
        rows = [_cells(way, ways[0].staff_minutes) for way in ways]
        tables.append(f"<h3>{html(name)}</h3>{table(head, rows, 'flows')}")
    return section(
        "flows", Text("Reception before and after", "オンライン化前後の受付"), *tables, paragraph(_ABOUT, "note")
    )


def _cells(way: Flow, paper: float) -> tuple[Text, ...]:
    name = Text("On paper", "紙") if way.method is None else METHOD_NAMES[way.method]
    change = both("" if way.method is None else f"{way.staff_minutes - paper:+.1f}".replace("-", "−"))
    steps = [_told(step, step.minutes) for step in way.steps if step.minutes and step.actor in _SHOWN]
    told = Text(" → ".join(step.en for step in steps), " → ".join(step.ja for step in steps))
    return (name, both(f"{way.staff_minutes:.1f}"), change, told)


def _told(step: FlowStep, minutes: float) -> Text:
    of_cases = "" if step.share == 1.0 else f" × {step.share * 100:.2g}%"
    told = Text(f"{step.name} {minutes:.3g}{of_cases}", f"{step.name_ja} {minutes:.3g}{of_cases}")
    return told if step.actor in STAFF else Text(f"({told.en})", f"({told.ja})")
