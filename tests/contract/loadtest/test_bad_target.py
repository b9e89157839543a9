"""A target at which nobody answers: one line, an exit code, and nothing left behind."""

import json
from pathlib import Path

import pytest

from shinsei.cli.__main__ import run
from shinsei.cli.loadtest_target import KAFKA
from shinsei.stack.ports import free_port

SERVICES = ("portal_sim", "linkage_server", "app_mgmt", "core_systems")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> str:
    """Where all services are said to be."""
    address = f"127.0.0.1:{free_port()}"
    monkeypatch.setenv("SHINSEI_TARGETS", ",".join(f"{service}={address}" for service in SERVICES))
    monkeypatch.setenv(KAFKA, address)
    return address


def test_a_load_test_of_it_is_refused_in_a_line(
    nobody: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["loadtest", "run", "smoke", "--out", str(tmp_path)]) == 1
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err
    told = printed.err.splitlines()[-1]
    for service in SERVICES:
        assert f"{service} does not answer at {nobody} (UNAVAILABLE)" in told
    assert list(tmp_path.iterdir()) == []


def test_the_doctor_says_all_that_is_wrong_with_it(nobody: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["loadtest", "doctor", "smoke", "--json"]) == 1
    printed = capsys.readouterr()
    wrong = [one["name"] for one in json.loads(printed.out) if not one["ok"]]
    assert wrong == ["services", "token", "topics", "portal"]
    assert printed.err.splitlines()[-1].endswith(f"the target is not fit for smoke: {', '.join(wrong)}")
