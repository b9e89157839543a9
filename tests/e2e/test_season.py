"""The smoke season on the real parts: its trace is the plan's, at any speed, through kills and interruptions."""

import json
from typing import Any

from shinsei.domain.plan import run_all
from shinsei.domain.trace import trace_hash
from shinsei.scenario import load
from shinsei.season.gateway import Gateway
from shinsei.season.ledger import RunKey, read_ledger
from shinsei.stack import Stack
from shinsei.testing.command_line import CommandLine, interrupt, open_season, reached

METHODS = ["TRANSCRIPTION", "RPA", "SCREEN_IMPORT", "BATCH_IMPORT", "STANDARD_API"]


def planned_hash() -> str:
    """The hash of the smoke season in virtual time, with no service at all."""
    runs = run_all(load("smoke").run_specs("plan"))
    end = max(run.spec.end for run in runs)
    return trace_hash(line for run in runs for line in run.lines(end))


def assert_whole(summary: dict[str, Any]) -> None:
    """Nothing lost, nothing doubled, nothing late, and the trace that the plan foretells."""
    ledger = summary["ledger"]
    ends = ("registered", "not_accepted", "withdrawn", "expired", "dead_lettered", "in_flight")
    assert ledger["accepted"] == sum(ledger[end] for end in ends) > 0
    assert ledger["unaccounted"] == 0
    assert summary["late_cases"] == 0
    assert not summary["partial"]
    assert summary["trace_hash"] == planned_hash()


async def test_two_speeds_leave_the_same_trace(shinsei: CommandLine) -> None:
    """Pace decides when a watermark rises, never what happens in simulated time."""
    fast = await shinsei.season("smoke")
    assert_whole(fast)
    slow = await shinsei.season("smoke", "--fast-until", "2021-06-20T00:00", "--speed", "100000")
    assert_whole(slow)
    assert slow["wall_s"] > 0
    assert [method["method"] for method in fast["methods"]] == METHODS
    assert slow["methods"] == fast["methods"]


async def test_nothing_is_unaccounted_for_at_any_moment(shinsei: CommandLine, gateway: Gateway) -> None:
    """The ledger is read all the while: a moving system raises no alarm, from the first moment on."""
    season = shinsei.start("season", "smoke", "--methods", "RPA,BATCH_IMPORT", *shinsei.season_options)
    alarms: list[str] = []
    readings = 0
    while season.poll() is None:
        for run in await open_season(gateway):
            found = await read_ledger(gateway, RunKey(run_id=run.spec.run_id, municipality=run.spec.municipality))
            readings += 1
            alarms += [f"{found.missing} behind {[(stage.stage, stage.watermark) for stage in found.stages]}"] * bool(
                found.ledger.unaccounted
            )
    assert json.loads(await shinsei.end(season))["ledger"]["unaccounted"] == 0
    assert not alarms
    assert readings > 20


async def test_an_interrupted_season_is_resumed_to_the_same_trace(shinsei: CommandLine, gateway: Gateway) -> None:
    """Ctrl-C leaves a partial result and an open run; --resume goes on with it."""
    season = shinsei.start("season", "smoke", *shinsei.season_options)
    await reached(gateway, 8, season)
    interrupt(season)
    partial = json.loads(await shinsei.end(season, code=130))
    assert partial["partial"]
    assert partial["ledger"]["unaccounted"] == 0
    assert_whole(await shinsei.season("--resume"))


async def test_a_killed_season_command_is_resumed_to_the_same_trace(
    shinsei: CommandLine, gateway: Gateway, stack: Stack
) -> None:
    """Kill -9 leaves no time for a partial result; what the portal has committed is enough to go on from.

    The whole stack stays within 3 GiB all the while.
    """
    season = shinsei.start("season", "smoke", *shinsei.season_options)
    await reached(gateway, 8, season)
    season.kill()
    season.communicate()
    assert await open_season(gateway)
    assert_whole(await shinsei.season("--resume"))
    assert not await open_season(gateway)
    assert 0 < stack.status().memory_peak_mib < 3 * 1024


async def test_a_season_at_a_terminal_is_followed_live(shinsei: CommandLine) -> None:
    """In a stack that was up before, which stays up without a question."""
    screen = await shinsei.at_a_terminal(
        "season", "smoke", "--methods", "RPA", "--intervals", "2", "--out", str(shinsei.out)
    )
    for word in ("submitted", "came back", "unaccounted 0", "Season cleared on", "mean of 2 seasons", "report.html"):
        assert word in screen
    assert "Leave the stack up" not in screen


async def test_another_seed_is_another_season(shinsei: CommandLine) -> None:
    """The hash says something: it changes with the seed."""
    other = await shinsei.season("smoke", "--seed", "2", "--methods", "RPA,BATCH_IMPORT")
    assert other["ledger"]["unaccounted"] == 0
    assert other["trace_hash"] != planned_hash()
    assert [method["method"] for method in other["methods"]] == ["RPA", "BATCH_IMPORT"]
