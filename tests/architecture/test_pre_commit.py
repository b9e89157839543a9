"""What pre-commit runs is what make and the tests run, from the same lock."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

MAKE_RUNS = {
    "ruff-check": "ruff check",
    "ruff-format": "ruff format",
    "mypy": "mypy",
    "lint-imports": "lint-imports --no-logo",
    "buf-lint": "buf lint",
    "buf-format": "buf format",
}


@pytest.fixture(scope="module")
def hooks(repo: Path) -> dict[str, dict[str, Any]]:
    """The hooks by id."""
    config = yaml.safe_load((repo / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    return {hook["id"]: hook for source in config["repos"] for hook in source["hooks"] if source["repo"] == "local"}


def test_every_hook_is_local_so_that_no_version_can_differ(repo: Path, hooks: dict[str, dict[str, Any]]) -> None:
    config = yaml.safe_load((repo / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [source["repo"] for source in config["repos"]] == ["local"]
    assert {hook["language"] for hook in hooks.values()} == {"system"}


@pytest.mark.parametrize("hook", MAKE_RUNS)
def test_a_hook_runs_the_tool_that_make_runs(hook: str, repo: Path, hooks: dict[str, dict[str, Any]]) -> None:
    entry = hooks[hook]["entry"]
    assert entry.startswith(f".venv/bin/{MAKE_RUNS[hook]}")
    makefile = (repo / "Makefile").read_text(encoding="utf-8")
    assert f"$(BIN)/{MAKE_RUNS[hook]}" in makefile
    assert (repo / entry.split()[0]).exists()


@pytest.mark.parametrize("target", ["lint", "types", "proto"])
def test_whatever_make_checks_is_checked_before_a_commit_too(
    target: str, repo: Path, hooks: dict[str, dict[str, Any]]
) -> None:
    """A tool that is added to a target and to no hook would be noticed by CI only."""
    done = subprocess.run(
        ["make", "-n", "-o", "setup", target], cwd=repo, text=True, capture_output=True, check=True
    ).stdout
    checks = re.findall(r"^\.venv/bin/((?:ruff|buf) \w+|[\w-]+)", done, re.MULTILINE)
    assert checks
    entries = [hook["entry"] for hook in hooks.values()]
    for check in checks:
        hooked = f"make {target}" in entries or any(entry.startswith(f".venv/bin/{check}") for entry in entries)
        assert hooked, check


@pytest.mark.parametrize("tool", ["pre-commit", "ruff", "mypy", "import-linter", "buf-bin"])
def test_the_tools_are_pinned_with_hashes(tool: str, repo: Path) -> None:
    lock = (repo / "requirements.lock").read_text(encoding="utf-8")
    assert re.search(rf"^{tool}==\S+ \\\n    --hash=sha256:", lock, re.MULTILINE)


def test_pre_commit_reads_the_configuration(repo: Path) -> None:
    done = subprocess.run(
        [str(repo / ".venv" / "bin" / "pre-commit"), "validate-config"],
        cwd=repo,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
