"""What a plan of very many municipalities prints: the answer, size classes across, then methods within them."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from shinsei.planning.nation.study import ALL, Nation
from shinsei.planning.nation.words import SHORT, answer, class_rows, method_rows, name_of, span


def print_nation(console: Console, found: Nation) -> None:
    """Both tables, then the answer."""
    by_class = _table([name_of(found, part).en for part in (*found.classes, ALL)])
    for row in class_rows(found):
        by_class.add_row(row.label.en, *(escape(cell.en) for cell in row.cells))
    by_method = _table([head.en for head, _ in SHORT])
    for row in method_rows(found):
        by_method.add_row(escape(row.label.en), *(escape(cell.en) for cell in row.cells))
    said = answer(found)
    console.print()
    console.print(by_class)
    console.print()
    console.print(by_method)
    console.print()
    console.print(f"[bold]{escape(said.en)}[/bold]")
    console.print(escape(said.ja))
    console.print()
    console.print(f"{span(found).en}; every municipality by itself is a line of municipalities.csv", style="dim")
    if found.trace_hash:
        console.print(f"trace of replication 0: {found.trace_hash}", soft_wrap=True)


def _table(heads: list[str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("", no_wrap=True)
    for head in heads:
        table.add_column(head, justify="right")
    return table
