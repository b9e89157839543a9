"""A load test on services that are up, from the names on the command line to the files of its result."""

import asyncio
import signal
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

from shinsei.domain.errors import ConflictError, InvalidInputError
from shinsei.domain.run import RunSpec
from shinsei.loadtest.bodies import POOL
from shinsei.loadtest.checking import Check, examine
from shinsei.loadtest.confirming import planned
from shinsei.loadtest.ending import list_runs
from shinsei.loadtest.finding import Found
from shinsei.loadtest.plan import Plan
from shinsei.loadtest.preset import Preset
from shinsei.loadtest.running import LoadTest, Show, Wanted, open_runs
from shinsei.loadtest.summary import Context, summarise
from shinsei.loadtest.target import Mix, busiest_hour_per_s, conditions, config_hash, run_specs, scenario_of
from shinsei.loadtest.under_test import Target
from shinsei.loadtest.writing import write
from shinsei.runtime.clock import RealClock
from shinsei.runtime.observability import start_metrics
from shinsei.scenario import Scenario
from shinsei.season.environment import manifest
from shinsei.season.gateway import Gateway
from shinsei.season.results import Results, new_run_id
from shinsei.stack.ports import LOOPBACK
from shinsei.stack.prometheus import scraped


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a load test was asked for."""

    preset: Preset
    rate: float | None
    """Another peak, in applications a second; None for the preset's own."""
    processes: int
    results: Results
    command: str
    discard: bool = False
    """End open runs that are in the way."""
    requests_csv: bool = False


async def run(asked: Asked, target: Target, show: Show, say: Callable[[str], None]) -> dict[str, Any]:
    """Runs a load test and returns its summary; the first Ctrl-C ends it with a partial result.

    Raises:
        InvalidInputError: preset, offices or rate are wrong.
        ConflictError: another run has a municipality, or a check has failed.
        UnavailableError: the target is not there.
    """
    scenario, specs, wanted = _wanted(asked)
    environment = {**manifest(asked.command), "stack": dict(target.settings)}
    context = Context(
        run_id=specs[0].run_id,
        preset=asked.preset,
        profile=wanted.profile,
        busiest_hour_per_s=busiest_hour_per_s(asked.preset.file.reference),
        config_hash=config_hash(asked.preset, scenario, asked.rate),
        command=asked.command,
        commit=environment["commit"],
        conditions=conditions(environment, asked.preset),
        processes=asked.processes,
        municipalities=len(specs),
    )
    interrupted = asyncio.Event()
    _stop_on_signals(interrupted, say)
    async with Gateway(target.addresses) as gateway:
        await _make_room(asked, specs, gateway)
        failed = [check for check in await examine(asked.preset, specs, target, gateway) if not check.is_ok]
        if failed:
            raise ConflictError(f"{failed[0].name}: {failed[0].detail}; shinsei loadtest doctor shows all checks")
        asked.results.folder(context.run_id)
        with _watched(target, say):
            outcome = await LoadTest(wanted, target, gateway, show).run(interrupted)
    if outcome.offices:
        say("planning the same offices")
        context = replace(context, planned=await asyncio.to_thread(_planned, asked.preset, specs))
    summary = summarise(outcome, context)
    write(asked.results, outcome, context, summary, environment, scenario.record())
    return summary


def _watched(target: Target, say: Callable[[str], None]) -> AbstractContextManager[None]:
    """Serves what the test tells of itself, and has the Prometheus of the stack find it."""
    port = start_metrics(0)
    if target.prometheus is not None:
        return scraped(target.prometheus, port)
    say(f"metrics of the load test: http://{LOOPBACK}:{port}/metrics")
    return nullcontext()


def _planned(preset: Preset, specs: Sequence[RunSpec]) -> dict[str, Found]:
    """The planner's own search, of the offices of the first step."""
    section = preset.file.search
    assert section is not None, "offices were searched"
    first, procedures = specs[: len(preset.file.methods)], Mix(preset.file.mix).pool(POOL)
    return {str(spec.twin_method): planned(spec, section, preset.file.clock_speed, procedures) for spec in first}


async def doctor(asked: Asked, target: Target) -> list[Check]:
    """Looks at the target and asks nothing of it."""
    _, specs, _ = _wanted(asked)
    async with Gateway(target.addresses) as gateway:
        return await examine(asked.preset, specs, target, gateway)


async def prepare(asked: Asked, target: Target) -> str:
    """Opens the runs and writes the plan that the ``locust`` command needs; returns its path.

    Raises:
        InvalidInputError: it is a search, which nobody but `shinsei loadtest run` can conduct; nothing is opened then.
    """
    if asked.preset.file.search is not None:
        searches = "searches, and decides on rates while it runs: start it with shinsei loadtest run"
        raise InvalidInputError("preset", f"{asked.preset.name} {searches}")
    _, specs, wanted = _wanted(asked)
    async with Gateway(target.addresses) as gateway:
        await _make_room(asked, specs, gateway)
        await open_runs(gateway, wanted)
    plan = Plan.of(asked.preset, specs, wanted.profile, targets=target.for_workers)
    return str(asked.results.write(specs[0].run_id, "plan.json", plan.model_dump_json()))


def _wanted(asked: Asked) -> tuple[Scenario, list[RunSpec], Wanted]:
    scenario = scenario_of(asked.preset)
    specs = run_specs(asked.preset, scenario, new_run_id(f"load-{asked.preset.name}", now_ms=RealClock().now_ms()))
    wanted = Wanted(
        preset=asked.preset,
        specs=specs,
        profile=asked.preset.profile(asked.rate),
        processes=asked.processes,
        folder=asked.results.root / specs[0].run_id,
        requests_csv=asked.requests_csv,
    )
    return scenario, specs, wanted


async def _make_room(asked: Asked, specs: list[RunSpec], gateway: Gateway) -> None:
    """Ends what is in the way, if that is wanted."""
    if not asked.discard:
        return
    ours = {spec.municipality for spec in specs}
    for run in await list_runs(gateway):
        if run.spec.municipality in ours:
            await gateway.close_run(run.spec)


def _stop_on_signals(interrupted: asyncio.Event, say: Callable[[str], None]) -> None:
    loop = asyncio.get_running_loop()

    def stop() -> None:
        interrupted.set()
        say("ending the load test; a second Ctrl-C ends it at once")
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
