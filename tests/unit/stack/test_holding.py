"""A process that is started before its time imports, and then holds until it is let go or its holder has gone."""

import os
import sys
from pathlib import Path

import pytest

from shinsei.runtime.held import VARIABLE, hold
from shinsei.stack.holding import held
from shinsei.stack.processes import Launch
from shinsei.testing import eventually

PROGRAM = """
import os, pathlib
from shinsei.runtime.held import VARIABLE, hold
print("is there", flush=True)
hold()
print("let go" if pathlib.Path("end").exists() else "too early", VARIABLE in os.environ)
"""


def launch(folder: Path, program: str = PROGRAM) -> Launch:
    return Launch(command=[sys.executable, "-c", program], log=folder / "log", directory=folder)


async def test_a_process_goes_on_when_the_block_is_at_its_end(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with held(launch(tmp_path)) as process:
        await eventually(lambda: log.read_text(encoding="utf-8") == "is there\n")
        (tmp_path / "end").touch()
    assert process.wait(20) == 0
    assert log.read_text(encoding="utf-8") == "is there\nlet go False\n"


def test_a_process_ends_where_the_block_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), held(launch(tmp_path)) as process:
        raise ZeroDivisionError
    assert process.returncode == -9


def test_a_process_that_has_ended_is_found_so_and_nothing_else_happens(tmp_path: Path) -> None:
    with held(launch(tmp_path, "raise SystemExit(3)")) as process:
        process.wait(20)
    assert process.returncode == 3


def test_nobody_holds_a_process_that_is_started_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    hold()


def test_a_process_ends_whose_holder_has_gone_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    end, word = os.pipe()
    os.close(word)
    monkeypatch.setenv(VARIABLE, str(end))
    with pytest.raises(SystemExit, match="1"):
        hold()
