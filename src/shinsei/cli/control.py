"""``shinsei control``: change the model of an open run; every change has its effective simulated time."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from shinsei.cli.options import HomeOption
from shinsei.cli.output import JsonOption, print_json, say
from shinsei.cli.targets import targets
from shinsei.domain import polling
from shinsei.domain.catalogue import procedure_by_key
from shinsei.domain.errors import InvalidInputError, NotFoundError, UnavailableError
from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod
from shinsei.domain.run import Change, ChangeKind, Pacing, RunSpec
from shinsei.domain.simtime import SimTime, from_datetime, isoformat
from shinsei.season.gateway import Gateway

_app = typer.Typer(
    help="Change an open run: policy, staff, model faults. The effective simulated time is printed.",
    no_args_is_help=True,
)

RunOption = Annotated[str, typer.Option("--run", metavar="RUN", help="Run id; default: the open run.")]
CityOption = Annotated[
    str, typer.Option("--city", metavar="CODE|METHOD", help="Only this municipality; default: every one of the run.")
]
AtOption = Annotated[
    str, typer.Option("--at", metavar="TIME", help="Not before this Tokyo time; default: as soon as possible.")
]


class Feed(StrEnum):
    """Whether the registry's refreshes run."""

    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """Which runs a change is for, and from when."""

    run: str
    city: str
    at: str
    home: Path | None


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
    _change(values, _Target(run=run, city=city, at=at, home=home), as_json=as_json)


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
    _change({"kind": ChangeKind.STAFF, "value": clerks}, _Target(run=run, city=city, at=at, home=home), as_json=as_json)


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
    _change(
        {"kind": ChangeKind.ROBOTS, "value": number}, _Target(run=run, city=city, at=at, home=home), as_json=as_json
    )


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
    _change({"kind": ChangeKind.LINE, "value": minutes}, _Target(run=run, city=city, at=at, home=home), as_json=as_json)


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
    _change(values, _Target(run=run, city=city, at=at, home=home), as_json=as_json)


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

    done = asyncio.run(_on_runs(_Target(run=run, city=city, at="", home=home), act))
    _print(done, [f"{one['municipality']}: clock at speed {speed:g}" for one in done], as_json=as_json)


@_app.command("list")
def list_changes(
    *, run: RunOption = "", city: CityOption = "", home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """List the changes of a run."""

    async def act(gateway: Gateway, spec: RunSpec) -> dict[str, Any]:
        changes = await gateway.changes(spec)
        return {"municipality": spec.municipality, "changes": [_values(change) for change in changes]}

    done = asyncio.run(_on_runs(_Target(run=run, city=city, at="", home=home), act))
    lines = [
        f"{one['municipality']}  {change['at']}  {change['kind']}  {_told(change)}"
        for one in done
        for change in one["changes"]
    ]
    _print(done, lines or ["no changes"], as_json=as_json)


def _change(values: dict[str, Any], target: _Target, *, as_json: bool) -> None:
    done = asyncio.run(_make_changes(values, target))
    _print(
        done,
        [f"{one['municipality']}: {one['kind']} takes effect at {one['effective_at']}" for one in done],
        as_json=as_json,
    )


async def _make_changes(values: dict[str, Any], target: _Target) -> list[dict[str, Any]]:
    async with _open_runs(target) as (gateway, specs):
        not_before = max(_moment(target.at), await _common_moment(gateway, specs))
        done = []
        for spec in specs:
            effective, n = await gateway.make_change(spec, json.dumps(values).encode(), not_before=not_before)
            done.append(
                {
                    "run_id": spec.run_id,
                    "municipality": spec.municipality,
                    "effective_at": isoformat(effective),
                    "effective_at_ms": effective,
                    "n": n,
                    **values,
                }
            )
        return done


async def _common_moment(gateway: Gateway, specs: Sequence[RunSpec]) -> SimTime:
    """A moment that no twin has passed: a change of several takes effect in all of them at the same time."""
    if len(specs) == 1:
        return SimTime(0)
    standings = [await gateway.progress(spec, after=SimTime(0), wait_ms=0) for spec in specs]
    ahead = max(standing.frontier + spec.lookahead_ms for standing, spec in zip(standings, specs, strict=True))
    return polling.next_poll(specs[0], SimTime(ahead))


async def _on_runs(
    target: _Target, act: Callable[[Gateway, RunSpec], Awaitable[dict[str, Any]]]
) -> list[dict[str, Any]]:
    async with _open_runs(target) as (gateway, specs):
        return [await act(gateway, spec) for spec in specs]


@asynccontextmanager
async def _open_runs(target: _Target) -> AsyncIterator[tuple[Gateway, list[RunSpec]]]:
    async with Gateway(targets(target.home)) as gateway:
        yield gateway, _chosen([run.spec for run in await gateway.list_runs()], target)


def _chosen(specs: Sequence[RunSpec], target: _Target) -> list[RunSpec]:
    """The runs of one run id, or of one of its municipalities."""
    ids = sorted({spec.run_id for spec in specs})
    if target.run and target.run not in ids:
        raise NotFoundError("open run", target.run)
    if not ids:
        raise UnavailableError("no run is open; start one with shinsei season")
    if not target.run and len(ids) > 1:
        raise InvalidInputError("--run", f"several runs are open, name one of {', '.join(ids)}")
    run = target.run or ids[0]
    wanted = target.city.upper().replace("-", "_")
    found = [
        spec
        for spec in specs
        if spec.run_id == run and (not wanted or wanted in {spec.municipality, str(spec.twin_method)})
    ]
    if not found:
        raise NotFoundError("municipality of the run", target.city)
    return sorted(found, key=lambda spec: spec.municipality)


def _moment(text: str) -> SimTime:
    if not text:
        return SimTime(0)
    try:
        return from_datetime(datetime.fromisoformat(text))
    except ValueError:
        raise InvalidInputError("--at", f"{text!r} is no time such as 2021-06-30T17:00") from None


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
