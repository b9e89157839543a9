"""The first section of the report: the answer, what would change it, and one card a method."""

from shinsei.season.findings import Findings
from shinsei.season.outlook import Outlook
from shinsei.season.report.cards import card
from shinsei.season.report.context import ReportContext
from shinsei.season.report.markup import paragraph, section
from shinsei.season.text import Text, html


def answer(season: Findings, context: ReportContext) -> str:
    """The answer, and one card a method."""
    cards = "".join(card(season, one) for one in season.methods)
    lead = Text(
        "The day on which every case filed in time is in the core system:",
        "期限内に申請された全件が基幹システムに登録される日:",
    )
    compares = any(one.is_compared for one in season.methods)
    return section(
        "answer",
        Text("The answer", "結論"),
        paragraph(context.answer, "answer"),
        _conditions(context.outlook),
        paragraph(lead, "lead") if compares else "",
        f'<div class="cards">{cards}</div>',
    )


def _conditions(outlook: Outlook | None) -> str:
    """Under which conditions the answer would be another."""
    if outlook is None or not (outlook.conditions or outlook.tried.en):
        return ""
    heads = paragraph(outlook.agreement, "lead") if outlook.agreement.en else ""
    lead = (
        Text("The recommendation would change:", "推奨が変わる条件:")
        if outlook.conditions
        else Text("No single assumption tried changes the recommendation.", "一つの仮定だけでは推奨は変わらない。")
    )
    items = "".join(f"<li>{html(one)}</li>" for one in outlook.conditions)
    listed = f'<ul class="conditions">{items}</ul>' if items else ""
    return heads + paragraph(lead, "lead") + listed + paragraph(outlook.tried, "note")
