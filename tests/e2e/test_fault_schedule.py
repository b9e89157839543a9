"""Faults of the machinery that come and go by themselves beside a season, which leaves the plan's trace."""

import asyncio
import json
from collections import Counter

from prometheus_client.parser import text_string_to_metric_families
from tests.e2e.test_season import assert_whole

from shinsei.contracts.fault_flags import EVERY_SERVICE
from shinsei.season.gateway import Gateway
from shinsei.stack import Stack
from shinsei.stack.readiness import read_metrics
from shinsei.testing.command_line import CommandLine, reached

SCHEDULE = ("fault", "schedule", "--seed", "3353", "--minutes", "0.5")
"""Eight flags within half a minute, each another, in all four services."""
SPEED = "50000"
"""A season of three quarters of a minute."""


async def test_faults_that_come_by_a_schedule_change_no_trace_and_go_by_themselves(
    shinsei: CommandLine, stack: Stack, gateway: Gateway
) -> None:
    planned = json.loads(await shinsei.run(*SCHEDULE, "--dry-run", "--json"))
    assert len({fault["flag"] for fault in planned}) == len(planned) == 8
    before = await times_struck(stack)
    season = shinsei.start("season", "smoke", "--speed", SPEED, *shinsei.season_options)
    await reached(gateway, 0.5, season)
    told = await shinsei.run(*SCHEDULE)
    assert season.poll() is None, "the season was over before its faults"
    assert [line.split()[2:4] for line in told.splitlines()] == [[one["service"], one["flag"]] for one in planned]
    assert_whole(json.loads(await shinsei.end(season)))
    struck = await times_struck(stack)
    idle = [one for one in planned if struck[one["service"], one["flag"]] == before[one["service"], one["flag"]]]
    assert idle == [], "every flag does something to a season"
    listed = json.loads(await shinsei.run("fault", "list", "--json"))
    assert not any(one["set"] for one in listed["flags"])


async def times_struck(stack: Stack) -> Counter[tuple[str, str]]:
    """How often each flag of each service has done something so far, also if it is over."""
    found: Counter[tuple[str, str]] = Counter()
    for service in EVERY_SERVICE:
        text = await asyncio.to_thread(read_metrics, stack.addresses.metrics[service])
        for family in text_string_to_metric_families(text or ""):
            for sample in family.samples:
                if sample.name == "shinsei_fault_struck_total":
                    found[service, sample.labels["flag"]] = int(sample.value)
    return found
