"""What the commands that change an open run have in common: which runs are meant, and from when."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from shinsei.cli.targets import targets
from shinsei.domain import polling
from shinsei.domain.errors import InvalidInputError, NotFoundError, UnavailableError
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import SimTime, from_datetime, isoformat
from shinsei.season.gateway import Gateway

RunOption = Annotated[str, typer.Option("--run", metavar="RUN", help="Run id; default: the open run.")]
CityOption = Annotated[
    str, typer.Option("--city", metavar="CODE|METHOD", help="Only this municipality; default: every one of the run.")
]

Values = Mapping[str, Any]
"""A change without its time."""
Made = dict[str, Any]
"""A change as it was made: run, municipality, effective time, values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which runs a change is for, and from when."""

    run: str
    city: str
    at: str
    """Not before this Tokyo time, as it was typed; empty: as soon as possible."""
    home: Path | None
    option: str = "--at"
    """With which the time was typed."""


async def make_changes(values: Callable[[RunSpec], Values], target: Target) -> list[Made]:
    """Make a change in every run that is meant, in all of them at the same simulated time."""
    async with _open_runs(target) as (gateway, specs):
        not_before = max(moment(target.at, target.option), await _common_moment(gateway, specs))
        return [await _make(gateway, spec, values(spec), not_before) for spec in specs]


async def on_runs(target: Target, act: Callable[[Gateway, RunSpec], Awaitable[Made]]) -> list[Made]:
    """Do something with every run that is meant."""
    async with _open_runs(target) as (gateway, specs):
        return [await act(gateway, spec) for spec in specs]


def moment(text: str, option: str = "--at") -> SimTime:
    """A Tokyo time as it is typed; 0 for none.

    Raises:
        InvalidInputError: it is no time.
    """
    if not text:
        return SimTime(0)
    try:
        return from_datetime(datetime.fromisoformat(text))
    except ValueError:
        raise InvalidInputError(option, f"{text!r} is no time such as 2021-06-30T17:00") from None


async def _make(gateway: Gateway, spec: RunSpec, values: Values, not_before: SimTime) -> Made:
    effective, n = await gateway.make_change(spec, json.dumps(values).encode(), not_before=not_before)
    return {
        "run_id": spec.run_id,
        "municipality": spec.municipality,
        "effective_at": isoformat(effective),
        "effective_at_ms": effective,
        "n": n,
        **values,
    }


async def _common_moment(gateway: Gateway, specs: Sequence[RunSpec]) -> SimTime:
    """A moment that no twin has passed: a change of several takes effect in all of them at the same time."""
    if len(specs) == 1:
        return SimTime(0)
    standings = [await gateway.progress(spec, after=SimTime(0), wait_ms=0) for spec in specs]
    ahead = max(standing.frontier + spec.lookahead_ms for standing, spec in zip(standings, specs, strict=True))
    return polling.next_poll(specs[0], SimTime(ahead))


@asynccontextmanager
async def _open_runs(target: Target) -> AsyncIterator[tuple[Gateway, list[RunSpec]]]:
    async with Gateway(targets(target.home)) as gateway:
        yield gateway, _chosen([run.spec for run in await gateway.list_runs()], target)


def _chosen(specs: Sequence[RunSpec], target: Target) -> list[RunSpec]:
    """The runs of one run id, or of one of its municipalities; a municipality's code tells its run, too."""
    if target.run and target.run not in {spec.run_id for spec in specs}:
        raise NotFoundError("open run", target.run)
    if not specs:
        raise UnavailableError("no run is open; start one with shinsei season")
    wanted = target.city.upper().replace("-", "_")
    found = [
        spec
        for spec in specs
        if target.run in ("", spec.run_id) and (not wanted or wanted in {spec.municipality, str(spec.twin_method)})
    ]
    if not found:
        raise NotFoundError("municipality of the run", target.city)
    ids = sorted({spec.run_id for spec in found})
    if len(ids) > 1:
        raise InvalidInputError("--run", f"several runs are open, name one of {', '.join(ids)}")
    return sorted(found, key=lambda spec: spec.municipality)
