"""Every shipped load test on the whole stack, in a fraction of its time: whatever it asks, nothing is lost by it."""

import asyncio
import json
from pathlib import Path

import pytest

from shinsei.loadtest.preset import Offices, Preset, load_preset, shipped_presets
from shinsei.testing.command_line import CommandLine

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

LENGTH_S = 15.0
MOST_SPEED = 30_000.0
"""Simulated over real seconds at which offices with people are still polled every thirty milliseconds."""
RATE = "20"
SEARCHES = {"find-max-infra", "find-max-office"}
"""They have their own short versions among the load tests of make test."""
NOTHING = (
    *("unaccounted", "dead_lettered", "accepted_not_kept", "completed_not_kept"),
    *("unexplained", "kept_unexplained", "completed_unseen"),
)


def share_of(preset: Preset) -> float:
    """Of its time, that it takes about so many seconds, and no office is polled too often."""
    least = preset.file.clock_speed / MOST_SPEED if preset.file.offices is Offices.STAFFED else 0.0
    return max(LENGTH_S / preset.profile().duration_s, least)


@pytest.mark.parametrize("name", sorted(shipped_presets().keys() - SEARCHES))
async def test_a_shipped_preset_accounts_for_everything(shinsei: CommandLine, tmp_path: Path, name: str) -> None:
    share = share_of(load_preset(name))
    options = ("--shorten", f"{share:g}", "--rate", RATE, "--out", str(tmp_path), "--json")
    out, err = await asyncio.to_thread(shinsei.start("loadtest", "run", name, *options).communicate)
    assert out, err
    summary = json.loads(out)
    assert (summary["partial"], summary["preset"]) == ("", name)
    assert summary["offered"] > 0
    assert {figure: summary[figure] for figure in NOTHING} == dict.fromkeys(NOTHING, 0)
