"""The portal dies in the middle of a load test and comes back, or does not: nothing that it took is lost."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
from tests.e2e.test_loadtest import a_preset
from tests.e2e.test_loadtest_ends import accepted_something, open_loads

from shinsei.season.gateway import Gateway
from shinsei.stack import Stack
from shinsei.testing.command_line import CommandLine
from shinsei.testing.waiting import eventually

PORTAL = "portal_sim"


def a_test(folder: Path, length: str) -> str:
    """Smoke of another length, which gives the target up after two seconds and has no gates on time."""
    return a_preset(
        folder,
        "smoke",
        ('at = "30 s"', f'at = "{length}"'),
        ('drain = "60 s"', 'gone_after = "2 s"\ndrain = "60 s"'),
        ('most_generator_lag = "250 ms"', 'most_generator_lag = "10 s"'),
        ("at_most = 10.0", "at_most = 120.0"),
    )


@asynccontextmanager
async def away_for_good(stack: Stack) -> AsyncIterator[None]:
    """The portal is dead, and the supervisor stands still, so that nobody starts it again before the end."""
    part = stack.status().part(PORTAL)
    assert part is not None
    portal = psutil.Process(part.pid)
    supervisor = portal.parent()
    assert supervisor is not None
    supervisor.suspend()
    portal.kill()
    try:
        yield
    finally:
        supervisor.resume()

        async def is_back() -> bool:
            found = stack.status().part(PORTAL)
            return found is not None and found.pid not in {None, part.pid}

        await eventually(is_back, within_s=30)
        stack.wait_ready(PORTAL)


async def outcome_of(test: Any) -> tuple[dict[str, Any], str]:
    out, err = await asyncio.to_thread(test.communicate)
    assert test.returncode == 1, err
    assert "Traceback" not in err
    return json.loads(out), err.splitlines()[-1]


async def test_a_portal_that_comes_back_costs_the_calls_of_its_absence_and_nothing_else(
    stack: Stack, shinsei: CommandLine, gateway: Gateway, tmp_path: Path
) -> None:
    test = shinsei.start("loadtest", "run", a_test(tmp_path, "8 s"), "--out", str(tmp_path), "--json")
    await accepted_something(tmp_path)
    stack.kill(PORTAL, signal.SIGKILL)
    summary, last_line = await outcome_of(test)
    assert "gates missed: failed" in last_line
    assert summary["failed"] > 0
    assert "UNAVAILABLE" in summary["requests"]["Submit (failed)"]["codes"]
    # What was committed as the portal died was accepted, and its applicant has heard nothing.
    assert summary["ledger"]["accepted"] >= summary["accepted"] > 0
    assert (summary["unaccounted"], summary["accepted_not_kept"]) == (0, 0)
    assert await open_loads(gateway) == []


async def test_a_portal_that_stays_away_ends_the_test_with_a_partial_report_and_closing_finds_nothing_lost(
    stack: Stack, shinsei: CommandLine, gateway: Gateway, tmp_path: Path
) -> None:
    test = shinsei.start("loadtest", "run", a_test(tmp_path, "100 s"), "--out", str(tmp_path), "--json")
    await accepted_something(tmp_path)
    async with away_for_good(stack):
        summary, last_line = await outcome_of(test)
    assert last_line.endswith("the portal went away: calls failed and none was answered for 2 s")
    assert last_line.endswith(summary["partial"])
    assert (summary["ledger"], summary["unaccounted"]) == (None, None)
    assert not any(gate["passed"] for gate in summary["gates"] if gate["metric"] == "unaccounted")
    assert (tmp_path / "latest" / "report.html").is_file()
    plan = tmp_path / "latest" / "plan.json"
    closed = json.loads(await shinsei.run("loadtest", "close", str(plan), "--json"))
    assert closed["ledger"]["accepted"] >= summary["accepted"] > 0
    assert closed["ledger"]["unaccounted"] == 0
    assert await open_loads(gateway) == []
