"""What a newcomer types first: make, set-up, the launcher in the root."""

import gc
import os
import re
import resource
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from _pytest.mark.expression import Expression


def run(*command: str | Path, cwd: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([str(part) for part in command], cwd=cwd, text=True, capture_output=True, check=False)


def test_before_set_up_the_launcher_says_what_to_run_in_one_line(repo: Path, tmp_path: Path) -> None:
    shutil.copy(repo / "shinsei", tmp_path)
    done = run(tmp_path / "shinsei", "status", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [f"shinsei: not set up yet; run: make -C {tmp_path.resolve()} setup"]


def test_the_launcher_runs_from_anywhere_and_by_a_link(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(repo / "shinsei")
    for launcher in (repo / "shinsei", tmp_path / "link", Path(os.path.relpath(repo / "shinsei", tmp_path))):
        done = run(launcher, "--help", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "season" in done.stdout


def test_set_up_has_nothing_to_do_the_second_time(repo: Path) -> None:
    """`make demo` runs it each time, also where there is no network any more."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = run("deploy/local/setup", cwd=repo)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2


def test_set_up_empties_nothing_that_it_did_not_make(repo: Path, tmp_path: Path) -> None:
    """A link to another folder's environment is what developers make who have two checkouts."""
    for name in ("deploy/local", "pyproject.toml", "requirements.lock"):
        copy = shutil.copytree if (repo / name).is_dir() else shutil.copy
        (tmp_path / "here" / name).parent.mkdir(parents=True, exist_ok=True)
        copy(repo / name, tmp_path / "here" / name)
    there = tmp_path / "there"
    there.mkdir()
    (there / "kept").touch()
    (tmp_path / "here" / ".venv").symlink_to(there)
    done = run(tmp_path / "here" / "deploy" / "local" / "setup", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"setup: .venv is a link to {there}, which is not made for this folder: rm .venv\n"
    assert list(there.iterdir()) == [there / "kept"]


def test_make_alone_lists_every_target(repo: Path) -> None:
    text = (repo / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^\.PHONY: (\S+)$", text, re.MULTILINE)
    listed = run("make", cwd=repo).stdout
    assert {"setup", "demo", "test", "test-fast", "ci", "fmt", "lint", "types", "proto", "up", "down"} <= set(targets)
    assert not [target for target in targets if not re.search(rf"^  {target} +\S", listed, re.MULTILINE)]


def test_what_make_runs_keeps_its_bytecode_also_where_the_environment_forbids_it(repo: Path) -> None:
    """It is hundreds of processes in make test, and each would compile all of the sources anew."""
    shown = 'shown: ; @printf "<%s>" "$$PYTHONDONTWRITEBYTECODE"'
    assert run("env", "PYTHONDONTWRITEBYTECODE=1", "make", f"--eval={shown}", "shown", cwd=repo).stdout == "<>"


def test_ci_runs_the_target_that_a_developer_runs(repo: Path) -> None:
    commands = (repo / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert commands[-1] == "exec make test"


TIERS = {"unit", "contract", "architecture", "model", "integration", "e2e"}
PROGRAMS = {"chaos", "zones"}
"""No tiers: what make chaos plays, its short form being a journey; the networks that another journey builds."""
RUN_BY = {
    "test": TIERS,
    "test-fast": {"unit", "contract", "architecture", "model"},
    "integration": {"integration"},
    "e2e": {"e2e"},
}


def is_selected(selection: str, markers: set[str]) -> bool:
    """Whether pytest runs a test with these markers."""

    def has(name: str, /, **_: str | int | bool | None) -> bool:
        return name in markers

    return Expression.compile(selection).evaluate(has)


@pytest.mark.parametrize("target", RUN_BY)
def test_a_target_runs_its_tiers_and_nothing_long(target: str, repo: Path) -> None:
    options = tomllib.loads((repo / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    folders = {path.name for path in (repo / "tests").iterdir() if path.is_dir() and path.name[0] not in "._"}
    assert folders == TIERS | PROGRAMS
    recipe = run("make", "-n", "-o", "setup", "-o", "setup-tests", target, cwd=repo).stdout
    words = [*options["addopts"], *shlex.split(recipe)]
    selection = [words[at + 1] for at, word in enumerate(words) if word == "-m" and words[at + 1] != "pytest"][-1]
    assert ({word.removeprefix("tests/") for word in words if word.startswith("tests/")} or TIERS) == RUN_BY[target]
    assert is_selected(selection, set())
    assert not is_selected(selection, {"long"})
    assert is_selected(selection, {"slow"}) == (target != "test-fast")


def test_what_was_collected_is_not_searched_for_cycles_behind_every_plan() -> None:
    """Of thousands of tests such a search takes longer than a small season."""
    assert gc.get_freeze_count() > 0
    assert gc.isenabled()


def test_the_licence_is_the_one_that_is_declared(repo: Path) -> None:
    project = tomllib.loads((repo / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (project["license"], project["license-files"]) == ("Apache-2.0", ["LICENSE"])
    words = (repo / "LICENSE").read_text(encoding="utf-8").split()
    assert " ".join(words).startswith("Apache License Version 2.0, January 2004")
    assert len(words) > 1_000, "the whole text"


@pytest.mark.parametrize("path", ["shinsei", ".ci/run", "deploy/local/setup", "deploy/local/lock"])
def test_scripts_can_be_run(path: str, repo: Path) -> None:
    assert os.access(repo / path, os.X_OK)
