"""Five minutes of the soak: nothing is lost and nothing grows fast; of two hours they say nothing."""

import json
from pathlib import Path

import pytest
from tests.e2e.test_loadtest import a_preset, holds_what_it_said

from shinsei.testing.command_line import CommandLine

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]


async def test_five_minutes_of_the_soak_keep_memory_flat_and_lose_nothing(shinsei: CommandLine, tmp_path: Path) -> None:
    preset = a_preset(tmp_path, "soak", ('at = "2 h"', 'at = "5 min"'), ('"250 ms"', '"1 s"'))
    printed = await shinsei.run("loadtest", "run", preset, "--processes", "2", "--out", str(tmp_path), "--json")
    summary = json.loads(printed)
    holds_what_it_said(summary)
    assert summary["completed"] == summary["accepted"]
    assert summary["generator_memory_growth_mib"] <= 20
