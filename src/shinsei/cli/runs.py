"""``shinsei runs list | show | backfill | prune`` and ``shinsei compare``: results that are there already."""

from pathlib import Path
from typing import Annotated, Any

import typer
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
    app.command("compare")(compare)


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
    content = _summary(found)
    if as_json:
        print_json(content)
        return
    screen = console()
    if "answer" in content:
        screen.print(f"[bold]{content['answer']['en']}[/bold]", highlight=False)
        screen.print(content["answer"]["ja"], highlight=False)
    if "methods" not in content:
        screen.print(f"report {found.path / REPORT}", highlight=False, soft_wrap=True)
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for one in content["methods"]:
        table.add_column(_key(one).lower().replace("_", " "), justify="right")
    for path, name in _FIGURES:
        table.add_row(name, *(_shown(_at(one, path)) for one in content["methods"]))
    screen.print(table)
    screen.print(f"trace {content['trace_hash']}\nreport {found.path / REPORT}", highlight=False, soft_wrap=True)


@_app.command("backfill")
def backfill(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Run id, its beginning, a folder, or latest.")] = "latest",
    *,
    out: OutOption = Path("results"),
    home: HomeOption = None,
) -> None:
    """Put a season into Prometheus at its simulated times: dashboards show its June, day by day."""
    found = Results(out).find(run)
    content = _summary(found)
    if not (found.path / SERIES).is_file():
        raise InvalidInputError("run", f"{found.run_id} has no {SERIES}; a season writes one, a plan does not")
    keep_history(found.path, content, home)
    say(f"{found.run_id}: in Prometheus from {content['start']} to {content['end']}, within a minute")


@_app.command("prune")
def prune(
    *,
    keep: Annotated[int, typer.Option(min=0, help="How many of the newest results to keep.")] = 5,
    out: OutOption = Path("results"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Remove all but the newest results."""
    results = Results(out)
    doomed = results.runs()[keep:]
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


def compare(
    runs: Annotated[list[str], typer.Argument(metavar="RUN RUN…", help="Two or more runs.")],
    *,
    out: OutOption = Path("results"),
    as_json: JsonOption = False,
) -> None:
    """Put the figures of several results side by side, method by method: of a plan its means with their intervals."""
    if len(runs) < 2:  # noqa: PLR2004 - a comparison takes two
        raise InvalidInputError("RUN", "name at least two runs; shinsei runs list shows them")
    results = Results(out)
    found = [results.find(run) for run in runs]
    contents = [_comparable(run) for run in found]
    methods = [_key(one) for one in contents[0]["methods"]]
    if as_json:
        print_json(_compared(found, contents, methods))
        return
    screen = console()
    hashes = {content["trace_hash"] for content in contents}
    screen.print("the traces are equal" if len(hashes) == 1 else "the traces differ", style="bold")
    for method in methods:
        screen.print(_comparison(found, contents, method))


def _comparison(found: list[StoredRun], contents: list[dict[str, Any]], method: str) -> Table:
    table = Table(box=None, pad_edge=False, title=method.lower().replace("_", " "), title_justify="left")
    table.add_column("", no_wrap=True)
    for run in found:
        table.add_column(run.run_id, justify="right", overflow="fold")
    for path, name in _FIGURES:
        values = [_at(_of(content, method), path) for content in contents]
        same = len({str(value) for value in values}) == 1
        halves = [_half_width(content, method, path) for content in contents]
        cells = [_shown(value) + half for value, half in zip(values, halves, strict=True)]
        table.add_row(name, *cells, style="dim" if same else None)
    return table


def _compared(found: list[StoredRun], contents: list[dict[str, Any]], methods: list[str]) -> dict[str, Any]:
    return {
        "runs": [run.run_id for run in found],
        "same_trace": len({content["trace_hash"] for content in contents}) == 1,
        "methods": {
            method: {path: [_at(_of(content, method), path) for content in contents] for path, _ in _FIGURES}
            for method in methods
        },
    }


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


def _summary(run: StoredRun) -> dict[str, Any]:
    if run.summary is None:
        raise InvalidInputError("run", f"{run.run_id} has no result yet; shinsei season --resume goes on with it")
    if run.summary.get("kind") == "loadtest":
        raise InvalidInputError("run", f"{run.run_id} is a load test, not a season; its report is {run.path / REPORT}")
    if run.summary.get("kind") == "chaos":
        raise InvalidInputError("run", f"{run.run_id} is of make chaos, not a season; its table is {run.path / TABLE}")
    return run.summary


def _comparable(run: StoredRun) -> dict[str, Any]:
    content = _summary(run)
    if "methods" not in content:
        raise InvalidInputError(
            "run", f"{run.run_id} is a plan of another kind ({content.get('kind')}); it has no figures"
        )
    return content


def _half_width(content: dict[str, Any], method: str, path: str) -> str:
    """The half-width of a plan's interval; empty for a season, which is one run."""
    half = _of(content, method).get("intervals", {}).get(path, {}).get("half_width")
    unit = " d" if path.endswith("_at") else ""
    return "" if half is None else f" ± {_shown(half)}{unit}"


def _of(content: dict[str, Any], method: str) -> dict[str, Any]:
    return next((one for one in content["methods"] if _key(one) == method), {})


def _key(one: dict[str, Any]) -> str:
    """What tells the columns of a result apart: the method, or the group of municipalities."""
    group = one.get("group")
    if not group:
        return str(one["method"])
    return str(group.get("name", group)["en"])


def _at(values: Any, path: str) -> Any:
    """The value under a dotted path; None where there is none."""
    for key in path.split("."):
        values = values.get(key) if isinstance(values, dict) else None
    return values


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    if isinstance(value, int):
        return f"{value:,}"
    text = str(value)
    return text[:16].replace("T", " ") if text[4:5] == "-" and "T" in text else text
