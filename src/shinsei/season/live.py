"""A season against services that are up: which run it is, how it is followed, how Ctrl-C ends it."""

import asyncio
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from shinsei.runtime.citizens import open_cards
from shinsei.runtime.clock import Clock, RealClock, sleep
from shinsei.scenario import Scenario
from shinsei.season.display import SeasonDisplay
from shinsei.season.environment import manifest
from shinsei.season.gateway import Gateway
from shinsei.season.outlook import Forecast
from shinsei.season.pacing import PaceSpec
from shinsei.season.request import SeasonRequest
from shinsei.season.results import Results, new_run_id
from shinsei.season.session import Season, close_finished, find_open, refuse_if_busy, run_season
from shinsei.season.steady import steady_ms
from shinsei.season.vigil import while_up
from shinsei.season.wishes import Wished, nothing_wished
from shinsei.season.writing import SeasonResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """What a season was asked for, beside its scenario."""

    request: SeasonRequest
    pace: PaceSpec
    results: Results
    command: str
    cards: Path | None = None
    """Folder with the citizens' cards; None: nobody signs."""
    wished: Wished = nothing_wished
    """The speed that somebody in the operations room wants."""
    forget_wish: Callable[[], object] = nothing_wished
    """Takes back what was wanted of an earlier season."""
    discard: bool = False
    """End open runs that are in the way."""
    forecast: Forecast | None = None
    """Works out how sure the answer is; None for a season alone."""


async def launch(
    wanted: Launch,
    scenario: Scenario | None,
    addresses: Mapping[str, str],
    console: Console,
    is_up: Callable[[], bool],
) -> SeasonResult:
    """Runs a new season of a scenario, or goes on with the one that is open.

    Args:
        wanted: how.
        scenario: the scenario of a new season; None goes on with the open one.
        addresses: ``host:port`` by the name of the service.
        console: where it is followed.
        is_up: whether the stack is there; a season ends when it has gone.

    Raises:
        UnavailableError: the stack has gone.
    """
    clock = RealClock()
    interrupted = asyncio.Event()
    _stop_on_signals(interrupted, console)
    async with Gateway(addresses, open_cards(wanted.cards)) as gateway:
        season = await _season(wanted, scenario, gateway, clock)
        wanted.forget_wish()  # not before: one that is refused must not let the one that runs go on
        if season.resumed:
            console.print(f"going on with {season.run_id}", highlight=False)
        now_ms = steady_ms(clock)
        display = SeasonDisplay(console, sleep, now_ms)
        work = run_season(season, gateway, observer=display, interrupted=interrupted, now_ms=now_ms)
        if season.forecast is not None:
            season.forecast.start(season.scenario)
        try:
            return await while_up(work, is_up, sleep)
        finally:
            if season.forecast is not None:
                season.forecast.stop()


async def _season(wanted: Launch, scenario: Scenario | None, gateway: Gateway, clock: Clock) -> Season:
    request = wanted.request
    await close_finished(gateway, wanted.results)
    if scenario is None:
        run_id, request, found = await find_open(gateway, wanted.results, request.scenario)
    else:
        run_id, found = new_run_id(scenario.name, now_ms=clock.now_ms()), scenario
        await refuse_if_busy(gateway, found.run_specs(run_id), discard=wanted.discard)
    return Season(
        run_id=run_id,
        scenario=found,
        request=request,
        pace=wanted.pace,
        results=wanted.results,
        environment=manifest(wanted.command),
        command=wanted.command,
        resumed=scenario is None,
        forecast=wanted.forecast,
        wished=wanted.wished,
    )


def _stop_on_signals(interrupted: asyncio.Event, console: Console) -> None:
    """The first Ctrl-C ends the season in good order, the second at once."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        interrupted.set()
        console.print("ending the season; a second Ctrl-C ends it at once", style="yellow", highlight=False)
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
