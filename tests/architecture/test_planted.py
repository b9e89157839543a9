"""The import rules notice what no rule names: violations are planted in a copy of the tree, all at once."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PLANTED = {
    "a package of the library that no layer names": (
        "src/shinsei/novelty/__init__.py",
        '"""New."""',
        "- shinsei.novelty",
    ),
    "a module of a service that no layer names": (
        "services/portal_sim/novelty.py",
        '"""New."""',
        "- portal_sim.novelty",
    ),
    "a domain that waits": (
        "src/shinsei/domain/waiting.py",
        "import asyncio",
        "shinsei.domain.waiting -> asyncio",
    ),
    "a domain that sends": (
        "src/shinsei/domain/sending.py",
        "import grpc",
        "shinsei.domain.sending -> grpc",
    ),
    "a service that knows another": (
        "services/app_mgmt/settings.py",
        "import portal_sim.settings",
        "app_mgmt.settings -> portal_sim.settings",
    ),
    "a handler that touches a driver": (
        "services/app_mgmt/handlers/novelty.py",
        "import asyncpg",
        "app_mgmt.handlers.novelty -> asyncpg",
    ),
    "a service that uses a test double": (
        "services/core_systems/settings.py",
        "import shinsei.testing",
        "core_systems.settings -> shinsei.testing",
    ),
}
"""Where, which line, and what the import rules say of it."""


def contracts(repo: Path, tree: Path) -> "subprocess.CompletedProcess[str]":
    """What the import rules say of a tree."""
    return subprocess.run(
        [str(repo / ".venv" / "bin" / "lint-imports"), "--no-logo", "--no-cache"],
        cwd=tree,
        env={"PYTHONPATH": f"{tree / 'src'}{os.pathsep}{tree / 'services'}"},
        text=True,
        capture_output=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copied(repo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the rules look at."""
    tree = tmp_path_factory.mktemp("tree")
    for folder in ("src", "services"):
        shutil.copytree(repo / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(repo / "pyproject.toml", tree)
    return tree


@pytest.fixture(scope="module")
def said(repo: Path, copied: Path) -> str:
    """What the import rules say of a copy in which all is planted."""
    for place, line, _ in PLANTED.values():
        planted = copied / place
        planted.parent.mkdir(exist_ok=True)
        with planted.open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
    return contracts(repo, copied).stdout


def test_the_copy_as_it_is_keeps_them(repo: Path, copied: Path) -> None:
    """Asked first: what is planted stays."""
    done = contracts(repo, copied)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("what", PLANTED, ids=str)
def test_a_planted_violation_is_noticed(what: str, said: str) -> None:
    _, _, told = PLANTED[what]
    assert told in said


def test_no_contract_is_kept_by_what_is_planted(said: str) -> None:
    """So each contract has shown that it can be broken."""
    assert " 0 kept" in said
