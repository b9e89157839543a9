"""What a plan prints: the answer first, then the figures with their intervals."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from shinsei.planning.answer import answer, choice, precision_line
from shinsei.planning.study import Study
from shinsei.planning.tables import difference_rows, figures_rows
from shinsei.season.comparison import Row

_INTERVALS = "± is the half-width of the 95 % interval of the mean; it says nothing about assumptions."
_NO_INTERVAL = "one season has no interval, and says nothing of how far another may lie off."


def print_study(console: Console, found: Study) -> None:
    """Answer, figures, paired differences, trace."""
    console.print()
    console.print(rows_table(found, figures_rows(found)))
    gaps = difference_rows(found)
    if gaps:
        console.print()
        console.print(f"minus {found.methods[choice(found) or 0].name.en}, season by season:", style="bold")
        console.print(rows_table(found, gaps))
    console.print()
    sentence = answer(found)
    console.print(f"[bold]{escape(sentence.en)}[/bold]")
    console.print(escape(sentence.ja))
    if found.asked is not None:
        console.print()
        console.print(escape(found.asked.en))
        console.print(escape(found.asked.ja))
    console.print()
    console.print(f"{precision_line(found).en}; {interval_line(found)}", style="dim")
    console.print(f"trace of replication 0: {found.trace_hash}", soft_wrap=True)


def interval_line(found: Study) -> str:
    """What the ± behind a figure says, where there is one."""
    return _INTERVALS if len(found.seasons) > 1 else _NO_INTERVAL


def rows_table(found: Study, rows: Sequence[Row]) -> Table:
    """Methods as columns."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("", no_wrap=True)
    for one in found.methods:
        table.add_column(one.name.en, justify="right")
    for row in rows:
        table.add_row(row.label.en, *(escape(cell.en) for cell in row.cells))
    return table
