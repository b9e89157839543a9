"""What the season's commands say without a stack: results that are there, and wrong words."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from shinsei.cli.__main__ import run
from shinsei.scenario import Scenario
from shinsei.season.outcome import SeasonOutcome
from shinsei.season.results import REQUEST, SCENARIO, Results
from shinsei.season.writing import write_results


@pytest.fixture
def out(tmp_path: Path, smoke: Scenario, outcome: SeasonOutcome) -> Path:
    """Two results."""
    for run_id in ("smoke-1", "smoke-2"):
        write_results(Results(tmp_path), smoke, replace(outcome, run_id=run_id), environment={}, command="", wall_s=1.0)
    return tmp_path


def shinsei(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    code = run([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_runs_are_listed_newest_first(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed, _ = shinsei(capsys, "runs", "list", "--out", out, "--json")
    assert code == 0
    assert [entry["run_id"] for entry in json.loads(printed)] == ["smoke-2", "smoke-1"]
    assert {entry["result"] for entry in json.loads(printed)} == {"complete"}


def test_a_run_is_shown_as_it_was_written(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed, _ = shinsei(capsys, "runs", "show", "--out", out, "--json")
    assert code == 0
    assert json.loads(printed) == json.loads((out / "smoke-2" / "summary.json").read_text(encoding="utf-8"))


def test_a_table_has_every_method(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, printed, _ = shinsei(capsys, "runs", "show", "smoke-1", "--out", out)
    assert "screen import" in printed
    assert "staff hours" in printed


def test_equal_runs_compare_as_equal(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed, _ = shinsei(capsys, "compare", "smoke-1", "latest", "--out", out, "--json")
    compared = json.loads(printed)
    assert code == 0
    assert compared["same_trace"]
    first, second = compared["methods"]["RPA"]["staff_hours"]
    assert first == second


def test_a_run_that_differs_is_told_from_an_equal_one(
    out: Path, smoke: Scenario, outcome: SeasonOutcome, capsys: pytest.CaptureFixture[str]
) -> None:
    fewer = replace(outcome, run_id="smoke-3", twins=outcome.twins[1:], ledgers=outcome.ledgers[1:])
    write_results(Results(out), smoke, fewer, environment={}, command="", wall_s=1.0)
    code, printed, _ = shinsei(capsys, "compare", "smoke-1", "smoke-3", "--out", out, "--json")
    compared = json.loads(printed)
    assert code == 0
    assert not compared["same_trace"]
    first, second = compared["methods"]["TRANSCRIPTION"]["registered"]
    assert first > 0
    assert second is None
    _, table, _ = shinsei(capsys, "compare", "smoke-1", "smoke-3", "--out", out)
    assert "differ" in table


def test_an_interrupted_season_is_partial_wherever_it_is_shown(
    out: Path, smoke: Scenario, outcome: SeasonOutcome, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = replace(outcome, run_id="smoke-3", partial=True)
    result = write_results(Results(out), smoke, cut, environment={}, command="", wall_s=1.0)
    _, listed, _ = shinsei(capsys, "runs", "list", "--out", out, "--json")
    assert {entry["run_id"]: entry["result"] for entry in json.loads(listed)} == {
        "smoke-1": "complete",
        "smoke-2": "complete",
        "smoke-3": "partial",
    }
    notice = '<p class="partial">'
    _, found, page = (result.folder / "report.html").read_text(encoding="utf-8").partition(notice)
    assert found
    assert "--resume" in page[: page.index("</p>")]
    assert notice not in (out / "smoke-1" / "report.html").read_text(encoding="utf-8")


def test_prune_keeps_the_newest(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shinsei(capsys, "runs", "prune", "--keep", "1", "--dry-run", "--out", out)
    assert (out / "smoke-1").is_dir()
    shinsei(capsys, "runs", "prune", "--keep", "1", "--out", out)
    assert not (out / "smoke-1").exists()
    assert (out / "latest" / "summary.json").is_file()


def test_prune_leaves_a_season_alone_that_may_be_running(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On a full disk it is what an operator is told to do in the middle of one."""
    results = Results(out)
    results.write("smoke-0", REQUEST, "{}")
    results.write("smoke-0", SCENARIO, "")
    code, printed, _ = shinsei(capsys, "runs", "prune", "--keep", "0", "--out", out, "--json")
    assert (code, sorted(json.loads(printed)["removed"])) == (0, ["smoke-1", "smoke-2"])
    assert (out / "smoke-0" / REQUEST).is_file()


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("season",), 2, "SCENARIO"),
        (("season", "smoke", "--methods", "TELEPATHY"), 2, "'TELEPATHY' is none of TRANSCRIPTION"),
        (("season", "smoke", "--methods", "RPA,rpa"), 2, "twice"),
        (("season", "smoke", "--speed", "fast"), 2, "'fast' is neither a number nor max"),
        (("season", "smoke", "--speed", "0"), 2, "--speed"),
        (("season", "smoke", "--speed", "nan"), 2, "--speed"),
        (("season", "smoke", "--fast-until", "June"), 2, "2021-06-30T17:00"),
        (("season", "smoke", "--set", "office.clerk=1"), 2, "did you mean"),
        (("season", "no-such-scenario"), 2, "no such scenario"),
        (("compare", "one"), 2, "at least two"),
        (("runs", "show", "nothing", "--out", "/nowhere"), 2, "no result 'nothing'"),
        (("control", "linkage", "10", "TELEPATHY"), 2, "'TELEPATHY' is none of"),
        (("control", "linkage", "child_allowance_status_reprot", "RPA"), 2, "did you mean"),
        (("control", "staff", "-3"), 2, "-3"),
    ],
)
def test_wrong_words_are_one_line(
    arguments: tuple[str, ...], code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found, printed, complaint = shinsei(capsys, *arguments)
    assert (found, printed) == (code, "")
    assert told in complaint
    assert len(complaint.splitlines()) == 1


@pytest.mark.parametrize(
    "command",
    [
        ("ledger",),
        ("control", "list"),
        ("control", "staff", "3"),
        ("fault", "set", "portal-slow"),
        ("fault", "set", "line-outage"),
        ("fault", "clear"),
    ],
)
def test_without_a_stack_it_says_how_to_start_one(
    command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, complaint = shinsei(capsys, *command, "--home", tmp_path)
    assert (code, complaint) == (1, "shinsei: the stack is not up; start it with shinsei up\n")
