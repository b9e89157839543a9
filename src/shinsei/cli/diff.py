"""``shinsei diff RUN RUN``: the first case and transition in which two results differ."""

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shinsei.cli.output import JsonOption, console, print_json

if TYPE_CHECKING:
    from rich.table import Table

    from shinsei.domain.trace import TraceLine
    from shinsei.planning.difference import Difference

DIFFERENT = 1
"""Exit code where they differ, as of ``diff``."""

RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="Run id, its beginning, a folder, or latest.")]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("diff")(diff)


def diff(
    left: RunArgument,
    right: RunArgument,
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of results.")] = Path("results"),
    as_json: JsonOption = False,
) -> None:
    """Show where the traces of two results part: seasons, or replication 0 of plans. Exit code 1 if they do."""
    from shinsei.planning.difference import difference, trace_of
    from shinsei.season.results import Results

    results = Results(out)
    runs = [results.find(name) for name in (left, right)]
    found = difference(*(trace_of(run) for run in runs))
    names = [run.run_id for run in runs]
    if as_json:
        print_json(_content(names, found))
    elif found is None:
        console().print("the traces are equal", style="bold")
    else:
        _tell(names, found)
    if found is not None:
        raise typer.Exit(DIFFERENT)


def _tell(names: Sequence[str], found: "Difference") -> None:
    from shinsei.domain.simtime import isoformat

    screen, first = console(), found.first
    has = names[0 if found.in_left else 1]
    screen.print(
        f"[bold]{found.cases:,} cases differ; first at {isoformat(first.at)}: case {first.submission_id}, "
        f"{first.action} to {first.status}, in {has} alone[/bold]"
    )
    screen.print(_histories(names, found))


def _histories(names: Sequence[str], found: "Difference") -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in names:
        table.add_column(name, overflow="fold")
    for left, right in zip_longest(found.left, found.right):
        table.add_row(_shown(left), _shown(right), style=None if left == right else "bold")
    return table


def _shown(line: "TraceLine | None") -> str:
    from shinsei.domain.simtime import to_datetime

    if line is None:
        return "-"
    return f"{to_datetime(line.at).strftime('%Y-%m-%d %H:%M:%S.%f')[:-3]} {line.action} → {line.status}"


def _content(names: Sequence[str], found: "Difference | None") -> dict[str, Any]:
    if found is None:
        return {"runs": list(names), "same_trace": True}
    return {
        "runs": list(names),
        "same_trace": False,
        "cases": found.cases,
        "first": {"in": names[0 if found.in_left else 1], **_line(found.first)},
        "left": [_line(line) for line in found.left],
        "right": [_line(line) for line in found.right],
    }


def _line(line: "TraceLine") -> dict[str, Any]:
    from shinsei.domain.simtime import isoformat

    return {
        "submission_id": line.submission_id,
        "at": isoformat(line.at),
        "at_ms": line.at,
        "action": str(line.action),
        "status": str(line.status),
        "n": line.n,
    }
