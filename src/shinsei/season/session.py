"""One season from its first filing to its written result; interrupted or resumed on the way.

A run stays open at the portal until the season has reached its end: that is what ``--resume`` finds.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from shinsei.domain.demand import filings
from shinsei.domain.errors import ConflictError
from shinsei.domain.run import Pacing, RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.scenario import Scenario
from shinsei.season.clearing import ClearWatch
from shinsei.season.collect import collect
from shinsei.season.drive import SeasonDriver
from shinsei.season.gateway import Gateway
from shinsei.season.outlook import Forecast
from shinsei.season.pacing import Pace, PaceSpec
from shinsei.season.request import SeasonRequest
from shinsei.season.results import REQUEST, SCENARIO, SUMMARY, Results
from shinsei.season.wishes import Wished, nothing_wished
from shinsei.season.writing import SeasonResult, write_results


class Observer(Protocol):
    """Whoever shows how a season goes on."""

    async def follow(self, driver: SeasonDriver, gateway: Gateway) -> None:
        """Shows the season until cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """A season that is about to run."""

    run_id: str
    scenario: Scenario
    request: SeasonRequest
    pace: PaceSpec
    results: Results
    environment: Mapping[str, Any]
    command: str
    resumed: bool = False
    forecast: Forecast | None = None
    """Works out in virtual time, meanwhile, how sure the answer is."""
    wished: Wished = nothing_wished
    """The speed that somebody in the operations room wants."""

    @property
    def specs(self) -> list[RunSpec]:
        """One run a twin."""
        return self.scenario.run_specs(self.run_id)


async def run_season(
    season: Season,
    gateway: Gateway,
    *,
    observer: Observer,
    interrupted: asyncio.Event,
    now_ms: Callable[[], int],
) -> SeasonResult:
    """Runs a season to its end, or until ``interrupted`` is set: then the result is marked partial.

    Raises:
        ConflictError: another run has one of the municipalities.
        UnavailableError: the stack went away and did not come back.
    """
    began = now_ms()
    _remember(season)
    to_file = {spec: [filing for filing in filings(spec) if filing.online] for spec in season.specs}
    clear = None
    if season.request.until_clear or season.scenario.until_clear:
        clear = ClearWatch(to_file, season.scenario.compared_procedures, gateway.histories)
    driver = SeasonDriver(gateway, to_file, Pace(season.pace, now_ms, season.wished), now_ms, clear)
    finished = await _drive(driver, gateway, observer, interrupted)
    end = driver.end if finished else _reached(driver, season.specs)
    wall_s = (now_ms() - began) / 1000
    outlook = await season.forecast.result() if season.forecast and finished else None
    outcome = await collect(gateway, driver.standings, end, wall_s=wall_s, partial=not finished)
    result = write_results(
        season.results,
        season.scenario,
        outcome,
        environment=season.environment,
        command=season.command,
        wall_s=wall_s + _earlier_s(season),
        outlook=outlook,
    )
    if finished:
        for spec in season.specs:
            await gateway.close_run(spec)
    return result


async def refuse_if_busy(gateway: Gateway, specs: Sequence[RunSpec], *, discard: bool) -> None:
    """Makes sure that no open run has one of the municipalities; ``discard`` closes what is open.

    Raises:
        ConflictError: one has.
    """
    wanted = {spec.municipality for spec in specs}
    for run in await gateway.list_runs():
        if run.closed or run.spec.municipality not in wanted:
            continue
        if not discard:
            how = "go on with it by shinsei season --resume, or " if run.spec.pacing is Pacing.DRIVER else ""
            raise ConflictError(
                f"run {run.spec.run_id} of {run.spec.municipality} is still open: {how}add --discard to end it"
            )
        await gateway.close_run(run.spec)


async def close_finished(gateway: Gateway, results: Results) -> None:
    """Closes runs whose season has a complete result: it was killed between writing and closing."""
    for run in await gateway.list_runs():
        if not run.closed and (results.root / run.spec.run_id / SUMMARY).is_file():
            found = results.find(run.spec.run_id).summary or {}
            if not found.get("partial", True):
                await gateway.close_run(run.spec)


async def find_open(gateway: Gateway, results: Results, scenario: str) -> tuple[str, SeasonRequest, Scenario]:
    """The open season that was started last: its run id, request and scenario as recorded.

    ``scenario`` names one, by its path or name; empty for any.

    Raises:
        ConflictError: none is open, or none of this scenario; or its folder is gone, or says something else.
    """
    open_runs = [run for run in await gateway.list_runs() if not run.closed and run.spec.pacing is Pacing.DRIVER]
    fitting = [
        run for run in open_runs if not scenario or run.spec.scenario == Path(scenario).name.removesuffix(".toml")
    ]
    if not fitting:
        which = f"of {scenario} " if scenario else ""
        raise ConflictError(f"no season {which}is open; start one with shinsei season SCENARIO")
    run_id = fitting[-1].spec.run_id  # the portal lists them in the order of their start
    folder = results.root / run_id
    if not (folder / REQUEST).is_file() or not (folder / SCENARIO).is_file():
        raise ConflictError(f"run {run_id} is open, but {folder} is not there; name its folder with --out")
    request = SeasonRequest.of((folder / REQUEST).read_text(encoding="utf-8"))
    found = request.reload((folder / SCENARIO).read_text(encoding="utf-8"))
    specs = found.run_specs(run_id)
    if any(run.spec not in specs for run in fitting if run.spec.run_id == run_id):
        raise ConflictError(f"run {run_id} was started from another scenario than {folder} holds")
    return run_id, request, found


def _remember(season: Season) -> None:
    """Leaves behind what a resumed season needs, before anything is filed."""
    if not season.resumed:
        season.results.write(season.run_id, REQUEST, season.request.as_json())
        season.results.write(season.run_id, SCENARIO, season.scenario.record())


async def _drive(driver: SeasonDriver, gateway: Gateway, observer: Observer, interrupted: asyncio.Event) -> bool:
    """Whether the season came to its end."""
    driving = asyncio.create_task(driver.run())
    stopping = asyncio.create_task(interrupted.wait())
    showing = asyncio.create_task(observer.follow(driver, gateway))
    try:
        await asyncio.wait((driving, stopping), return_when=asyncio.FIRST_COMPLETED)
        if not driving.done():
            driving.cancel()
            await asyncio.wait((driving,))
            return False
        await driving
        return True
    finally:
        for task in (stopping, showing, driving):
            task.cancel()
        await asyncio.gather(stopping, showing, driving, return_exceptions=True)


def _reached(driver: SeasonDriver, specs: Sequence[RunSpec]) -> SimTime:
    """How far every twin came: a partial result ends at the same moment in all of them.

    Raises:
        ConflictError: nothing has been started yet.
    """
    if not driver.standings:
        raise ConflictError("interrupted before the season began; nothing was filed")
    lowest = min(standing.returned for standing in driver.standings)
    return SimTime(max(min(lowest, specs[0].end), specs[0].start + 1))


def _earlier_s(season: Season) -> float:
    """Real seconds of the sessions before an interruption, as their partial result says."""
    if not season.resumed or not (season.results.root / season.run_id / SUMMARY).is_file():
        return 0.0
    found = season.results.find(season.run_id).summary or {}
    return float(found.get("wall_s", 0.0)) if found.get("partial") else 0.0
