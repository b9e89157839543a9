"""However a load test ends, nothing that was accepted is lost and no run is left open."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.e2e.test_loadtest import a_preset, a_short_search

from shinsei.loadtest.generator import ORDERS, TICKS
from shinsei.season.gateway import Gateway
from shinsei.stack import Stack
from shinsei.testing.command_line import CommandLine, interrupt
from shinsei.testing.waiting import eventually

LOCUSTFILE = Path(__file__).resolve().parents[2] / "loadtest" / "locustfile.py"


def a_smoke(folder: Path, length: str, *changes: tuple[str, str]) -> str:
    """So much of smoke, without gates on time."""
    return a_preset(
        folder,
        "smoke",
        ('at = "30 s"', f'at = "{length}"'),
        ('most_generator_lag = "250 ms"', 'most_generator_lag = "10 s"'),
        ("at_most = 10.0", "at_most = 120.0"),
        *changes,
    )


async def open_loads(gateway: Gateway) -> list[str]:
    return [run.spec.run_id for run in await gateway.list_runs() if run.spec.run_id.startswith("load-")]


async def accepted_something(folder: Path) -> None:
    """Waits until a load test whose results go there has seen applications accepted."""

    async def ticks() -> Path | None:
        return next((file for file in folder.glob(f"*/{TICKS}") if '"accepted"' in file.read_text()), None)

    await eventually(ticks, within_s=60, what="accepted applications")


@pytest.mark.parametrize("ended_by", [None, signal.SIGINT, signal.SIGTERM], ids=["itself", "Ctrl-C", "SIGTERM"])
async def test_the_ordinary_locust_command_closes_the_runs_that_it_has_opened(
    stack: Stack, gateway: Gateway, tmp_path: Path, ended_by: signal.Signals | None
) -> None:
    preset = a_smoke(tmp_path, "3 s" if ended_by is None else "100 s", ('warm_up = "4 s"', 'warm_up = "0 s"'))
    command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--only-summary"]
    command += ["--preset", preset, "--shinsei-home", str(stack.home)]
    test = await asyncio.create_subprocess_exec(*command, cwd=tmp_path, stdout=PIPE, stderr=PIPE)
    if ended_by is not None:
        await accepted_something(tmp_path / "results")
        test.send_signal(ended_by)
    _, err = await test.communicate()
    told = err.decode()
    assert test.returncode == 0, told
    assert told.count("closed 5 runs of load-smoke-") == 1
    assert "unaccounted 0" in told
    offered, accepted, *others = counts_in(told)
    assert offered == accepted + sum(others), "nothing is forgotten that was under way"
    # By its last word, by what it has handed on, and by the portal's database.
    assert re.findall(r"(?:, |word |: )accepted ([\d,]*\d)", told) == [f"{accepted:,}"] * 3
    assert await open_loads(gateway) == []


def counts_in(told: str) -> list[int]:
    """Offered, accepted, dropped, refused and failed in the line of all counts."""
    (found,) = re.findall(
        r"offered ([\d,]+), accepted ([\d,]+), dropped ([\d,]+), refused ([\d,]+), failed ([\d,]+)", told
    )
    return [int(one.replace(",", "")) for one in found]


def kill_it(generator: int) -> None:
    os.killpg(generator, signal.SIGKILL)


def kill_its_workers(generator: int) -> None:
    for worker in psutil.Process(generator).children():
        worker.kill()


@pytest.mark.parametrize(
    ("kill", "told"),
    [
        (kill_it, r"the generator ended in the middle \(exit code -9\)"),
        (kill_its_workers, r"worker \d of the generator was not heard of for 6 s"),
    ],
    ids=["all of it", "both workers"],
)
async def test_a_generator_that_is_killed_in_the_middle_leaves_a_partial_report_and_a_ledger_that_adds_up(
    shinsei: CommandLine, gateway: Gateway, tmp_path: Path, kill: Callable[[int], None], told: str
) -> None:
    preset = a_smoke(tmp_path, "100 s", ('drain = "60 s"', 'silent_after = "6 s"\ndrain = "60 s"'))
    test = shinsei.start("loadtest", "run", preset, "--processes", "2", "--out", str(tmp_path), "--json")

    await accepted_something(tmp_path)
    kill(generator_of(test.pid))
    out, err = await asyncio.to_thread(test.communicate)
    summary = json.loads(out)
    assert test.returncode == 1, err
    assert re.fullmatch(told, summary["partial"])
    assert err.splitlines()[-1].endswith(summary["partial"])
    # Of what was under way when it died, the portal knows and the generator has said nothing.
    assert summary["ledger"]["accepted"] >= summary["accepted"] > 0
    assert (summary["unaccounted"], summary["accepted_not_kept"]) == (0, 0)
    assert (tmp_path / "latest" / "report.html").is_file()
    assert await open_loads(gateway) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
async def test_a_load_test_that_is_interrupted_leaves_a_partial_report_and_a_ledger_that_adds_up(
    shinsei: CommandLine, gateway: Gateway, tmp_path: Path, number: signal.Signals
) -> None:
    preset = a_smoke(tmp_path, "100 s")
    test = shinsei.start("loadtest", "run", preset, "--processes", "2", "--out", str(tmp_path), "--json")

    await accepted_something(tmp_path)
    test.send_signal(number)
    summary = await interrupted(test)
    assert summary["offered"] == sum(summary[kind] for kind in ("accepted", "dropped", "refused", "failed"))
    assert (tmp_path / "latest" / "report.html").is_file()
    assert await open_loads(gateway) == []


async def test_a_search_that_is_interrupted_tells_the_steps_that_it_has_done(
    shinsei: CommandLine, gateway: Gateway, tmp_path: Path
) -> None:
    test = shinsei.start("loadtest", "run", a_short_search(tmp_path), "--out", str(tmp_path), "--json")

    async def second_order() -> bool:
        return any('"n":2' in file.read_text() for file in tmp_path.glob(f"*/{ORDERS}"))

    await eventually(second_order, within_s=60)
    interrupt(test)
    summary = await interrupted(test)
    (row,) = summary["sustained"]
    assert [step["per_s"] for step in row["steps"]] == [16]
    assert summary["search_is_whole"] is False
    assert await open_loads(gateway) == []


async def interrupted(test: "subprocess.Popen[str]") -> dict[str, Any]:
    """What a load test says that somebody has ended in the middle."""
    out, err = await asyncio.to_thread(test.communicate)
    assert test.returncode == 1, err
    assert "Traceback" not in err
    assert err.splitlines()[-1].endswith("interrupted")
    summary: dict[str, Any] = json.loads(out)
    assert summary["partial"] == "interrupted"
    assert summary["ledger"]["accepted"] >= summary["accepted"] > 0
    assert (summary["unaccounted"], summary["accepted_not_kept"]) == (0, 0)
    return summary


async def test_a_command_that_is_killed_takes_its_generator_along_and_its_runs_can_be_discarded(
    shinsei: CommandLine, gateway: Gateway, tmp_path: Path
) -> None:
    killed = shinsei.start(
        "loadtest", "run", a_smoke(tmp_path, "100 s"), "--processes", "2", "--out", str(tmp_path / "killed")
    )
    await accepted_something(tmp_path / "killed")
    generator = psutil.Process(generator_of(killed.pid))
    group = [generator, *generator.children()]
    killed.kill()
    await asyncio.to_thread(killed.communicate)
    _, left = await asyncio.to_thread(psutil.wait_procs, group, timeout=20)
    assert (len(group), left) == (3, [])
    assert len(await open_loads(gateway)) == 5

    preset = a_smoke(tmp_path, "2 s", ('warm_up = "4 s"', 'warm_up = "0 s"'))
    await shinsei.run("loadtest", "run", preset, "--discard", "--out", str(tmp_path), "--json")
    assert await open_loads(gateway) == []


def generator_of(command: int) -> int:
    """The process group of the generator that a command has started."""
    return next(child.pid for child in psutil.Process(command).children() if "locust" in child.cmdline())
