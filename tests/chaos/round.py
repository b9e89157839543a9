"""One round of chaos: a season and a load beside each other, and what is done to the stack meanwhile."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

from tests.chaos.checks import Verdict, felt, judge_load, judge_season
from tests.chaos.injections import Injection
from tests.chaos.load import Load
from tests.chaos.place import Place

from shinsei.contracts.model_faults import MODEL_FAULTS
from shinsei.domain.run import ChangeKind, RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.season.ledger import RunKey, read_ledger
from shinsei.season.letters import read_letters
from shinsei.season.wishes import MAX_SPEED, wish_speed
from shinsei.stack.home import Home
from shinsei.testing.command_line import CommandLine, open_season, reached
from shinsei.testing.waiting import eventually

SPEED: Final = 15_000
"""Of the season while things are done to it: 150 real seconds; then it is told to hurry."""
LOOKAHEAD: Final = "run.lookahead=6 h"
"""Shorter than its own, so that it moves every 1.4 s and a recovery is seen soon."""
DRAINED_WITHIN_S: Final = 400.0
"""A load that has come to a weekend waits for its Monday: five minutes by its clock."""
_SEASON_WITHIN_S: Final = 300.0

Tell = Callable[[str], None]
"""Is told how it goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An injection that has been survived."""

    name: str
    recovery_s: float
    """From the moment at which its harm was over until every part was ready and every run moved."""
    unaccounted: int
    """Right after that, in ledgers that move."""
    season_open: bool
    """Whether it was done while a season was under way."""
    struck: int | None = None
    """How often flags have done something, or how many packets a line has lost; None for everything else."""


@dataclass(slots=True, kw_only=True)
class Round:
    """What came of one round."""

    season: Verdict = field(default_factory=Verdict)
    load: Verdict = field(default_factory=Verdict)
    done: list[Done] = field(default_factory=list)
    letters: int = 0
    """Dead letters that no injection explains, or that are missing."""
    refused: list[str] = field(default_factory=list)
    """Why applications of the load were refused; none should be."""
    felt: set[ChangeKind] = field(default_factory=set)
    """Faults of the simulated world without which the plan of its season would be another."""
    partial: bool = False
    problem: str = ""
    """Why it could not be played to its end."""

    @property
    def missed_season(self) -> bool:
        """Whether nothing that was done struck its season."""
        return bool(self.done) and not any(one.season_open for one in self.done)

    @property
    def unaccounted(self) -> int:
        """In the ledgers read after each injection."""
        return sum(one.unaccounted for one in self.done)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a round is made of."""

    name: str
    seed: int
    """Of the season."""
    injections: Sequence[Injection]
    per_s: float
    """Applications of the load a real second."""
    place: int = 0
    """Where the load is: at another place than that of the round before, which is open still."""
    faults: Sequence[str] = (
        *("narrow-line", "line-outage", "scanner-slow", "robot-broken"),
        *("core-offline", "batch-file-aborted", "batch-file-twice"),
    )
    """Of the simulated world, made in the season as changes of its run."""
    until_s: float = float("inf")
    """On the monotonic clock: no injection begins after it."""


async def play(place: Place, wanted: Wanted, found: Round, tell: Tell) -> Load:
    """Plays a round to the end of its season, and judges that; the load that it leaves open is for ``settle``.

    Raises:
        AssertionError: the stack has not recovered, or the season has failed.
    """
    letters = len((await read_letters(place.stack.addresses.kafka_bootstrap)).letters)
    load = Load(place.gateway, place.stack, f"chaos-{wanted.name}", wanted.per_s, place=wanted.place)
    await load.open()
    try:
        async with _season(place, wanted) as (season, specs), asyncio.TaskGroup() as group:
            group.create_task(load.run())
            place.run_ids = {spec.run_id for spec in (*specs, *load.specs)}
            await _make_faults(place, wanted, specs)
            for injection in wanted.injections:
                if time.monotonic() > wanted.until_s:
                    break
                found.done.append(await _inject(place, injection, specs, tell))
            load.end()
            wish_speed(Home(path=place.stack.home).pace, MAX_SPEED)
            summary = await _ended(season)
        found.season = await judge_season(place.gateway, specs, place.stack.addresses.dsns["core_systems"])
        for spec in specs:
            found.felt |= felt(spec, await place.gateway.changes(spec))
        found.partial = bool(summary["partial"])
        found.refused = load.filed.refused
        explained = sum(one.letters for one in wanted.injections[: len(found.done)])
        now = (await read_letters(place.stack.addresses.kafka_bootstrap)).letters
        found.letters = unexplained(before=letters, now=len(now), wanted=explained)
    except BaseException:
        await load.close()
        raise
    return load


