"""What a season prints at its end: the comparison, the answer, and where to look next."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from shinsei.scenario import Scenario
from shinsei.season.comparison import comparison
from shinsei.season.findings import Findings
from shinsei.season.outlook import Outlook
from shinsei.season.results import REPORT, SERIES, SUMMARY
from shinsei.season.writing import SeasonResult

_WIDE = 112
"""Columns from which every method has room for all three percentiles and a wide gap."""
_ROOMY = 96
"""Columns from which a name and a moment stand in one line."""
_NARROW_COLUMN = 9
"""Columns of three percentiles."""


def print_opening(console: Console, scenario: Scenario) -> None:
    """What a reader must know before reading a number."""
    texts = scenario.report
    console.print(f"[bold]{escape(texts.title)}[/bold]", highlight=False)
    for text in (texts.statement, scenario.post2022_line("en")):
        if text:
            console.print(text, style="dim", highlight=False, markup=False)


def print_result(console: Console, result: SeasonResult) -> None:
    """The comparison table, the answer in one sentence, the ledger, the paths."""
    season = result.findings
    console.print()
    console.print(comparison_table(season, console.width, result.outlook))
    console.print()
    console.print(f"[bold]{escape(result.answer.en)}[/bold]", highlight=False)
    console.print(result.answer.ja, highlight=False, markup=False)
    if result.outlook is not None:
        print_outlook(console, result.outlook)
    console.print()
    ledger = season.ledger
    console.print(
        f"ledger: accepted {ledger.accepted:,} = registered {ledger.registered:,}"
        f" + not accepted {ledger.not_accepted:,} + withdrawn {ledger.withdrawn:,} + expired {ledger.expired:,}"
        f" + transferred {ledger.transferred:,}"
        f" + dead-lettered {ledger.dead_lettered:,}"
        f" + in flight {ledger.in_flight:,}; unaccounted {ledger.unaccounted}, late {season.late_cases}",
        highlight=False,
    )
    if season.refused:
        told = f"refused by the portal: {len(season.refused):,}, the first: {season.refused[0]}"
        console.print(told, style="red", markup=False)
    console.print(f"trace {season.trace_hash}", highlight=False, soft_wrap=True)
    if season.partial:
        console.print("partial result; shinsei season --resume goes on with it", style="yellow")


def print_outlook(console: Console, outlook: Outlook) -> None:
    """Whether other seeds agree, and when the recommendation would change."""
    console.print()
    if outlook.agreement.en:
        console.print(outlook.agreement.en, highlight=False)
    if outlook.conditions:
        console.print("The recommendation would change:", highlight=False)
    for line in outlook.conditions:
        console.print(f"- {line.en}", highlight=False, markup=False)
    if outlook.tried.en:
        nothing = "" if outlook.conditions else "No single assumption tried changes the recommendation. "
        console.print(f"{nothing}{outlook.tried.en}", style="dim", highlight=False, markup=False)


def print_paths(console: Console, folder: Path) -> None:
    """Where to look next."""
    for name, file in (("report", REPORT), ("figures", SUMMARY), ("series", SERIES)):
        console.print(f"{name:<9} {folder / file}", highlight=False, markup=False, soft_wrap=True)


def comparison_table(season: Findings, width: int, outlook: Outlook | None = None) -> Table:
    """Methods as columns; on a narrow terminal without the hours that the days say already."""
    wide = width >= _WIDE
    table = Table(box=None, pad_edge=False, padding=(0, 2 if wide else 1, 0, 0), header_style="bold")
    table.add_column("", no_wrap=True)
    for one in season.methods:
        name = one.name.en
        # Left to itself, a table that is too wide cuts the longest name.
        narrow = max(_NARROW_COLUMN, *map(len, name.split())) if width < _ROOMY else None
        table.add_column(name, justify="right", no_wrap=wide, width=narrow)
    for row in comparison(season, outlook):
        if wide or row.label.en not in {"… in hours", "… on"}:
            table.add_row(row.label.en, *(cell.en for cell in row.cells))
    return table
