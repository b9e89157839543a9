"""The home of a stack: what is removed, and who holds its lock."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.stack.errors import StackError
from shinsei.stack.home import Home, holders, is_locked, try_lock
from shinsei.stack.java import find_java
from shinsei.stack.local import home_of


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(path=tmp_path / "home")
    made.make()
    return made


def test_the_lock_is_held_as_long_as_anybody_lives_who_inherited_it(home: Home) -> None:
    lock = try_lock(home)
    assert lock is not None
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[lock])
    os.close(lock)
    assert is_locked(home)
    assert try_lock(home) is None
    if Path("/proc").is_dir():
        assert list(holders(home)) == [child.pid]
    child.communicate(b"\n")
    assert not is_locked(home)


def test_purging_removes_what_a_stack_made_and_nothing_else(home: Home) -> None:
    (home.path / "mine.txt").touch()
    home.log("kafka").touch()
    # A letter of the next stack may lie at the same place, and nobody has decided about that.
    home.audit.parent.mkdir()
    home.audit.touch()
    home.purge()
    assert [file.name for file in home.path.iterdir()] == ["mine.txt"]


def test_a_home_that_is_left_empty_goes_too(home: Home) -> None:
    home.purge()
    assert not home.path.exists()


def test_a_home_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StackError, match=r"cannot keep its data in .*: Not a directory"):
        Home(path=tmp_path / "file" / "home").make()


def test_a_home_that_is_a_file_is_a_wrong_option(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(InvalidInputError, match=r"--home: .*file is no folder"):
        home_of(file)


def test_a_long_log_is_put_aside(home: Home) -> None:
    with home.log("kafka").open("wb") as log:
        log.truncate(21 * 2**20)
    home.make()
    assert [file.name for file in home.logs.iterdir()] == ["kafka.log.1"]


def a_java(folder: Path, version: str) -> Path:
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2024-01-01' >&2\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def test_the_java_of_java_home_is_taken_if_it_is_new_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    program = a_java(tmp_path, "21.0.1")
    assert find_java() == str(program)


def test_without_a_java_that_is_new_enough_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    a_java(tmp_path, "1.8.0_402")
    with pytest.raises(StackError, match=r"Java 17 or newer \(.*java is 8\): install one"):
        find_java()
