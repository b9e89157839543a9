"""What ``make`` does for load tests is the command that the page for architects shows."""

import subprocess
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("target", "command"),
    [
        (("load",), "./shinsei loadtest run smoke"),
        (("load", "PRESET=step", "RATE=40"), "./shinsei loadtest run step --rate 40"),
        (("load", "PROCESSES=2", "SHORTEN=0.5"), "./shinsei loadtest run smoke --processes 2 --shorten 0.5"),
        (("load-all", "ARGS=--within 60"), ".venv/bin/python -m bench.presets --within 60"),
        (
            ("load-ui", "PRESET=spike"),
            ".venv/bin/locust -f loadtest/locustfile.py --web-host 127.0.0.1 --preset spike",
        ),
    ],
)
def test_a_target_is_one_command(repo: Path, target: tuple[str, ...], command: str) -> None:
    done = subprocess.run(["make", "--dry-run", *target], cwd=repo, capture_output=True, text=True, check=True)
    assert " ".join(done.stdout.splitlines()[-1].split()) == command
