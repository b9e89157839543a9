"""A season stopped in its middle, backed up, restored elsewhere and gone on with: nothing lost, the plan's trace."""

import json
from pathlib import Path

import pytest

from shinsei.cli.targets import targets_of
from shinsei.scenario import load
from shinsei.season.gateway import Gateway
from shinsei.season.planned import plan_season
from shinsei.stack import purge, up
from shinsei.testing.command_line import CommandLine, interrupt, reached


@pytest.mark.timeout(300)
async def test_a_season_goes_on_in_another_home(tmp_path: Path) -> None:
    file, results = tmp_path / "stack.tar.gz", tmp_path / "results"
    here = CommandLine(home=tmp_path / "first", out=results)
    there = CommandLine(home=tmp_path / "second", out=results)
    stack = up(here.home, ports="free")
    try:
        async with Gateway(targets_of(stack.addresses)) as gateway:
            season = here.start("season", "smoke", *here.season_options)
            await reached(gateway, 9, season)
            interrupt(season)
            await here.end(season, code=130)
    finally:
        stack.stop()
    assert "with credentials" in await here.run("backup", str(file))
    purge(here.home)
    assert "shinsei up starts it" in await there.run("restore", str(file))
    stack = up(there.home, ports="free")
    try:
        summary = json.loads(await there.run("season", "--resume", *there.season_options))
        await there.run("ledger", "--all")  # exit code 1 if anything is unaccounted for
    finally:
        stack.stop()
    assert summary["trace_hash"] == plan_season(load("smoke")).trace_hash
    assert summary["ledger"]["unaccounted"] == 0
