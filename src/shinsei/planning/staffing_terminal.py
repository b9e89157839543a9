"""What ``shinsei plan --staffing`` prints."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from shinsei.planning.staffing import SHARES, Staffing
from shinsei.planning.staffing_words import HEAD, answer, in_seasons, rows


def print_staffing(console: Console, found: Staffing) -> None:
    """The table, then the answer."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for index, name in enumerate(HEAD):
        table.add_column(name.en, justify="left" if index == 0 else "right")
    for row in rows(found):
        table.add_row(*(escape(cell.en) for cell in row))
    console.print()
    console.print(table)
    console.print()
    console.print(f"[bold]{escape(answer(found).en)}[/bold]")
    console.print(escape(answer(found).ja))
    half, sure = (in_seasons(found, share).en for share in SHARES)
    console.print(f"P50: clear in {half}; P95: in {sure}; every trial plans the same ones.", style="dim")
