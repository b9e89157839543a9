"""Where things stand in the repository, for the tests that check it."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def repo() -> Path:
    """The root of the checkout."""
    return Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def tool(repo: Path) -> Run:
    """Runs a tool of the development environment in the root of the checkout."""

    def run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(repo / ".venv" / "bin" / name), *arguments]
        return subprocess.run(command, cwd=repo, text=True, capture_output=True, check=False)

    return run


@pytest.fixture(scope="session")
def product_files(repo: Path) -> list[Path]:
    """The hand-written Python files of the product: no tests, no generated code."""
    generated = repo / "src" / "shinsei" / "api"
    roots = ("src", "services", "loadtest", "bench", "simulation")
    found = [path for root in roots for path in sorted((repo / root).rglob("*.py"))]
    return [path for path in found if generated not in path.parents]