def unexplained(*, before: int, now: int, wanted: int) -> int:
    """Dead letters that came without being asked for, or were asked for and did not come."""
    return abs(now - before - wanted)


async def settle(place: Place, load: Load, found: Round) -> None:
    """Judges the load of a round when all of it has ended, and closes its runs; nothing is done to the stack now."""
    try:
        await _drained(place, load)
        found.load = await judge_load(place.gateway, load, place.stack.addresses.dsns["core_systems"])
    finally:
        await load.close()


async def _inject(place: Place, injection: Injection, specs: Sequence[RunSpec], tell: Tell) -> Done:
    season = {spec.run_id for spec in specs}
    season_open = any(run.spec.run_id in season for run in await place.runs())
    struck = await injection.strike(place)
    took_s = await place.recovered(time.monotonic())
    unaccounted = await place.unaccounted()
    times = "" if struck is None else f"struck {struck:,}, "
    tell(f"{injection.name}: {times}recovered in {took_s:.1f} s, unaccounted {unaccounted}")
    return Done(
        name=injection.name,
        recovery_s=round(took_s, 2),
        unaccounted=unaccounted,
        season_open=season_open,
        struck=struck,
    )


@asynccontextmanager
async def _season(place: Place, wanted: Wanted) -> AsyncIterator[tuple[Any, list[RunSpec]]]:
    """A season under way; whatever happens, nothing of it is left."""
    shinsei = CommandLine(home=place.stack.home, out=place.out)
    options = ("--seed", str(wanted.seed), "--speed", str(SPEED), "--set", LOOKAHEAD, "--discard")
    pace = Home(path=place.stack.home).pace
    wish_speed(pace, None)
    season = shinsei.start("season", "smoke", *options, *shinsei.season_options)
    try:
        await reached(place.gateway, 0.5, season)
        yield season, [run.spec for run in await open_season(place.gateway)]
    finally:
        wish_speed(pace, None)
        if season.poll() is None:
            season.kill()
            season.communicate()


async def _make_faults(place: Place, wanted: Wanted, specs: Sequence[RunSpec]) -> None:
    """Faults of the simulated world, in all twins: from as soon as possible to the end, or for their usual length."""
    for name in wanted.faults:
        fault = MODEL_FAULTS[name]
        change = json.dumps(fault.begins(fault.switchable.usual)).encode()
        for spec in specs:
            await place.gateway.make_change(spec, change, not_before=SimTime(0))


async def _ended(season: Any) -> dict[str, Any]:
    async with asyncio.timeout(_SEASON_WITHIN_S):
        out, err = await asyncio.to_thread(season.communicate)
    assert season.returncode == 0, f"the season ended with {season.returncode}\n{out}\n{err}"
    summary: dict[str, Any] = json.loads(out)
    return summary


async def _drained(place: Place, load: Load) -> None:
    """Waits until every application of the load has ended; what has not is found lost afterwards."""
    keys = [RunKey(run_id=spec.run_id, municipality=spec.municipality) for spec in load.specs]

    async def through() -> bool:
        ledgers = [(await read_ledger(place.gateway, key)).ledger for key in keys]
        return sum(one.accepted for one in ledgers) >= len(load.filed.receipts) and not any(
            one.in_flight or one.unaccounted for one in ledgers
        )

    with suppress(AssertionError):
        await eventually(through, within_s=DRAINED_WITHIN_S, every_s=0.5)
