"""Services die at the numbered steps between effect, outbox, publish and commit, and nothing shows of it."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from tests.e2e.test_season import assert_whole

from shinsei.runtime.crash_points import CrashPoint
from shinsei.stack import Stack
from shinsei.stack.errors import StackError
from shinsei.stack.status import PartState
from shinsei.testing.command_line import CommandLine
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


def test_the_short_walk_has_every_step_once() -> None:
    assert sorted(point for points in SHORT.values() for point in points) == list(CrashPoint)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("walk", [pytest.param(WALK, marks=pytest.mark.long, id="all"), pytest.param(SHORT, id="some")])
async def test_a_season_in_which_services_die_between_effect_and_commit_leaves_the_plans_trace(
    walk: Mapping[str, Sequence[CrashPoint]], shinsei: CommandLine, stack: Stack, crash_plans: Path
) -> None:
    before = restarts(stack)  # before the plans: what an earlier journey left may let a service die at once
    for service, points in walk.items():
        lines = [f"{point.name.lower()} {place % 3 + 1}\n" for place, point in enumerate(points)]
        (crash_plans / service).write_text("".join(lines))
        stack.restart(service)
    season = shinsei.start("season", "smoke", *shinsei.season_options)

    async def is_over() -> bool:
        await asyncio.to_thread(hurry, stack)
        return season.poll() is not None

    await eventually(is_over, within_s=500, every_s=0.3, what="the season is over")
    assert_whole(json.loads(await shinsei.end(season)))
    assert [(crash_plans / service).read_text() for service in walk] == [""] * len(walk)
    died = {service: restarts(stack)[service] - before[service] for service in walk}
    assert died == {service: len(points) for service, points in walk.items()}


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
