"""``shinsei submit``, ``track`` and ``ledger``: what is wrong is told before any service is asked."""

from pathlib import Path

import pytest

from shinsei.cli import ledger
from shinsei.cli.__main__ import run
from shinsei.season.ledger import RunKey, RunLedger
from shinsei.season.outcome import Ledger

SUBMIT = ("submit", "--procedure", "pregnancy_notification")


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int) -> str:
    """The one line that a command ends with."""
    assert run(list(arguments)) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    return line


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("submit",), "--procedure"),
        (("submit", "--procedure", "pregnancy_notificaton"), "did you mean 'pregnancy_notification'"),
        (("submit", "--procedure", "32"), "32 is not in the catalogue"),
        ((*SUBMIT, "--count", "0"), "--count"),
        ((*SUBMIT, "--count", "-1"), "--count"),
        ((*SUBMIT, "--count", "2", "--submission-id", "482013-15-000001"), "--count"),
        ((*SUBMIT, "--count", "2", "--watch"), "--count"),
        ((*SUBMIT, "--defective", "--submission-id", "482013-15-000001"), "--defective"),
        (("track",), "RECEIPT"),
        (("track", "123"), "16 digits"),
        (("track", "0000000000000001"), "check digit"),
    ],
)
def test_wrong_words_are_one_line_and_exit_code_2(
    arguments: tuple[str, ...], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert problem in told(capsys, *arguments, code=2)


@pytest.mark.parametrize("arguments", [SUBMIT, ("track", "0000000000000000")], ids=lambda words: words[0])
def test_without_a_stack_it_says_how_to_start_one(
    arguments: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "shinsei up" in told(capsys, *arguments, "--home", str(tmp_path), code=1)


@pytest.fixture
def books(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger with two applications missing."""
    lost = RunLedger(
        key=RunKey(run_id="run-1", municipality="482013"),
        ledger=Ledger(accepted=5, registered=3, unaccounted=2),
        by_method={},
        stages=(),
        missing=("482013-10-000001", "482013-10-000002"),
    )

    async def read(*_: object, **__: object) -> list[RunLedger]:
        return [lost]

    monkeypatch.setattr(ledger, "targets", lambda _: {})
    monkeypatch.setattr(ledger, "_read", read)


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("form", [(), ("--json",)], ids=["table", "json"])
def test_a_ledger_with_something_missing_names_it_and_fails(
    form: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ledger", *form]) == 1
    printed = capsys.readouterr()
    assert "482013" in printed.out
    assert printed.err == "shinsei: 2 unaccounted for: 482013-10-000001, 482013-10-000002\n"
