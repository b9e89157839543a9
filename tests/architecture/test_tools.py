"""The tools that keep the code in form agree with it; each failure shows what the tool said."""

import subprocess
from collections.abc import Callable

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]

CHECKS = {
    "ruff finds nothing": ("ruff", "check", "--output-format=concise", "."),
    "ruff would format nothing anew": ("ruff", "format", "--check", "."),
    "imports keep their contracts": ("lint-imports", "--no-logo"),
}


def agrees(tool: Run, *command: str) -> None:
    done = tool(*command)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("check", CHECKS)
def test_a_tool_has_nothing_to_say(check: str, tool: Run) -> None:
    agrees(tool, *CHECKS[check])


@pytest.mark.slow
def test_mypy_finds_nothing(tool: Run) -> None:
    """Half a minute where nothing is cached; make types asks it as well."""
    agrees(tool, "mypy")
