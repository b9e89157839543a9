"""``shinsei scenario new | calibrate | validate | explain``: write, fit, check and read the assumptions of a run."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from shinsei.domain.demand import filings
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.run import Pacing, PolicyYear
from shinsei.domain.simtime import isoformat
from shinsei.scenario import CityRequest, Parameter, Scenario, load, new_scenario

_WIDE = 200
"""Columns where the output is no terminal."""

_app = typer.Typer(help="Write, check and read scenarios.", no_args_is_help=True)

FileArgument = Annotated[str, typer.Argument(metavar="FILE", help="A scenario file, or the name of a shipped one.")]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override one value, such as office.clerks=5.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(_app, name="scenario")


@_app.command("new")
def new(
    *,
    population: Annotated[int, typer.Option(help="People in the city.")],
    clerks: Annotated[int, typer.Option(help="Clerks of the division.")],
    online: Annotated[float, typer.Option(help="Share of the filings that come online, 0 to 1.")],
    policy_year: Annotated[
        PolicyYear, typer.Option(help="Filing rules: pre2022, everybody files (stress); post2022, a few.")
    ] = PolicyYear.PRE2022,
    arrivals: Annotated[Path | None, typer.Option(help="CSV of daily counts (date,count) from your own city.")] = None,
    name: Annotated[str, typer.Option(help="Name of the city in the report.")] = "",
    out: Annotated[Path | None, typer.Option(help="File to write; standard output if not given.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
) -> None:
    """Write a commented scenario for your own city."""
    if out is not None and out.exists() and not force:
        raise InvalidInputError("--out", f"{out} exists already; choose another name or add --force")
    request = CityRequest(
        population=population, clerks=clerks, online_share=online, policy_year=policy_year, arrivals=arrivals, name=name
    )
    text = new_scenario(request, out or Path("new.toml"))
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InvalidInputError(str(out), f"cannot be written ({error.strerror})") from None
    typer.echo(f"wrote {out}; plan it with: shinsei plan {out}; run it live with: shinsei season {out}")


@_app.command("calibrate")
def calibrate(
    file: FileArgument,
    *,
    counts: Annotated[Path | None, typer.Option(metavar="CSV", help="Filings a day: date,count.")] = None,
    times: Annotated[
        Path | None, typer.Option(metavar="CSV", help="A time study: step,minutes, such as office.content_check,2.5.")
    ] = None,
    overrides: SetOption = None,
    out: Annotated[Path | None, typer.Option(help="File for the fragment; standard output if not given.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Fit arrivals and service times to your own records, and say how well they fit."""
    from shinsei.planning.calibration import fit_arrivals, fit_times, read_times
    from shinsei.planning.fit_words import arrivals_line, fit_line
    from shinsei.planning.fragment import fits, fragment
    from shinsei.scenario.arrivals import read_daily_counts

    if counts is None and times is None:
        raise InvalidInputError("--counts", "is missing; give daily counts, a time study (--times), or both")
    scenario = load(file, overrides or ())
    if out is not None and out.resolve() == scenario.path.resolve():
        raise InvalidInputError("--out", f"{out} is the scenario itself; name another file")
    arrivals = fit_arrivals(scenario, read_daily_counts(counts)) if counts else None
    steps = fit_times(scenario, read_times(times)) if times else []
    text = fragment(scenario.name, arrivals, steps)
    if out is not None:
        try:
            out.write_text(text, encoding="utf-8")
        except OSError as error:
            raise InvalidInputError(str(out), f"cannot be written ({error.strerror})") from None
    elif not as_json:
        typer.echo(text, nl=False)
    if as_json:
        typer.echo(json.dumps(fits(scenario.name, arrivals, steps), ensure_ascii=False, indent=2))
        return
    if arrivals is not None:
        typer.echo(f"arrivals: {arrivals_line(arrivals)}", err=True)
    for one in steps:
        typer.echo(f"{one.step}: {fit_line(one)}", err=True)


@_app.command("validate")
def validate(file: FileArgument, *, overrides: SetOption = None, as_json: JsonOption = False) -> None:
    """Check a scenario and say what it would run."""
    result = summary(load(file, overrides or ()))
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False, indent=2))
        return
    typer.echo(f"{result['scenario']} is valid: {result['start']} to {result['end']}, seed {result['seed']}")
    for group in result.get("groups", ()):
        typer.echo(
            f"  {group['name']:<28} {group['method']:<14} {group['municipalities']:>5,} municipalities, "
            f"{group['people']:>11,} people, {group['clerks']:>6,} clerks"
        )
    for run in result["runs"]:
        typer.echo(
            f"  {run['municipality']} {run['method'] or 'by policy':<14} "
            f"{run['online']:>7,} online, {run['paper']:>7,} on paper, {run['procedures']} procedures"
        )


@_app.command("explain")
@_app.command("show", hidden=True)
def explain(file: FileArgument, *, overrides: SetOption = None, as_json: JsonOption = False) -> None:
    """Print every number, switch and choice of a scenario with its value, unit, mark and source.

    What advice takes from the template, where the scenario is silent, is printed too.
    """
    from shinsei.season.advice.asking import unsaid

    scenario = load(file, overrides or ())
    shown = [*scenario.parameters, *unsaid(scenario)]
    if as_json:
        content = {"scenario": scenario.name, "parameters": [asdict(item) for item in shown]}
        typer.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDE)
    console.print(f"[bold]{escape(scenario.report.title)}[/bold]", highlight=False)
    if scenario.report.statement:
        console.print(escape(scenario.report.statement), highlight=False)
    console.print(_table(shown))
    console.print(
        "Marks: F a published sentence, SRC the source document, M from memory, D derived, A an assumption, "
        "C calibrated to the city's own records."
    )


def summary(scenario: Scenario) -> dict[str, Any]:
    """What a scenario would run, as JSON; of size classes their people, because counting filings is most of a plan."""
    runs = []
    for spec in () if scenario.file.rank_size else scenario.run_specs("validate"):
        found = filings(spec)
        online = sum(filing.online for filing in found)
        runs.append(
            {
                "municipality": spec.municipality,
                "method": str(spec.twin_method) if spec.twin_method else None,
                "online": online,
                "paper": len(found) - online,
                "procedures": len({filing.procedure for filing in found}),
            }
        )
    return {
        "scenario": scenario.name,
        "valid": True,
        "seed": scenario.seed,
        "start": isoformat(scenario.start),
        "end": isoformat(scenario.end),
        "until_clear": scenario.until_clear,
        "standing": scenario.file.run.pacing is Pacing.CLOCK,
        **({"groups": _groups(scenario)} if scenario.file.rank_size else {}),
        "runs": runs,
    }


def _groups(scenario: Scenario) -> list[dict[str, Any]]:
    return [
        {
            "name": group.name,
            "method": str(group.method),
            "municipalities": len(group.members),
            "people": sum(one.population for one in group.members),
            "clerks": sum(one.clerks for one in group.members),
        }
        for group in scenario.groups
    ]


def _table(shown: Iterable[Parameter]) -> Table:
    table = Table()
    table.add_column("parameter", overflow="fold")
    table.add_column("value", justify="right", overflow="fold", max_width=19)
    table.add_column("unit")
    table.add_column("mark", no_wrap=True)
    table.add_column("source", overflow="fold")
    for item in shown:
        table.add_row(*(escape(text) for text in (item.path, item.value, item.unit, item.mark, item.source)))
    return table
