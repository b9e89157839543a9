"""However a load test ends, nothing that was accepted is lost and no run is left open."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from tests.e2e.test_loadtest import a_preset

from shinsei.loadtest.generator import TICKS
from shinsei.season.gateway import Gateway
from shinsei.stack import Stack
from shinsei.testing.command_line import CommandLine
from shinsei.testing.waiting import eventually

LOCUSTFILE = Path(__file__).resolve().parents[2] / "loadtest" / "locustfile.py"


@pytest.fixture
def preset(tmp_path: Path) -> str:
    """Three seconds of smoke, without gates on time."""
    return a_preset(
        tmp_path,
        "smoke",
        ('at = "30 s"', 'at = "3 s"'),
        ('most_generator_lag = "250 ms"', 'most_generator_lag = "10 s"'),
        ("at_most = 10.0", "at_most = 120.0"),
    )


async def open_loads(gateway: Gateway) -> list[str]:
    return [run.spec.run_id for run in await gateway.list_runs() if run.spec.run_id.startswith("load-")]


async def accepted_something(folder: Path) -> None:
    """Waits until a load test whose results go there has seen applications accepted."""

    async def ticks() -> Path | None:
        return next((file for file in folder.glob(f"*/{TICKS}") if '"accepted"' in file.read_text()), None)

    await eventually(ticks, within_s=60, what="accepted applications")


async def test_the_ordinary_locust_command_closes_the_runs_that_it_has_opened(
    stack: Stack, gateway: Gateway, preset: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--only-summary"]
    command += ["--preset", preset, "--shinsei-home", str(stack.home)]
    done = await asyncio.to_thread(subprocess.run, command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "closed 5 runs of load-smoke-" in done.stderr
    assert "unaccounted 0" in done.stderr
    assert await open_loads(gateway) == []


async def test_a_generator_that_is_killed_in_the_middle_leaves_a_partial_report_and_a_ledger_that_adds_up(
    shinsei: CommandLine, gateway: Gateway, preset: str, tmp_path: Path
) -> None:
    test = shinsei.start("loadtest", "run", preset, "--processes", "2", "--out", str(tmp_path), "--json")

    await accepted_something(tmp_path)
    os.killpg(generator_of(test.pid), signal.SIGKILL)
    out, err = await asyncio.to_thread(test.communicate)
    summary = json.loads(out)
    assert test.returncode == 1, err
    assert err.splitlines()[-1].endswith("the generator ended in the middle (exit code -9)")
    assert summary["partial"] == "the generator ended in the middle (exit code -9)"
    # Of what was under way when it died, the portal knows and the generator has said nothing.
    assert summary["ledger"]["accepted"] >= summary["accepted"] > 0
    assert (summary["unaccounted"], summary["accepted_not_kept"]) == (0, 0)
    assert (tmp_path / "latest" / "report.html").is_file()
    assert await open_loads(gateway) == []


def generator_of(command: int) -> int:
    """The process group of the generator that a command has started."""
    return next(child.pid for child in psutil.Process(command).children() if "locust" in child.cmdline())
