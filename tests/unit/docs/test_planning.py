"""The example of ``docs/planning.md`` runs, and every command that the page names exists."""

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from shinsei.cli.commands import COMMANDS


def test_the_example_plans(load_code: Callable[[str], ModuleType]) -> None:
    (line,) = load_code("examples/plan_from_python.py").main(clerks=(2,), replications=2)
    assert line.startswith("2 clerks: Transcription ")
    assert line.count("±") == 5


def test_the_commands_of_the_page_exist(repo: Path) -> None:
    text = (repo / "docs" / "planning.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`shinsei ([a-z]+)", text))
    assert named <= {command.name for command in COMMANDS}
    assert {"plan", "season", "compare"} <= named
