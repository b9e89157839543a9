"""``shinsei loadtest``: load on the stack that is up, in an open model; its commands and what they have in common."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from shinsei.cli.loadtest_close import close
from shinsei.cli.loadtest_compare import compare
from shinsei.cli.loadtest_output import Progress, print_summary
from shinsei.cli.loadtest_target import target_of, within_reach
from shinsei.cli.options import HomeOption
from shinsei.cli.output import JsonOption, console, print_json, say
from shinsei.cli.season import command
from shinsei.domain.errors import ShinseiError
from shinsei.loadtest.preset import Preset, load_preset, shipped_presets
from shinsei.loadtest.shortening import shortened
from shinsei.season.results import REPORT, Results

_app = typer.Typer(help="Load tests of the stack that is up.", no_args_is_help=True)
PresetArgument = Annotated[str, typer.Argument(metavar="PRESET", help="Name of a shipped preset, or a file.")]
RateOption = Annotated[float | None, typer.Option(metavar="R", help="Another peak, in applications a second.")]
ShortenOption = Annotated[
    float, typer.Option("--shorten", metavar="SHARE", help="The same in this share of its time, 0.5 say.")
]
OutOption = Annotated[Path, typer.Option(metavar="DIR", help="Folder of results.")]
DiscardOption = Annotated[bool, typer.Option("--discard", help="End open runs that are in the way.")]
ProcessesOption = Annotated[int, typer.Option(min=1, max=64, help="Workers of the generator, one a core.")]


class GatesMissedError(ShinseiError):
    """A load test has run, and something did not come out as the preset demands."""


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    _app.command("close")(close)
    _app.command("compare")(compare)
    app.add_typer(_app, name="loadtest")


@_app.command("run")
def run(
    preset: PresetArgument,
    *,
    rate: RateOption = None,
    processes: ProcessesOption = 1,
    shorten: ShortenOption = 1.0,
    discard: DiscardOption = False,
    csv_requests: Annotated[bool, typer.Option("--csv-requests", help="Write a line about every request.")] = False,
    out: OutOption = Path("results"),
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a preset and write a report; exits with 1 when a gate is missed, 2 when the preset is wrong."""
    found = shortened(load_preset(preset), shorten)
    from shinsei.loadtest import live
    from shinsei.loadtest.summary import missed

    screen = console(stderr=as_json)
    asked = _asked(found, out, rate=rate, processes=processes, discard=discard, requests_csv=csv_requests)
    screen.print(f"[bold]{escape(found.file.title)}[/bold]\n{escape(found.file.question)}", highlight=False)
    shown = Progress(screen)
    work = live.run(asked, target_of(home), shown.show, lambda line: screen.print(line, style="yellow"))
    summary = asyncio.run(work)
    if as_json:
        print_json(summary)
    else:
        print_summary(screen, summary)
    screen.print(f"report {out / summary['run_id'] / REPORT}", highlight=False, markup=False, soft_wrap=True)
    lost = missed(summary)
    if summary["partial"]:
        raise GatesMissedError(f"the result is partial: {summary['partial']}")
    if lost:
        figures = ", ".join(gate.metric for gate in lost)
        raise GatesMissedError(f"{len(lost)} of {len(summary['gates'])} gates missed: {figures}")


@_app.command("doctor")
def doctor(
    preset: PresetArgument = "smoke",
    *,
    home: HomeOption = None,
    out: OutOption = Path("results"),
    as_json: JsonOption = False,
) -> None:
    """Check the target of a preset and ask nothing of it; exits with 1 if something is wrong."""
    found = load_preset(preset)
    from shinsei.loadtest import live

    checks = asyncio.run(live.doctor(_asked(found, out), target_of(home)))
    if as_json:
        print_json([{"name": one.name, "ok": one.is_ok, "detail": one.detail} for one in checks])
    else:
        table = Table(box=None, pad_edge=False, show_header=False)
        for one in checks:
            table.add_row("ok" if one.is_ok else "[red]wrong[/red]", one.name, escape(one.detail))
        console().print(table)
    wrong = [one.name for one in checks if not one.is_ok]
    if wrong:
        raise GatesMissedError(f"the target is not fit for {found.name}: {', '.join(wrong)}")


@_app.command("plan")
def plan(
    preset: PresetArgument,
    *,
    rate: RateOption = None,
    discard: DiscardOption = False,
    out: OutOption = Path("results"),
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open the runs of a preset and write the plan that the locust command takes."""
    found = load_preset(preset)
    from shinsei.loadtest import live

    file = asyncio.run(live.prepare(_asked(found, out, rate=rate, discard=discard), target_of(home)))
    if as_json:
        print_json({"plan": file})
    else:
        say(f"locust -f loadtest/locustfile.py --plan {file}")


@_app.command("presets")
def presets(*, as_json: JsonOption = False) -> None:
    """List the presets that come with Shinsei: which answers which question."""
    found = [load_preset(name) for name in sorted(shipped_presets())]
    if as_json:
        print_json([_preset(one) for one in found])
        return
    table = Table(box=None, pad_edge=False)
    for column in ("preset", "offices", "clock", "question"):
        table.add_column(column, overflow="fold")
    for one in found:
        table.add_row(one.name, str(one.file.offices), f"{one.file.clock_speed:g}x", escape(one.file.question))
    console().print(table)


def _preset(one: Preset) -> dict[str, Any]:
    file = one.file
    return {
        "name": one.name,
        "title": file.title,
        "question": file.question,
        "not_said": file.not_said,
        "offices": str(file.offices),
        "clock_speed": file.clock_speed,
        "methods": [str(method) for method in file.methods],
        "duration_s": one.profile().duration_s,
        "peak_per_s": one.profile().peak_per_s,
    }


def _asked(found: Preset, out: Path, *, rate: float | None = None, processes: int = 1, **more: bool) -> Any:
    from shinsei.loadtest.live import Asked

    found.profile(rate)
    return Asked(
        preset=within_reach(found), rate=rate, processes=processes, results=Results(out), command=command(), **more
    )
