"""Faults of the machinery that come and go by themselves beside a season, which leaves the plan's trace."""

import json

from tests.e2e.test_season import assert_whole

from shinsei.season.gateway import Gateway
from shinsei.testing.command_line import CommandLine, reached

SCHEDULE = ("fault", "schedule", "--seed", "3353", "--minutes", "0.5")
"""Eight flags within half a minute, each another, in all four services."""
SPEED = "50000"
"""A season of three quarters of a minute."""


async def test_faults_that_come_by_a_schedule_change_no_trace_and_go_by_themselves(
    shinsei: CommandLine, gateway: Gateway
) -> None:
    planned = json.loads(await shinsei.run(*SCHEDULE, "--dry-run", "--json"))
    assert len({fault["flag"] for fault in planned}) == len(planned) == 8
    season = shinsei.start("season", "smoke", "--speed", SPEED, *shinsei.season_options)
    await reached(gateway, 0.5, season)
    told = await shinsei.run(*SCHEDULE)
    assert season.poll() is None, "the season was over before its faults"
    assert [line.split()[2:4] for line in told.splitlines()] == [[one["service"], one["flag"]] for one in planned]
    assert_whole(json.loads(await shinsei.end(season)))
    listed = json.loads(await shinsei.run("fault", "list", "--json"))
    assert not any(one["set"] for one in listed["flags"])
