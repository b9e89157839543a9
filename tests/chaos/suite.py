"""The long form: rounds of chaos on a stack of its own, until the minutes are over."""

import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from typing import Any, Final

from tests.chaos.injections import everything
from tests.chaos.line import Line
from tests.chaos.load import Load
from tests.chaos.order import endless
from tests.chaos.place import Place
from tests.chaos.report import summarise, table
from tests.chaos.round import Round, Tell, Wanted, play, settle
from tests.chaos.volume import Volume, volume

from shinsei.cli.targets import targets_of
from shinsei.runtime.clock import RealClock
from shinsei.runtime.retry import describe
from shinsei.season.environment import manifest
from shinsei.season.fault_flags import FaultSwitch
from shinsei.season.gateway import Gateway
from shinsei.season.results import ENVIRONMENT, SUMMARY, TABLE, Results, as_json, new_run_id
from shinsei.stack import Stack, ensure, stop

IN_A_ROUND: Final = 8
"""Injections of a round, at most."""
PER_S: Final = 20.0
LAST_ROUND_S: Final = 60.0
"""No round is begun when less than this is left."""

_BEGUN_S: Final = time.monotonic()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """What the long form is asked for."""

    seed: int
    minutes: float
    only: str = ""
    """Of all injections, those with this in their name."""


@asynccontextmanager
async def at(stack: Stack, out: Path, disk: Volume | None = None, line: Line | None = None) -> AsyncIterator[Place]:
    """A stack as a place for chaos; second processes that are left are ended."""
    addresses = targets_of(stack.addresses)
    async with Gateway(addresses) as gateway, FaultSwitch(addresses) as switch:
        place = Place(stack=stack, gateway=gateway, switch=switch, out=out, disk=disk, line=line)
        try:
            yield place
        finally:
            for second in place.seconds:
                second.kill()


async def run_rounds(place: Place, suite: Suite, tell: Tell) -> list[Round]:
    """Rounds of a season and a load each, while there is time; one that breaks is the last."""
    ends_s = time.monotonic() + suite.minutes * 60
    seed = suite.seed
    order = endless(seed, [one for one in everything(place) if suite.only in one.name])
    rounds: list[Round] = []
    left: list[tuple[Load, Round]] = []
    for n in count(1):
        if rounds and ends_s - time.monotonic() < LAST_ROUND_S:
            break
        tell(f"round {n}")
        wanted = Wanted(
            name=f"{seed}-{n}-{RealClock().now_ms()}",
            seed=seed * 1_000 + n,
            injections=list(islice(order, IN_A_ROUND)),
            per_s=PER_S,
            place=n % 2,
            until_s=ends_s,
        )
        rounds.append(Round())
        try:
            load = await play(place, wanted, rounds[-1], tell)
            # A load takes minutes to be through: that of the round before has had the time of this one.
            await _settle(place, left)
            left.append((load, rounds[-1]))
        except Exception as error:  # noqa: BLE001 - whatever it is, what was found until then is worth a table
            rounds[-1].problem = _told(error)
            tell(rounds[-1].problem)
            break
    await _settle(place, left)
    return rounds


async def _settle(place: Place, left: list[tuple[Load, Round]]) -> None:
    while left:
        load, found = left.pop()
        try:
            await settle(place, load, found)
        except Exception as error:  # noqa: BLE001 - as above
            found.problem = _told(error)


async def run_suite(
    folder: Path, results: Results, wanted: Suite, tell: Tell, line: Line | None = None
) -> dict[str, Any]:
    """Chaos on a stack of its own; writes the result and returns its summary."""
    begun_s = time.monotonic()
    with volume(folder / "volume", tell) as disk:
        home = folder / "volume" / "home"
        stack, _ = ensure(home, ports="free")
        try:
            async with at(stack, folder / "seasons", disk, line) as place:
                rounds = await run_rounds(place, wanted, tell)
        finally:
            stop(home)
    summary = summarise(rounds, wanted.seed, wanted.minutes, time.monotonic() - begun_s)
    only = f" ONLY={wanted.only!r}" if wanted.only else ""
    run_id = new_run_id("chaos", now_ms=RealClock().now_ms())
    results.write(run_id, TABLE, "".join(f"{line}\n" for line in table(summary)))
    results.write(
        run_id, ENVIRONMENT, as_json(manifest(f"make chaos MINUTES={wanted.minutes:g} SEED={wanted.seed}{only}"))
    )
    results.write(run_id, SUMMARY, as_json({"run_id": run_id, **summary}))
    results.point_latest(run_id)
    return summary


def _told(error: BaseException) -> str:
    """An error in a line; of a group of them, the first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return describe(error)


def tell(line: str) -> None:
    """How it goes, on standard error."""
    sys.stderr.write(f"{time.monotonic() - _BEGUN_S:6.0f} s  {line}\n")
    sys.stderr.flush()
