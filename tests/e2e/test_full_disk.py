"""A disk that fills up under the whole stack: what was accepted is kept, and with room again everything goes on."""

import errno
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from shinsei.domain.plan import run_all
from shinsei.domain.trace import trace_hash
from shinsei.scenario import load
from shinsei.stack import Stack, ensure, stop
from shinsei.stack.checks import NEEDED_DISK_MIB
from shinsei.testing.command_line import CommandLine
from shinsei.testing.waiting import eventually

FULL = "No space left on device"


@pytest.fixture
def volume(tmp_path: Path) -> Iterator[Path]:
    """A volume of its own, just large enough for a stack to start on."""
    place = tmp_path / "volume"
    place.mkdir()
    size = f"size={NEEDED_DISK_MIB + 150}m"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"a volume of its own needs root: {done.stderr.strip()}"
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def small_stack(volume: Path) -> Iterator[Stack]:
    """A stack with all its data on that volume."""
    home = volume / "home"
    started, _ = ensure(home, ports="free")
    yield started
    stop(home)


def planned_hash() -> str:
    """The hash of the smoke season on a disk with room."""
    runs = run_all(load("smoke").run_specs("plan"))
    return trace_hash(line for run in runs for line in run.lines(run.spec.end))


def fill(ballast: Path) -> None:
    """Takes all the room that is left."""
    with ballast.open("wb", buffering=0) as file:
        size = 1 << 20
        while size:
            try:
                file.write(b"\0" * size)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                size //= 16
        os.fsync(file.fileno())


async def test_a_season_outlasts_a_full_disk(small_stack: Stack, volume: Path, tmp_path: Path) -> None:
    """Kafka and PostgreSQL both write to it; a part that ends over it is started again by the stack."""
    shinsei = CommandLine(home=small_stack.home, out=tmp_path)
    ballast = volume / "ballast"
    fill(ballast)
    season = shinsei.start("season", "smoke", *shinsei.season_options)
    logs = [small_stack.home / "log" / f"{part}.log" for part in ("kafka", "postgres")]
    await eventually(
        lambda: any(FULL in log.read_text(errors="replace") for log in logs), within_s=60, what="a full disk is noticed"
    )
    assert season.poll() is None
    ballast.unlink()
    summary = json.loads(await shinsei.end(season))
    assert summary["ledger"]["unaccounted"] == 0
    assert summary["ledger"]["registered"] == summary["ledger"]["accepted"] > 0
    assert summary["trace_hash"] == planned_hash()
