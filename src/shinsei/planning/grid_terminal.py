"""What a grid prints: the choice of every variant, then one table a headline figure."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from shinsei.planning.answer import precision_line
from shinsei.planning.grid import Grid
from shinsei.planning.grid_rows import figure_rows, recommended, shown_figures
from shinsei.planning.terminal import interval_line


def print_grid(console: Console, found: Grid) -> None:
    """Everything."""
    methods = found.variants[0].study.methods
    for index, figure in enumerate(shown_figures(found)):
        table = _table(figure.label.en, [one.name.en for one in methods], with_choice=index == 0)
        for row, each in zip(figure_rows(found, figure), found.variants, strict=True):
            choice = [escape(recommended(each.study).en)] if index == 0 else []
            table.add_row(escape(row.label.en), *(escape(cell.en) for cell in row.cells), *choice)
        console.print()
        console.print(table)
    console.print()
    first = found.variants[0].study
    console.print(
        f"{precision_line(first).en}; as many of each variant, on the same filings and fates; {interval_line(first)}",
        style="dim",
    )


def _table(title: str, methods: list[str], *, with_choice: bool) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("", no_wrap=True)
    for name in methods:
        table.add_column(name, justify="right")
    if with_choice:
        table.add_column("recommended")
    return table
