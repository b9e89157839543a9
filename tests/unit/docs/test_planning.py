"""The example of ``docs/planning.md`` runs, and every command that the page names exists."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from shinsei.cli.commands import COMMANDS
from shinsei.planning.ranges import ranges

TINY = ("municipality.population=300", "office.clerks=1", "run.end=2021-06-20", "demand.background_scale=0")
SMALLER = {
    '"child-allowance-status-report"': '"smoke"',
    "replications=30": "replications=2",
    'load("smoke")': 'load("smoke", tiny)',
    "replications=5": "replications=1",
    "staffing(city, date(2021, 6, 18), 5,": "staffing(city.with_methods(city.methods[3:4]), date(2021, 6, 18), 1,",
}


def test_the_example_plans(load_code: Callable[[str], ModuleType]) -> None:
    (line,) = load_code("examples/plan_from_python.py").main(clerks=(2,), replications=2)
    assert line.startswith("2 clerks: Transcription ")
    assert line.count("±") == 5


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_the_python_of_the_page_runs(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a small town and a few assumptions; pandas is none of the project's, so a stand-in takes the columns."""
    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(DataFrame=dict))
    monkeypatch.setattr("shinsei.planning.sensitivity.ranges", lambda city: (ranges(city)[0][:3], {}))
    text = (repo / "docs" / "planning.md").read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
    for large, small in SMALLER.items():
        assert large in code
        code = code.replace(large, small)
    found: dict[str, Any] = {"tiny": TINY}
    exec(code, found)  # noqa: S102 - the page's own
    assert found["hours"].mean > found["found"].estimate(1, "staff_hours").mean
    assert found["gap"].mean < 0
    assert len(found["frame"]["method"]) == 2 * 5
    assert len(found["varied"].variants) == 2
    assert [need.clerks for need in found["needs"]] == [1, 1]
    assert found["first"] in {"municipality.population", "demand.recipients_share"}


def test_the_commands_of_the_page_exist(repo: Path) -> None:
    text = (repo / "docs" / "planning.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`shinsei ([a-z]+)", text))
    assert named <= {command.name for command in COMMANDS}
    assert {"plan", "season", "compare"} <= named
