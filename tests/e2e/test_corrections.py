"""A season with defects, corrections and withdrawals on the real parts: its trace is the plan's, come what may."""

import asyncio
import json
import time
from itertools import chain
from typing import Any

import pytest

from shinsei.contracts.codec import encode_change
from shinsei.domain import demand
from shinsei.domain.lifecycle import Status
from shinsei.domain.plan import VirtualRun, run_all
from shinsei.domain.run import Change, ChangeKind
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.domain.trace import trace_hash
from shinsei.scenario import load
from shinsei.season.drive import SeasonDriver
from shinsei.season.gateway import Gateway
from shinsei.season.pacing import Pace, PaceSpec
from shinsei.stack import Stack
from shinsei.testing.applicants import SHIPPED
from shinsei.testing.command_line import CommandLine, interrupt, reached
from shinsei.testing.waiting import eventually

METHODS = ("TRANSCRIPTION", "BATCH_IMPORT")
OPTIONS = (*chain.from_iterable(("--set", override) for override in SHIPPED), "--methods", ",".join(METHODS))


def now_ms() -> int:
    """Real time."""
    return time.time_ns() // 1_000_000


def assert_planned(summary: dict[str, Any]) -> None:
    """Nothing lost, nothing doubled, and the trace that the plan foretells."""
    scenario = load("smoke", SHIPPED)
    wanted = [spec for spec in scenario.run_specs("plan") if spec.twin_method in METHODS]
    lines = [line for run in run_all(wanted) for line in run.lines(scenario.end)]
    assert summary["trace_hash"] == trace_hash(lines)
    ledger = summary["ledger"]
    ends = ("registered", "not_accepted", "withdrawn", "expired", "transferred", "dead_lettered", "in_flight")
    assert ledger["accepted"] == sum(ledger[end] for end in ends) > 0
    assert ledger["unaccounted"] == 0
    assert summary["late_cases"] == 0
    for end, action in (("withdrawn", "WITHDRAW"), ("expired", "EXPIRE"), ("not_accepted", "NOT_ACCEPT")):
        assert ledger[end] == sum(line.action == action for line in lines) > 0


async def test_a_season_with_corrections_leaves_the_plans_trace_through_kills(
    shinsei: CommandLine, gateway: Gateway, stack: Stack
) -> None:
    """Replies are decided anew from what is kept: neither a killed portal nor a killed office loses one."""
    season = shinsei.start("season", "smoke", *OPTIONS, *shinsei.season_options)
    for number, service in enumerate(("portal_sim", "linkage_server", "app_mgmt", "core_systems")):
        await reached(gateway, 5 + 3 * number, season)
        stack.kill(service)
    assert_planned(json.loads(await shinsei.end(season)))


async def test_an_interrupted_season_with_corrections_is_resumed_to_the_plans_trace(
    shinsei: CommandLine, gateway: Gateway
) -> None:
    """The driver keeps nothing of its own: what applicants decided before the interruption is decided again."""
    season = shinsei.start("season", "smoke", *OPTIONS, *shinsei.season_options)
    await reached(gateway, 9, season)
    interrupt(season)
    assert json.loads(await shinsei.end(season, code=130))["partial"]
    assert_planned(await shinsei.season("--resume"))


@pytest.mark.parametrize(
    "made",
    [{ChangeKind.LINE: 36 * 60}, {ChangeKind.CORRUPT_PAYLOAD: 60, ChangeKind.CORE_OFFLINE: 30 * 60}],
    ids=["outage", "held-back"],
)
async def test_changes_made_on_the_way_alter_requests_and_replies_as_in_the_plan(
    gateway: Gateway, made: dict[ChangeKind, int]
) -> None:
    """What applicants are asked for and can see, and so when they reply, follows from the changes that were made."""
    (spec,) = load("smoke", [*SHIPPED, "twins.methods=['TRANSCRIPTION']"]).run_specs(f"changed-{now_ms()}")

    async def meddle() -> None:
        await gateway.progress(spec, after=SimTime(spec.start + 6 * DAY_MS), wait_ms=20_000)
        for kind, value in made.items():
            change = Change(at=SimTime(0), n=0, kind=kind, value=value)
            await gateway.make_change(spec, encode_change(change), not_before=SimTime(0))

    filings = {spec: [filing for filing in demand.filings(spec) if filing.online]}
    driver = SeasonDriver(gateway, filings, Pace(PaceSpec(), now_ms), now_ms)
    await gateway.start(spec)
    async with asyncio.TaskGroup() as group:
        group.create_task(meddle())
        group.create_task(driver.run())
    live = [line for case in await gateway.histories(spec) for line in case.lines]
    is_held = any(line.status is Status.QUARANTINED for line in live)
    assert is_held is (ChangeKind.CORRUPT_PAYLOAD in made)
    hashes = []
    for changes in (await gateway.changes(spec), ()):
        plan = VirtualRun(spec, changes)
        plan.advance(spec.end)
        hashes.append(trace_hash(plan.lines(spec.end)))
    await gateway.close_run(spec)
    assert trace_hash(live, end=spec.end) == hashes[0] != hashes[1]


async def defective_case(shinsei: CommandLine) -> str:
    """Receipt number of a case of a standing run whose applicant can see that a correction is asked for."""
    filing = ("submit", "--procedure", "pregnancy_notification", "--defective", "--json")
    receipt: str = json.loads(await shinsei.run(*filing))["receipt_number"]

    async def is_asked() -> bool:
        return str(json.loads(await shinsei.run("track", receipt, "--json"))["status"]) == "CORRECTION_REQUESTED"

    await eventually(is_asked, within_s=90.0, what="a correction request")
    return receipt


@pytest.mark.usefixtures("no_standing_run_left")
async def test_an_application_is_corrected_by_hand_and_goes_its_way_to_the_decision(shinsei: CommandLine) -> None:
    receipt = await defective_case(shinsei)
    answer = json.loads(await shinsei.run("correct", receipt, "--json"))
    assert (answer["request"], answer["duplicate"]) == (1, False)
    assert json.loads(await shinsei.run("correct", receipt, "--json"))["duplicate"]
    history = json.loads(await shinsei.run("track", receipt, "--watch", "--json"))["history"]
    actions = [row["action"] for row in history]
    assert actions.index("REQUEST_CORRECTION") < actions.index("CORRECT") < actions.index("REGISTER")
    assert "GRANT" in actions or "DENY" in actions
    await shinsei.run("withdraw", receipt, code=1)


@pytest.mark.usefixtures("no_standing_run_left")
async def test_an_application_is_withdrawn_by_hand_while_it_waits_for_its_correction(shinsei: CommandLine) -> None:
    receipt = await defective_case(shinsei)
    assert "was filed" in await shinsei.run("withdraw", receipt)
    assert json.loads(await shinsei.run("track", receipt, "--watch", "--json"))["status"] == "WITHDRAWN"
    await shinsei.run("correct", receipt, code=1)
