"""The procedures of a city that takes many: which come, when, and how long each waits."""

from shinsei.domain.catalogue import procedure
from shinsei.season.breakdown import ProcedureRow
from shinsei.season.findings import Findings
from shinsei.season.report.markup import paragraph, section, table
from shinsei.season.text import Text, both, html
from shinsei.season.words import METHOD_NAMES, month

_HEAD = (
    Text("Procedure", "手続"),
    Text("Method", "連携方式"),
    Text("Accepted", "受付"),
    Text("Registered", "基幹登録"),
    Text("Lead time p50 / p90, h", "登録まで p50 / p90(時間)"),
    Text("Busiest month", "最多の月"),
)


def procedures(season: Findings) -> str:
    """One table a run whose policy chooses the methods; nothing where a season compares them."""
    runs = [one for one in (*season.methods, *season.others) if not one.is_compared and one.procedures]
    if not runs:
        return ""
    head = [html(name) for name in _HEAD]
    tables = [
        f"<h3>{html(one.name)} · {one.municipality}</h3>{table(head, map(_cells, one.procedures), 'procedures')}"
        for one in runs
    ]
    about = Text(
        "Online cases by procedure, most filed first, with the method that the policy gives them.",
        "オンライン申請の手続別の件数(多い順)と、方針による連携方式。",
    )
    return section("procedures", Text("By procedure", "手続別"), paragraph(about), *tables)


def _cells(row: ProcedureRow) -> tuple[Text, ...]:
    found = procedure(row.procedure)
    leads = " / ".join("—" if hours is None else f"{hours:,.0f}" for hours in (row.lead_p50_h, row.lead_p90_h))
    return (
        Text(f"{row.procedure} {found.name_en}", f"{row.procedure} {found.short_ja}"),
        METHOD_NAMES[row.method],
        both(f"{row.accepted:,}"),
        both(f"{row.registered:,}"),
        both(leads),
        month(row.busiest_month),
    )
