"""The tools that keep the code in form agree with it; each failure shows what the tool said."""

import subprocess
from collections.abc import Callable

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]

CHECKS = {
    "ruff finds nothing": ("ruff", "check", "--output-format=concise", "."),
    "ruff would format nothing anew": ("ruff", "format", "--check", "."),
    "mypy finds nothing": ("mypy",),
    "imports keep their contracts": ("lint-imports", "--no-logo"),
}


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_a_tool_has_nothing_to_say(check: str, tool: Run) -> None:
    done = tool(*CHECKS[check])
    assert done.returncode == 0, f"{' '.join(CHECKS[check])}\n{done.stdout}{done.stderr}"
