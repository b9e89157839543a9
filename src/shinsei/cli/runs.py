"""``shinsei runs list | show | backfill | prune``: results that are there already."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from shinsei.cli.history import keep_history
from shinsei.cli.options import HomeOption
from shinsei.cli.output import JsonOption, console, print_json, say
from shinsei.domain.errors import InvalidInputError
from shinsei.season.results import REPORT, SERIES, TABLE, Results, StoredRun

_app = typer.Typer(help="Results of earlier seasons.", no_args_is_help=True)

OutOption = Annotated[Path, typer.Option(metavar="DIR", help="Folder of results.")]

_FIGURES: tuple[tuple[str, str], ...] = (
    ("accepted", "accepted"),
    ("registered", "registered"),
    ("decided", "decided"),
    ("backlog_peak", "peak backlog"),
    ("backlog_peak_at", "… on"),
    ("cleared_at", "cleared"),
    ("lead_time_h.p50", "lead time p50, h"),
    ("lead_time_h.p99", "lead time p99, h"),
    ("decided_by_cutoff_share", "decided by the cut-off"),
    ("staff_hours", "staff hours"),
    ("overtime_hours", "overtime hours"),
    ("robot_hours", "robot hours"),
    ("undetected_errors", "undetected errors"),
    ("cost_yen", "cost, yen a year"),
    ("first_saturated_resource", "saturated first"),
)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(_app, name="runs")


@_app.command("list")
def list_runs(*, out: OutOption = Path("results"), as_json: JsonOption = False) -> None:
    """List the results, newest first."""
    runs = Results(out).runs()
    if as_json:
        print_json([_entry(run) for run in runs])
        return
    table = Table(box=None, pad_edge=False)
    for column in ("run", "scenario", "seed", "result", "trace"):
        table.add_column(column, overflow="fold")
    for run in runs:
        entry = _entry(run)
        table.add_row(
            run.run_id,
            str(entry["scenario"] or ""),
            str(entry["seed"] or ""),
            str(entry["result"]),
            entry["trace"][:12],
        )
    screen = console()
    screen.print(table if runs else f"no results in {out}")


@_app.command("show")
def show(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Run id, its beginning, a folder, or latest.")] = "latest",
    *,
    out: OutOption = Path("results"),
    as_json: JsonOption = False,
) -> None:
    """Show a result."""
    found = Results(out).find(run)
    content = summary_of(found)
    if as_json:
        print_json(content)
        return
    screen = console()
    if "answer" in content:
        screen.print(f"[bold]{escape(content['answer']['en'])}[/bold]", highlight=False)
        screen.print(content["answer"]["ja"], highlight=False, markup=False)
    if "methods" not in content:
        screen.print(f"report {found.path / REPORT}", highlight=False, markup=False, soft_wrap=True)
        return
    from shinsei.planning.sides import at, column_of

    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for one in content["methods"]:
        table.add_column(column_of(one).lower().replace("_", " "), justify="right")
    for path, name in _FIGURES:
        table.add_row(name, *(_shown(at(one, path)) for one in content["methods"]))
    screen.print(table)
    screen.print(
        f"trace {content.get('trace_hash', '-')}\nreport {found.path / REPORT}",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


@_app.command("backfill")
def backfill(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Run id, its beginning, a folder, or latest.")] = "latest",
    *,
    out: OutOption = Path("results"),
    home: HomeOption = None,
) -> None:
    """Put a season into Prometheus at its simulated times: dashboards show its June, day by day."""
    found = Results(out).find(run)
    content = summary_of(found)
    if not (found.path / SERIES).is_file():
        raise InvalidInputError("run", f"{found.run_id} has no {SERIES}; a season writes one, a plan does not")
    left_out = keep_history(found.path, content, home)
    say(f"{found.run_id}: in Prometheus from {content['start']} to {content['end']}, within a minute")
    if left_out:
        say(left_out)


@_app.command("prune")
def prune(
    *,
    keep: Annotated[int, typer.Option(min=0, help="How many of the newest results to keep.")] = 5,
    out: OutOption = Path("results"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Remove all but the newest results.

    A season that has none yet keeps its folder: it may be running, and --resume knows nothing else of it.
    """
    results = Results(out)
    doomed = [run for run in results.runs()[keep:] if run.summary is not None or run.problem]
    for run in doomed:
        if not dry_run:
            results.remove(run)
    if as_json:
        print_json({"removed": [run.run_id for run in doomed], "dry_run": dry_run})
        return
    for run in doomed:
        say(f"{'would remove' if dry_run else 'removed'} {run.path}")
    if not doomed:
        say("nothing to remove")


def _entry(run: StoredRun) -> dict[str, Any]:
    summary = run.summary or {}
    if run.summary is None:
        result = "unreadable" if run.problem else "none yet"
    else:
        result = "partial" if summary.get("partial") else "complete"
    return {
        "run_id": run.run_id,
        "path": str(run.path),
        "scenario": summary.get("scenario"),
        "seed": summary.get("seed"),
        "result": result,
        "trace": summary.get("trace_hash", ""),
    }


def summary_of(run: StoredRun) -> dict[str, Any]:
    """The summary of a season or a plan.

    Raises:
        InvalidInputError: it has none yet, or is the result of something else.
    """
    if run.summary is None:
        raise InvalidInputError("run", f"{run.run_id} has no result yet; shinsei season --resume goes on with it")
    if run.summary.get("kind") == "loadtest":
        raise InvalidInputError("run", f"{run.run_id} is a load test, not a season; its report is {run.path / REPORT}")
    if run.summary.get("kind") == "chaos":
        raise InvalidInputError("run", f"{run.run_id} is of make chaos, not a season; its table is {run.path / TABLE}")
    return run.summary


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    if isinstance(value, int):
        return f"{value:,}"
    text = str(value)
    return text[:16].replace("T", " ") if text[4:5] == "-" and "T" in text else text
