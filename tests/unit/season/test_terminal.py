"""What a season prints: every figure that was promised, the answer, and where to look next."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from shinsei.scenario import Scenario
from shinsei.season.findings import Findings
from shinsei.season.terminal import print_opening, print_paths, print_result
from shinsei.season.text import Text
from shinsei.season.words import METHOD_NAMES
from shinsei.season.writing import SeasonResult

ANSWER = Text("Take this one.", "これです。")


def printed(season: Findings, width: int, answer: Text = ANSWER) -> str:
    screen = Console(file=io.StringIO(), width=width)
    print_result(screen, SeasonResult(findings=season, answer=answer, summary={}, folder=Path("x")))
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


def test_what_a_scenario_calls_something_in_brackets_is_no_markup(season: Findings, smoke: Scenario) -> None:
    answer = Text("Take this one [my city] at 3 [/s].", "これです[x]。[/日]")
    text = printed(season, 160, answer)
    assert answer.en in text
    assert answer.ja in text
    texts = smoke.file.report.model_copy(update={"title": "A season [of mine]", "statement": "As filed [/s]."})
    screen = Console(file=io.StringIO(), width=160)
    print_opening(screen, replace(smoke, file=smoke.file.model_copy(update={"report": texts})))
    assert isinstance(screen.file, io.StringIO)
    assert screen.file.getvalue().splitlines()[:2] == ["A season [of mine]", "As filed [/s]."]


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
