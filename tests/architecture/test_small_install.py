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


@pytest.mark.long
@pytest.mark.timeout(600)
def test_an_install_without_extras_plans(repo: Path, tmp_path: Path) -> None:
    """It fetches from the package index, and so is for make test-long only."""
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", repo, cwd=tmp_path)
    names = {line.partition("==")[0].lower() for line in run(python, "-m", "pip", "freeze", cwd=tmp_path).splitlines()}
    assert len(names) <= MOST_PACKAGES
    assert not names & SERVICES
    scenario = repo / "scenarios" / "smoke.toml"
    shinsei = tmp_path / "venv" / "bin" / "shinsei"
    told = run(shinsei, "plan", scenario, "--replications", "2", "--out", tmp_path / "results", cwd=tmp_path)
    assert "Over 2 seasons the choice is" in told
