"""The frame of the command line: a table of commands, one boundary for errors, nothing loaded that is not called."""

import errno
import subprocess
import sys

import pytest

from shinsei.cli.__main__ import run
from shinsei.cli.commands import COMMANDS, load
from shinsei.cli.errors import guarded
from shinsei.domain.errors import InvalidInputError, UnavailableError

HEAVY = {"aiokafka", "asyncpg", "faust", "grpc", "pydantic", "shinsei.domain.run"}


def raising(error: BaseException) -> int:
    def command() -> None:
        raise error

    return guarded(command)


@pytest.mark.parametrize(("encoding", "shown"), [("ascii", "Child"), ("euc_jp", "児童"), ("utf-8", "児童")])
def test_a_terminal_of_another_encoding_lacks_a_sign_and_not_the_command(
    encoding: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    done = subprocess.run([sys.executable, "-m", "shinsei.cli", "procedures"], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert shown in done.stdout.decode(encoding)


@pytest.mark.parametrize("module", sorted({command.module for command in COMMANDS}))
def test_every_command_of_the_table_is_registered_by_its_module(module: str) -> None:
    listed = {command.name for command in COMMANDS if command.module == module}
    assert set(load(module)) == listed


def test_help_lists_every_command_and_loads_none_of_what_they_need() -> None:
    code = f"from shinsei.cli.__main__ import run; run(['--help']); import sys; print({HEAVY!r} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"
    for command in COMMANDS:
        assert command.help in done.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["season", "--help"], ["scenario", "explain", "--help"]])
def test_help_shows_no_type_beside_a_flag(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 0
    shown = capsys.readouterr().out
    assert "--help" in shown
    assert "<bool>" not in shown


@pytest.mark.parametrize("arguments", [["--nothing"], ["status", "--nothing"], ["logs"], ["logs", "nobody"]])
def test_usage_errors_are_one_line_and_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("shinsei: ")
    assert printed.err.count("\n") == 1


def test_a_misspelt_command_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sttus"]) == 2
    assert "Did you mean 'status'?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (InvalidInputError("--seed", "is negative"), 2, "shinsei: --seed: is negative\n"),
        (UnavailableError("the portal\nis away"), 1, "shinsei: the portal is away\n"),
        (KeyboardInterrupt(), 130, "shinsei: interrupted\n"),
        (OSError(errno.ENOSPC, "No space left on device", "x"), 1, "shinsei: No space left on device (x)\n"),
        (KeyError("a"), 1, "shinsei: unexpected KeyError: 'a'; SHINSEI_DEBUG=1 shows where\n"),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(
    error: BaseException, code: int, line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHINSEI_DEBUG", raising=False)
    assert raising(error) == code
    assert capsys.readouterr().err == line


MISSING = ("aiokafka", "asyncpg", "cryptography", "google", "grpc", "locust", "prometheus_client", "structlog")
BARE = f"""
import sys
sys.modules.update(dict.fromkeys({MISSING}))
from shinsei.cli.__main__ import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    "arguments", [("season", "smoke"), ("submit",), ("ledger",), ("explain", "1")], ids=lambda words: words[0]
)
def test_what_an_install_for_planning_lacks_is_named_with_its_extra(arguments: tuple[str, ...]) -> None:
    """``pip install .`` without extras plans; who asks it for more reads what to install."""
    command = [sys.executable, "-c", BARE, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "which is not installed: pip install 'shinsei[services]'" in done.stderr


def test_a_module_of_its_own_that_is_missing_is_a_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert raising(ModuleNotFoundError("No module named 'shinsei.seasons'", name="shinsei.seasons")) == 1
    assert "unexpected ModuleNotFoundError" in capsys.readouterr().err


def test_ctrl_c_within_a_command_is_one_line_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("shinsei.cli.procedures.json.dumps", stopped)
    assert run(["procedures", "--json"]) == 130
    assert capsys.readouterr().err.endswith("shinsei: interrupted\n")


def test_a_traceback_is_shown_on_request_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHINSEI_DEBUG", "1")
    assert raising(KeyError("a")) == 1
    assert "Traceback" in capsys.readouterr().err


def test_a_reader_who_has_gone_is_no_error() -> None:
    command = f"{sys.executable} -m shinsei.cli procedures --json | head -c 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout == "["
    assert done.stderr == ""
