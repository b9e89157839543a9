"""What a season prints: every figure that was promised, the answer, and where to look next."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from shinsei.season.findings import Findings
from shinsei.season.terminal import print_paths, print_result
from shinsei.season.text import Text
from shinsei.season.words import METHOD_NAMES
from shinsei.season.writing import SeasonResult


def printed(season: Findings, width: int) -> str:
    screen = Console(file=io.StringIO(), width=width)
    result = SeasonResult(findings=season, answer=Text("Take this one.", "これです。"), summary={}, folder=Path("x"))
    print_result(screen, result)
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


@pytest.mark.parametrize(
    "figure",
    [
        "Accepted online",
        "Registered",
        "Decided",
        "Peak backlog",
        "… on",
        "Season cleared on",
        "Lead time, working days",
        "… in hours",
        "Result seen after, hours",
        "Decided by the cut-off",
        "Staff hours",
        "Overtime hours",
        "Robot hours",
        "Undetected errors",
        "Cost per year",
        "Saturated first",
    ],
)
def test_every_figure_is_compared_method_by_method(season: Findings, figure: str) -> None:
    assert figure in printed(season, 160)


@pytest.mark.parametrize("width", [80, 160])
def test_methods_answer_ledger_and_trace_are_there_at_any_width(season: Findings, width: int) -> None:
    text = printed(season, width)
    for one in season.methods:
        assert METHOD_NAMES[one.method].en.split()[0] in text
    assert "Take this one." in text
    assert "これです。" in text
    assert "unaccounted 0, late 0" in " ".join(text.split())
    assert season.trace_hash in text


@pytest.mark.parametrize("partial", [True, False])
def test_an_interrupted_season_says_how_to_go_on(season: Findings, *, partial: bool) -> None:
    assert ("season --resume" in printed(replace(season, partial=partial), 160)) is partial


def test_the_last_lines_say_where_to_look_next(tmp_path: Path) -> None:
    screen = Console(file=io.StringIO(), width=20)
    print_paths(screen, tmp_path)
    assert isinstance(screen.file, io.StringIO)
    for name in ("report.html", "summary.json", "series.csv"):
        assert str(tmp_path / name) in screen.file.getvalue()
