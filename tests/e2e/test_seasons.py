"""The shipped seasons in their smallest versions on the real parts: nothing lost, and the plan's trace.

Each command runs in this process: a season of a second is asked here, not how long a Python takes to start.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from shinsei.cli.__main__ import run
from shinsei.scenario import load
from shinsei.season.findings import Findings
from shinsei.season.planned import plan_season
from shinsei.stack import Stack
from shinsei.testing.command_line import CommandLine
from shinsei.testing.seasons import SMALL, SMALL_YEAR

SEASONS = {**SMALL, "all-procedures": SMALL_YEAR}
"""All but smoke, which test_season.py runs again and again, and standing, which has no season."""
FULL = sorted(set(SEASONS) - {"nationwide"})
"""All but the nation, which is planned: a live season takes at most 200 municipalities."""


@pytest.mark.parametrize("name", SEASONS)
def test_a_small_season_leaves_the_plans_trace(
    name: str, stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    overrides = [word for override in SEASONS[name] for word in ("--set", override)]
    arguments = ["season", name, *overrides, "--home", str(stack.home), "--out", str(tmp_path), "--json"]
    assert run(arguments) == 0
    summary = json.loads(capsys.readouterr().out)
    plan = plan_season(load(name, SEASONS[name]))
    assert_planned(summary, plan)
    assert summary["compared_procedures"] == list(plan.procedures)


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", FULL)
async def test_a_full_season_leaves_the_plans_trace(shinsei: CommandLine, name: str) -> None:
    """As a user runs it; docs/scenarios.md says what it answers."""
    assert_planned(await shinsei.season(name), plan_season(load(name)))


def assert_planned(summary: dict[str, Any], plan: Findings) -> None:
    """Nothing lost, nothing late, and what the plan foretells, to the millisecond."""
    assert summary["trace_hash"] == plan.trace_hash
    assert summary["ledger"]["unaccounted"] == summary["late_cases"] == summary["refused"] == 0
    assert summary["ledger"]["accepted"] == plan.ledger.accepted > 0
