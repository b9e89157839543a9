"""Services on the compiled kernel, as a user has them who has a C compiler: the plan's trace, all the same.

All other tests run on the sources, which they spoil on purpose.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.test_seasons import assert_planned

from shinsei.kernel import CHOICE, GROUP
from shinsei.scenario import load
from shinsei.season.planned import plan_season
from shinsei.stack import Stack, ensure, stop
from shinsei.testing.command_line import CommandLine

REPO = Path(__file__).resolve().parents[2]


@pytest.fixture
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """A stack of its own whose services may choose their kernel."""
    subprocess.run([sys.executable, "deploy/local/compile_kernel.py"], cwd=REPO, check=True)
    monkeypatch.delenv(CHOICE)
    stack, _ = ensure(tmp_path / "home", ports="free")
    yield stack
    stop(stack.home)


@pytest.mark.long
@pytest.mark.timeout(400)
async def test_offices_on_the_compiled_kernel_leave_the_plans_trace(compiled: Stack, tmp_path: Path) -> None:
    office = next(part.pid for part in compiled.status().parts if part.name == "core_systems")
    assert GROUP in Path(f"/proc/{office}/maps").read_text(encoding="utf-8")
    summary = await CommandLine(home=compiled.home, out=tmp_path / "results").season("smoke")
    assert_planned(summary, plan_season(load("smoke")))
