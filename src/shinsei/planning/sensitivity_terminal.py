"""What ``shinsei plan --sensitivity`` prints: the answer, the largest swings, and how to learn what matters."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from shinsei.planning.ranges import Learning
from shinsei.planning.sensitivity import Sensitivity
from shinsei.planning.sensitivity_words import LEARNING, answer, assumed, changed, ends, in_interplay, listed

_MOST = 15


def print_sensitivity(console: Console, found: Sensitivity) -> None:
    """Everything."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("assumption", "assumed (range)", "staff hours", "cleared on", "cost a year", "would recommend"):
        table.add_column(name, overflow="fold")
    shown = [swing for swing in found.ranked("staff_hours") if found.matters(swing)]
    for swing in shown[:_MOST]:
        cells = (assumed(swing.parameter), *(ends(found, swing, key) for key in _KEYS), changed(found, swing))
        table.add_row(escape(swing.parameter.path), *(escape(cell.en) for cell in cells))
    name = found.name.en
    console.print()
    console.print(f"{name} at the low / high end of each range, all else as assumed:", style="bold")
    console.print(table)
    if len(shown) > _MOST:
        console.print(f"… and {len(shown) - _MOST} more that move a figure by 2 % or a day; the report has all.")
    console.print()
    console.print(f"[bold]{escape(answer(found).en)}[/bold]")
    console.print(escape(answer(found).ja))
    console.print()
    for how in Learning:
        if found.worth_learning(how):
            console.print(f"{LEARNING[how].en}: {listed(found.worth_learning(how))}")
    print_screening(console, found)
    if found.unvaried:
        console.print(
            f"Left as they are, for they have no range: {len(found.unvaried)} assumptions; the report names them.",
            style="dim",
        )


def print_screening(console: Console, found: Sensitivity) -> None:
    """What stands out when all assumptions move at once."""
    if found.screening is None:
        console.print("The scenario does not take all assumptions at the ends of their ranges at once: not screened.")
        return
    standing = {swing.parameter.path: None for swing, _, _ in in_interplay(found)}
    console.print(
        f"With all {len(found.swings)} moving at once ({found.screening.seasons} seasons, Plackett-Burman), "
        f"these stand out of chance: {', '.join(standing) or 'none'}."
    )
    console.print("* range by the mark alone: [A] a factor of 1.5 both ways, [M] 1.2", style="dim", markup=False)


_KEYS = ("staff_hours", "cleared_at", "cost_yen")
