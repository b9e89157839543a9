"""The cross-check of the generator: what is no pair ends it in one line."""

import subprocess
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FILE = Path(__file__).resolve().parents[3] / "bench" / "cross-check" / "pairs.py"


@pytest.fixture
def pairs() -> ModuleType:
    """The program; its folder is no package."""
    spec = spec_from_file_location("pairs", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("rate", ["301", "0", "-1", "nan", "many"])
def test_a_rate_at_which_a_generator_may_be_the_limit_is_refused(
    pairs: ModuleType, rate: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        pairs.main(["--rate", rate])
    assert caught.value.code == 2
    assert "--rate" in capsys.readouterr().err


@pytest.mark.parametrize("printed", ["{}", ""])
def test_a_run_that_did_not_end_well_is_no_pair(
    pairs: ModuleType, printed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(command: list[str], **_: Any) -> "subprocess.CompletedProcess[str]":
        return subprocess.CompletedProcess(command, 1, printed, "offering\n1 of 7 gates missed: failed\n")

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(SystemExit, match=r"^no pair: 1 of 7 gates missed: failed$"):
        pairs.main(["--pairs", "1"])


def test_a_portal_that_does_not_answer_the_bare_client_is_one_line_and_its_runs_are_closed(
    pairs: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def run(command: list[str], **_: Any) -> "subprocess.CompletedProcess[str]":
        asked.append(next(word for word in command if word in {"plan", "close"} or word.endswith("client.py")))
        failed = asked[-1].endswith("client.py")
        return subprocess.CompletedProcess(command, int(failed), '{"plan": "p"}', "is the portal up?" * failed)

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(SystemExit, match=r"^no pair: is the portal up\?$"):
        pairs.bare([], "150", "out")
    assert [Path(word).name for word in asked] == ["plan", "client.py", "close"]
