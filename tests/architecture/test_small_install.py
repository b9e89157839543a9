"""``pip install .`` without extras is enough to plan with: a small set of dependencies, and none of the services'."""

import subprocess
import sys
from pathlib import Path

import pytest

MOST_PACKAGES = 25
SERVICES = {"aiokafka", "asyncpg", "faust-streaming", "grpcio", "prometheus-client", "structlog", "uvloop"}


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def installed(folder: Path, wanted: str) -> Path:
    """The programs of an environment of its own; fetches from the package index, and so is for make test-long only."""
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    programs = folder / "venv" / "bin"
    run(programs / "python", "-m", "pip", "install", "--quiet", wanted, cwd=folder)
    return programs


@pytest.mark.long
@pytest.mark.timeout(600)
def test_an_install_without_extras_plans(repo: Path, tmp_path: Path) -> None:
    programs = installed(tmp_path, str(repo))
    listed = run(programs / "python", "-m", "pip", "freeze", cwd=tmp_path).splitlines()
    names = {line.partition("==")[0].lower() for line in listed}
    assert len(names) <= MOST_PACKAGES
    assert not names & SERVICES
    shinsei = programs / "shinsei"
    told = run(shinsei, "plan", "smoke", "--replications", "2", "--out", tmp_path / "results", cwd=tmp_path)
    assert "Over 2 seasons the choice is" in told


FRAMES = """
import pandas, polars
from shinsei import load, plan

found = plan(load({scenario!r}, ["run.end=2021-06-20"]), replications=3)
for frame, mean in (
    (found.to_pandas(), lambda frame: frame["staff_hours"].mean()),
    (found.to_polars(), lambda frame: frame["staff_hours"].mean()),
):
    hours = [found.estimate(method, "staff_hours").mean for method in range(5)]
    assert frame.shape[0] == 15, frame.shape
    assert abs(mean(frame) - sum(hours) / 5) < 1e-9
    assert frame["backlog_peak"].max() > 0
    assert frame["backlog_peak_at"].min().year == 2021
print("both frames hold what was planned")
"""


@pytest.mark.long
@pytest.mark.timeout(900)
def test_frames_are_those_of_the_real_libraries(repo: Path, tmp_path: Path) -> None:
    """Neither is in the lock: two hundred megabytes for two methods that hand over columns."""
    programs = installed(tmp_path, f"{repo}[pandas,polars]")
    program = FRAMES.format(scenario=str(repo / "scenarios" / "smoke.toml"))
    assert "both frames hold" in run(programs / "python", "-W", "ignore", "-c", program, cwd=tmp_path)
