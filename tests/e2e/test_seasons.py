"""The shipped seasons in their smallest versions on the real parts: nothing lost, and the plan's trace."""

import pytest

from shinsei.scenario import load
from shinsei.season.planned import plan_season
from shinsei.testing.command_line import CommandLine
from shinsei.testing.seasons import SMALL

FULL = sorted({*SMALL, "all-procedures", "child-allowance-status-report"} - {"nationwide"})
"""All but the nation, which is planned: a live season takes at most 200 municipalities."""


@pytest.mark.parametrize("name", SMALL)
async def test_a_small_season_leaves_the_plans_trace(shinsei: CommandLine, name: str) -> None:
    overrides = [word for override in SMALL[name] for word in ("--set", override)]
    summary = await shinsei.season(name, *overrides)
    plan = plan_season(load(name, SMALL[name]))
    assert summary["trace_hash"] == plan.trace_hash
    assert summary["ledger"]["unaccounted"] == summary["late_cases"] == summary["refused"] == 0
    assert summary["ledger"]["accepted"] == plan.ledger.accepted > 0
    assert summary["compared_procedures"] == list(plan.procedures)


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", FULL)
async def test_a_full_season_leaves_the_plans_trace(shinsei: CommandLine, name: str) -> None:
    """As a user runs it; docs/scenarios.md says what it answers."""
    summary = await shinsei.season(name)
    assert summary["trace_hash"] == plan_season(load(name)).trace_hash
    assert summary["ledger"]["unaccounted"] == summary["late_cases"] == summary["refused"] == 0
