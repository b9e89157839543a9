"""The images, built and run: a season and a load test, while services are scaled out, restarted and killed."""

import subprocess
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
BUILD_AND_CHECK = """
set -- ${PODMAN:-podman}
if command -v "$1" >/dev/null; then make --silent images ENGINE="$*"; fi && exec deploy/docker/check
"""
"""Where podman is missing, the check says so in one line."""


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_season_in_containers_goes_through_restarts_and_kills() -> None:
    done = subprocess.run(["bash", "-c", BUILD_AND_CHECK], cwd=REPO, capture_output=True, text=True, check=False)
    if done.returncode:
        # The last line is make's, of what failed and not why.
        pytest.fail("\n".join(done.stderr.strip().splitlines()[-5:]), pytrace=False)
    assert "each service is healthy by its image's own question" in done.stdout
    assert "a second container of each service that can be scaled came, worked and went" in done.stdout
    assert "the trace is the plan's, and nothing is unaccounted for, nor of the load test" in done.stdout
