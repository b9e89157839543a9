"""``shinsei control``: change the model of an open run; every change has its effective simulated time."""

import asyncio
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

from shinsei.cli.changing import CityOption, RunOption, Target, make_changes, on_runs
from shinsei.cli.options import HomeOption
from shinsei.cli.output import JsonOption, print_json, say
from shinsei.domain.catalogue import procedure_by_key
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod
from shinsei.domain.run import Change, ChangeKind, Pacing, RunSpec
from shinsei.domain.simtime import isoformat
from shinsei.season.gateway import Gateway

_app = typer.Typer(
    help="Change an open run: policy, staff, model faults. The effective simulated time is printed.",
    no_args_is_help=True,
)

AtOption = Annotated[
    str, typer.Option("--at", metavar="TIME", help="Not before this Tokyo time; default: as soon as possible.")
]


class Feed(StrEnum):
    """Whether the registry's refreshes run."""

    ON = "on"
    OFF = "off"


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(_app, name="control")


@_app.command("linkage")
def linkage(
    procedure: Annotated[str, typer.Argument(metavar="PROCEDURE", help="Number or key; all for every procedure.")],
    method: Annotated[str, typer.Argument(metavar="METHOD", help=", ".join(COMPARED_METHODS))],
    *,
    run: RunOption = "",
    city: CityOption = "",
    at: AtOption = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a procedure take another linkage method, for cases that are stored from then on."""
    number = 0 if procedure == "all" else procedure_by_key(procedure).number
    name = method.upper().replace("-", "_")
    if name not in COMPARED_METHODS:
        raise InvalidInputError("METHOD", f"{method!r} is none of {', '.join(COMPARED_METHODS)}")
    values = {"kind": ChangeKind.POLICY, "procedure": number, "method": LinkageMethod(name)}
    _change(values, Target(run=run, city=city, at=at, home=home), as_json=as_json)


@_app.command("staff")
def staff(
    clerks: Annotated[int, typer.Argument(min=0, help="Clerks from the next opening of the office.")],
    *,
    run: RunOption = "",
    city: CityOption = "",
    at: AtOption = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set the number of clerks."""
    _change({"kind": ChangeKind.STAFF, "value": clerks}, Target(run=run, city=city, at=at, home=home), as_json=as_json)


@_app.command("robots")
def robots(
    number: Annotated[int, typer.Argument(min=0, help="Robots from the next robot run.")],
    *,
    run: RunOption = "",
    city: CityOption = "",
    at: AtOption = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set the number of robots."""
    _change({"kind": ChangeKind.ROBOTS, "value": number}, Target(run=run, city=city, at=at, home=home), as_json=as_json)


@_app.command("line")
def line(
    minutes: Annotated[int, typer.Argument(min=1, help="Simulated minutes for which every poll and push fails.")],
    *,
    run: RunOption = "",
    city: CityOption = "",
    at: AtOption = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take the line between portal and municipality down for a while."""
    _change({"kind": ChangeKind.LINE, "value": minutes}, Target(run=run, city=city, at=at, home=home), as_json=as_json)


@_app.command("registry")
def registry(
    feed: Annotated[Feed, typer.Argument(help="Whether the registry's refreshes run as scheduled.")],
    *,
    run: RunOption = "",
    city: CityOption = "",
    at: AtOption = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Stop or resume the refreshes of the serial-number mapping."""
    values = {"kind": ChangeKind.REGISTRY_FEED, "value": int(feed is Feed.ON)}
    _change(values, Target(run=run, city=city, at=at, home=home), as_json=as_json)


@_app.command("clock")
def clock(
    speed: Annotated[float, typer.Argument(min=0, help="Simulated over real seconds; 0 stands still.")],
    *,
    run: RunOption = "",
    city: CityOption = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set the speed of a standing run's clock. A season's pace is set when it starts."""

    async def act(gateway: Gateway, spec: RunSpec) -> dict[str, Any]:
        if spec.pacing is not Pacing.CLOCK:
            raise InvalidInputError("run", f"{spec.run_id} is driven by its season, not by a clock")
        await gateway.set_clock(spec, speed)
        return {"run_id": spec.run_id, "municipality": spec.municipality, "speed": speed}

    done = asyncio.run(on_runs(Target(run=run, city=city, at="", home=home), act))
    _print(done, [f"{one['municipality']}: clock at speed {speed:g}" for one in done], as_json=as_json)


@_app.command("list")
def list_changes(
    *, run: RunOption = "", city: CityOption = "", home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """List the changes of a run."""

    async def act(gateway: Gateway, spec: RunSpec) -> dict[str, Any]:
        changes = await gateway.changes(spec)
        return {"municipality": spec.municipality, "changes": [_values(change) for change in changes]}

    done = asyncio.run(on_runs(Target(run=run, city=city, at="", home=home), act))
    lines = [
        f"{one['municipality']}  {change['at']}  {change['kind']}  {_told(change)}"
        for one in done
        for change in one["changes"]
    ]
    _print(done, lines or ["no changes"], as_json=as_json)


def _change(values: dict[str, Any], target: Target, *, as_json: bool) -> None:
    done = asyncio.run(make_changes(lambda _: values, target))
    _print(
        done,
        [f"{one['municipality']}: {one['kind']} takes effect at {one['effective_at']}" for one in done],
        as_json=as_json,
    )


def _values(change: Change) -> dict[str, Any]:
    return {
        "at": isoformat(change.at),
        "at_ms": change.at,
        "kind": str(change.kind),
        "n": change.n,
        "procedure": change.procedure,
        "method": str(change.method) if change.method else None,
        "value": change.value,
    }


def _told(change: dict[str, Any]) -> str:
    if change["method"]:
        return f"{change['method']} for procedure {change['procedure'] or 'all'}"
    return str(change["value"])


def _print(values: list[dict[str, Any]], lines: Sequence[str], *, as_json: bool) -> None:
    if as_json:
        print_json(values)
        return
    for one in lines:
        say(one)
