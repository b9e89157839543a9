"""What a newcomer types first: make, set-up, the launcher in the root."""

import os
import re
import resource
import shutil
import subprocess
from pathlib import Path

import pytest


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


def test_make_alone_lists_every_target(repo: Path) -> None:
    text = (repo / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^\.PHONY: (\S+)$", text, re.MULTILINE)
    listed = run("make", cwd=repo).stdout
    assert {"setup", "demo", "test", "test-fast", "ci", "fmt", "lint", "types", "proto", "up", "down"} <= set(targets)
    assert not [target for target in targets if not re.search(rf"^  {target} +\S", listed, re.MULTILINE)]


def test_ci_runs_the_target_that_a_developer_runs(repo: Path) -> None:
    commands = (repo / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert commands[-1] == "exec make test"


@pytest.mark.parametrize("path", ["shinsei", ".ci/run", "deploy/local/setup", "deploy/local/lock"])
def test_scripts_can_be_run(path: str, repo: Path) -> None:
    assert os.access(repo / path, os.X_OK)
