"""Services die at the numbered steps between effect, outbox, publish and commit, and nothing shows of it."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from tests.e2e.test_season import assert_whole

from shinsei.runtime.crash_points import CrashPoint
from shinsei.season.gateway import Gateway
from shinsei.season.ledger import RunKey, read_ledger
from shinsei.stack import Stack
from shinsei.stack.errors import StackError
from shinsei.stack.status import PartState
from shinsei.testing.command_line import CommandLine, open_season, reached
from shinsei.testing.waiting import eventually

WALK: Mapping[str, Sequence[CrashPoint]] = {
    "portal_sim": (CrashPoint.UNCOMMITTED, CrashPoint.COMMITTED),
    "linkage_server": tuple(CrashPoint),
    "app_mgmt": tuple(CrashPoint),
    "core_systems": tuple(CrashPoint),
}
"""The portal sends nothing and reads no topic; it has transactions only."""


SHORT: Mapping[str, Sequence[CrashPoint]] = {
    "portal_sim": (CrashPoint.COMMITTED,),
    "linkage_server": (CrashPoint.TAKEN, CrashPoint.PUBLISHED, CrashPoint.OFFSET),
    "app_mgmt": (CrashPoint.UNCOMMITTED, CrashPoint.HANDLED, CrashPoint.OUTBOX),
    "core_systems": (CrashPoint.EFFECT, CrashPoint.FORGOTTEN),
}
"""Each of the steps once, in one service or another."""

TAKE_OVERS = 12
"""A service that starts has a transaction for each partition of its consumers; those are let go by."""


def test_the_short_walk_has_every_step_once() -> None:
    assert sorted(point for points in SHORT.values() for point in points) == list(CrashPoint)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("walk", [pytest.param(WALK, marks=pytest.mark.long, id="all"), pytest.param(SHORT, id="some")])
async def test_a_season_in_which_services_die_between_effect_and_commit_leaves_the_plans_trace(
    walk: Mapping[str, Sequence[CrashPoint]], shinsei: CommandLine, stack: Stack, gateway: Gateway, crash_plans: Path
) -> None:
    """The season is under way when the first of them dies: there are applications to lose."""
    season = shinsei.start("season", "smoke", *shinsei.season_options)
    await reached(gateway, 1, season)
    accepted = [(await read_ledger(gateway, key)).ledger.accepted for key in await open_keys(gateway)]
    assert min(accepted) > 0
    before = restarts(stack)
    for service, points in walk.items():
        (crash_plans / service).write_text("".join(map(line, range(len(points)), points)))
    await asyncio.gather(*(asyncio.to_thread(stack.restart, service) for service in walk))

    async def is_over() -> bool:
        await asyncio.to_thread(hurry, stack)
        return season.poll() is not None

    await eventually(is_over, within_s=500, every_s=0.3, what="the season is over")
    assert_whole(json.loads(await shinsei.end(season)))
    assert [(crash_plans / service).read_text() for service in walk] == [""] * len(walk)
    died = {service: restarts(stack)[service] - before[service] for service in walk}
    assert died == {service: len(points) for service, points in walk.items()}


def line(place: int, point: CrashPoint) -> str:
    passes = place % 3 + 1
    if point in (CrashPoint.UNCOMMITTED, CrashPoint.COMMITTED):
        passes += TAKE_OVERS
    return f"{point.name.lower()} {passes}\n"


async def open_keys(gateway: Gateway) -> list[RunKey]:
    runs = await open_season(gateway)
    return [RunKey(run_id=run.spec.run_id, municipality=run.spec.municipality) for run in runs]


def restarts(stack: Stack) -> dict[str, int]:
    return {part.name: part.restarts for part in stack.status().parts}


def hurry(stack: Stack) -> None:
    """Who dies often is started again late; here it is asked for at once."""
    for part in stack.status().parts:
        if part.state is PartState.RESTARTING:
            try:
                stack.restart(part.name)
            except StackError:
                return  # it has died again in the meantime
