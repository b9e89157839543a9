"""What is told of a start: medians of its rounds, a failure in a line, the fast tests from an earlier time."""

import json
import subprocess
from pathlib import Path

import pytest

from bench import startup


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A start that takes 9, 12 and 30 s, as the clock of its rounds says."""
    took = iter((9.0, 0.2, 12.0, 0.3, 30.0, 0.1))
    monkeypatch.setattr(startup, "up_s", lambda: next(took))
    monkeypatch.setattr(startup, "import_s", lambda: next(took))
    monkeypatch.setattr(startup, "test_fast_s", lambda: 70.0)


@pytest.mark.usefixtures("waits")
def test_medians_of_the_rounds_are_kept_with_every_round(tmp_path: Path) -> None:
    kept = tmp_path / "startup.json"
    assert startup.main(["--rounds", "3", "--tests", "--keep-json", str(kept)]) == 0
    found = json.loads(kept.read_text(encoding="utf-8"))
    assert {name: found[name] for name in ("up_s", "import_s", "test_fast_s")} == {
        "up_s": 12.0,
        "import_s": 0.2,
        "test_fast_s": 70.0,
    }
    assert found["rounds"]["up_s"] == [9.0, 12.0, 30.0]
    assert found["environment"]["cores"] >= 1


@pytest.mark.usefixtures("waits")
def test_the_fast_tests_keep_their_time_from_when_they_were_measured(tmp_path: Path) -> None:
    kept = tmp_path / "startup.json"
    kept.write_text(json.dumps({"rounds": {"up_s": [99.0], "test_fast_s": [80.0]}}), encoding="utf-8")
    assert startup.main(["--rounds", "1", "--keep-json", str(kept)]) == 0
    found = json.loads(kept.read_text(encoding="utf-8"))
    assert (found["up_s"], found["test_fast_s"]) == (9.0, 80.0)


def test_a_start_that_fails_is_told_in_a_line_and_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> float:
        raise subprocess.CalledProcessError(1, [*startup.COMMAND_LINE, "up"])

    monkeypatch.setattr(startup, "up_s", fails)
    assert startup.main(["--keep-json", str(tmp_path / "startup.json")]) == 1
    assert capsys.readouterr().err == "bench.startup: this failed: shinsei.cli up\n"
    assert not (tmp_path / "startup.json").exists()


def test_a_command_that_fails_is_no_short_wait() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        startup.took_s(("false",))
    assert startup.took_s(("sleep", "0.05")) >= 0.05


def test_the_fast_tests_are_not_handed_what_the_measurement_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make hands its own variables on to what it starts."""
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(startup, "took_s", lambda *commands: asked.extend(commands))
    startup.test_fast_s()
    assert asked == [("make", "test-fast", "ARGS=")]
