"""What is typed wrongly is one line and the right exit code, before anything is asked of a stack."""

from pathlib import Path

import pytest

from shinsei.cli.__main__ import run


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("run", "smok"), 2, "did you mean 'smoke'"),
        (("run", "smoke", "--rate", "0"), 2, "--rate"),
        (("run", "smoke", "--rate", "nan"), 2, "--rate"),
        (("run", "smoke"), 1, "the stack is not up"),
        (("plan", "find-max-office", "--rate", "-1"), 2, "--rate"),
        (("doctor", "nowhere.toml"), 2, "there is no"),
        (("close", "nowhere.json"), 2, "no plan of a load test"),
        (("compare", "a", "b"), 1, "run"),
    ],
)
def test_a_wrong_word_is_one_line_and_no_traceback(
    arguments: tuple[str, ...], code: int, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ("--out", str(tmp_path)) if arguments[0] == "compare" else ("--home", str(tmp_path))
    assert run(["loadtest", *arguments, *where]) == code
    printed = capsys.readouterr()
    assert told in printed.err
    assert "Traceback" not in printed.err


def test_a_target_elsewhere_that_is_named_wrongly_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHINSEI_TARGETS", "portal_sim=nowhere")
    assert run(["loadtest", "run", "smoke"]) == 2
    assert "SHINSEI_TARGETS" in capsys.readouterr().err
