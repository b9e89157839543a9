"""More processes of a service than one: they come and go in the middle of a season, as pods do."""

import asyncio
import json
from collections.abc import Iterator, Mapping

import pytest
from tests.e2e.test_season import assert_whole

from shinsei.season.gateway import Gateway
from shinsei.stack import Stack
from shinsei.testing.command_line import CommandLine, interrupt, reached
from shinsei.testing.second_process import SCALED, SecondProcess
from shinsei.testing.waiting import eventually

SLOWLY = ("--speed", "20000")
"""A season that is still under way when the second processes have gone: 108 s, of which the test sees a part."""


@pytest.fixture
def second(stack: Stack) -> Iterator[Mapping[str, SecondProcess]]:
    """One more of each."""
    started = {service: SecondProcess.start(stack, service) for service in SCALED}
    yield started
    for one in started.values():
        one.kill()


@pytest.mark.timeout(400)
async def test_processes_that_come_and_go_in_the_middle_leave_the_plans_trace(
    shinsei: CommandLine, gateway: Gateway, second: Mapping[str, SecondProcess]
) -> None:
    season = shinsei.start("season", "smoke", *SLOWLY, *shinsei.season_options)
    await reached(gateway, 0.5, season)
    for name, one in second.items():
        await eventually(one.handled, within_s=120, every_s=0.3, what=f"the second {name} has work")
    codes = await asyncio.gather(*(asyncio.to_thread(one.drain) for one in second.values()))
    assert codes == [0] * len(SCALED), "each has drained"
    interrupt(season)
    assert json.loads(await shinsei.end(season, code=130))["ledger"]["unaccounted"] == 0
    assert_whole(await shinsei.season("--resume"))
