"""What a load test shows at the terminal while it runs and when it is over."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

_SHOW_EVERY_S = 2.0


class Progress:
    """How a load test stands, in one line every few seconds."""

    def __init__(self, screen: Console) -> None:
        self._screen = screen
        self._last_s = 0.0

    def show(self, books: Any, told: str) -> None:
        """Tells how things stand."""
        now_s = time.monotonic()
        if now_s - self._last_s < _SHOW_EVERY_S or not books.workers:
            return
        self._last_s = now_s
        totals = books.totals
        lost = totals["dropped"] + totals["refused"] + totals["failed"]
        # A registration is told at once, an acceptance with its worker's next tick.
        still_open = max(books.open_cases, 0)
        lag_s = books.lag.quantile(0.99) or 0.0
        self._screen.print(
            f"{told}: offered {totals['offered']:,}, accepted {totals['accepted']:,}, "
            f"registered {totals['registered']:,}, open {still_open:,}, refused, failed or dropped {lost:,}, "
            f"generator {lag_s:.3f} s late (p99)",
            style="dim",
        )


def print_summary(screen: Console, summary: dict[str, Any]) -> None:
    """What came of it: counts, latencies, gates."""
    screen.print(f"\n[bold]{summary['heading']}[/bold]", highlight=False)
    table = Table(box=None, pad_edge=False, show_header=False)
    for name in (
        "offered",
        "accepted",
        "completed",
        "dropped",
        "refused",
        "failed",
        "calls_failed",
        "later_dropped",
        "open_at_the_end",
    ):
        table.add_row(name.replace("_", " "), f"{summary[name]:,}")
    if summary["max_sustained_per_s"] is not None:
        bound = ">= " if summary["max_sustained_is_lower_bound"] else ""
        held = "" if summary.get("max_sustained_is_confirmed", True) else ", in short steps: not held for longer"
        rate = f"{bound}{summary['max_sustained_per_s']:,.1f} completed a second{held}"
        table.add_row("highest sustained rate", rate)
        if summary.get("max_confirmed_per_s") is not None:
            table.add_row("held for longer", f"{summary['max_confirmed_per_s']:,.1f} completed a second")
    screen.print(table)
    for one in _counts(summary):
        screen.print(one)
    if "max_sustained" in summary:
        screen.print(_offices(summary["max_sustained"]))
    if "sustained" in summary:
        screen.print(_apart(summary["sustained"]))
    screen.print(_latencies(summary))
    if summary["is_sent_late"]:
        share = f"{summary['intended_to_sent_share']:.0%}"
        screen.print(f"[yellow]of the p99 to acceptance {share} is the generator's own, until it had sent[/yellow]")
    screen.print(_gates(summary["gates"]))


def _counts(summary: dict[str, Any]) -> Iterator[Table]:
    """What came of each method and of each procedure, where there was more than one."""
    for what in ("method", "procedure"):
        found = summary[f"counts_by_{what}"]
        if len(found) > 1:
            columns = list(next(iter(found.values())))
            table = Table(box=None, pad_edge=False)
            table.add_column(what)
            for column in columns:
                table.add_column(column, justify="right")
            for name, row in found.items():
                table.add_row(name, *(f"{row[column]:,}" for column in columns))
            yield table


def _offices(found: dict[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False)
    columns = ("sustained by an office", "a working day", "not", "by the planner", "live / planner", "x busiest hour")
    for column in columns:
        table.add_column(column, justify="left" if column.startswith("sustained") else "right")
    for method, one in found.items():
        names = ("per_working_day", "not_sustained_per_working_day", "planned_per_working_day", "over_planned")
        figures = (one[name] for name in names)
        shown = ["-" if value is None else f"{value:,.4g}" for value in (*figures, one["busiest_hour"]["multiple"])]
        shown[0] = f">= {shown[0]}" if one["is_lower_bound"] else shown[0]
        table.add_row(method, *shown)
    return table


def _apart(found: Sequence[dict[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("fetch", "method", "sustained/s", "not at/s", "p50, s", "p99, s", "x busiest hour", "settled"):
        table.add_column(column, justify="left" if column in {"fetch", "method"} else "right")
    for one in found:
        figures = (one[name] for name in ("per_s", "not_sustained_per_s", "p50_s", "p99_s"))
        shown = ["-" if value is None else f"{value:,.4g}" for value in (*figures, one["busiest_hour"]["multiple"])]
        shown[0] = f">= {shown[0]}" if one["is_lower_bound"] else shown[0]
        table.add_row(one["fetch"], one["method"], *shown, "yes" if one["is_settled"] else "no")
    return table


def _latencies(summary: dict[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("from the intended moment to", "p50, s", "p90, s", "p99, s", "measured"):
        table.add_column(column, justify="left" if column.startswith("from") else "right")
    for series, values in summary["latency_s"].items():
        shown = ["-" if values[share] is None else f"{values[share]:.3f}" for share in ("p50", "p90", "p99")]
        open_too = f" of {values['of']:,}" if values["count"] < values["of"] else ""
        table.add_row(series, *shown, f"{values['count']:,}{open_too}")
    return table


def _gates(gates: Sequence[dict[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("gate", "limit", "measured", ""):
        table.add_column(column)
    for gate in gates:
        measured = "none" if gate["measured"] is None else f"{gate['measured']:.6g}"
        table.add_row(gate["metric"], gate["limit"], measured, "passed" if gate["passed"] else "[red]missed[/red]")
    return table
