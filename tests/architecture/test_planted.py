"""The import rules notice what no rule names: each violation is planted in a copy of the tree."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PLANTED = {
    "a package of the library that no layer names": ("src/shinsei/novelty/__init__.py", '"""New."""\n', "novelty"),
    "a module of a service that no layer names": ("services/portal_sim/novelty.py", '"""New."""\n', "novelty"),
    "a domain that waits": ("src/shinsei/domain/waiting.py", "import asyncio\n", "asyncio"),
    "a domain that sends": ("src/shinsei/domain/sending.py", "import grpc\n", "grpc"),
    "a service that knows another": ("services/app_mgmt/settings.py", "import portal_sim.settings\n", "portal_sim"),
    "a handler that touches a driver": ("services/app_mgmt/handlers/novelty.py", "import asyncpg\n", "asyncpg"),
}


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


@pytest.mark.parametrize("what", PLANTED, ids=str)
def test_a_planted_violation_is_noticed(what: str, repo: Path, copied: Path) -> None:
    place, text, named = PLANTED[what]
    planted = copied / place
    before = planted.read_text(encoding="utf-8") if planted.exists() else None
    planted.parent.mkdir(exist_ok=True)
    planted.write_text(f"{before or ''}\n{text}", encoding="utf-8")
    try:
        done = contracts(repo, copied)
    finally:
        if before is None:
            planted.unlink()
            if not any(planted.parent.iterdir()):
                planted.parent.rmdir()
        else:
            planted.write_text(before, encoding="utf-8")
    assert done.returncode != 0, what
    assert named in done.stdout


def test_the_copy_as_it_is_keeps_them(repo: Path, copied: Path) -> None:
    done = contracts(repo, copied)
    assert done.returncode == 0, done.stdout + done.stderr
