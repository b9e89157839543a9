"""``shinsei diff`` and ``shinsei compare`` take seasons and plans alike."""

import json
from pathlib import Path

import pytest

from shinsei.cli.__main__ import run
from shinsei.domain.plan import run_all
from shinsei.domain.simtime import SimTime
from shinsei.domain.trace import TraceLine, trace_hash
from shinsei.planning.difference import difference
from shinsei.scenario import Scenario, load
from shinsei.season.outcome import SeasonOutcome
from shinsei.season.planned import planned
from shinsei.season.results import Results
from shinsei.season.trace_file import TRACE, read_trace, trace_bytes
from shinsei.season.writing import write_results

TINY = ("municipality.population=300", "office.clerks=1", "run.end=2021-06-20", "demand.background_scale=0")
SMALL = [word for override in TINY for word in ("--set", override)]


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    made = load("smoke", TINY)
    return made.with_methods(made.methods[1:2])


@pytest.fixture(scope="module")
def outcome(scenario: Scenario) -> SeasonOutcome:
    return planned(run_all(scenario.run_specs("smoke-1")), scenario.end)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory, scenario: Scenario, outcome: SeasonOutcome) -> Path:
    """A season, a plan of the same, and a plan with another seed."""
    folder = tmp_path_factory.mktemp("results")
    write_results(Results(folder), scenario, outcome, environment={}, command="", wall_s=1.0)
    for seed in ("7", "8"):
        options = ("--replications", "2", "--jobs", "1", "--methods", "rpa", "--seed", seed, "--out", str(folder))
        assert run(["plan", "smoke", *SMALL, *options]) == 0
        (new,) = [path for path in folder.iterdir() if "-plan-" in path.name and not path.is_symlink()]
        new.rename(folder / f"planned-{seed}")
    return folder


def shinsei(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    capsys.readouterr()
    code = run([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_a_trace_file_is_read_as_it_was_written(out: Path, outcome: SeasonOutcome) -> None:
    lines = read_trace(out / "smoke-1" / TRACE)
    assert trace_hash(lines) == trace_hash(line for twin in outcome.twins for line in twin.lines)
    assert trace_bytes(reversed(lines)) == (out / "smoke-1" / TRACE).read_bytes()


def test_a_plan_and_the_season_of_its_seed_have_equal_traces(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed, _ = shinsei(capsys, "diff", "smoke-1", "planned-7", "--out", out)
    assert (code, printed.strip()) == (0, "the traces are equal")


def test_where_two_runs_part_is_shown_with_both_histories(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed, _ = shinsei(capsys, "diff", "smoke-1", "planned-8", "--out", out)
    assert code == 1
    assert "cases differ; first at 2021-06-" in printed
    code, printed, _ = shinsei(capsys, "diff", "smoke-1", "planned-8", "--out", out, "--json")
    written = json.loads(printed)
    assert code == 1
    assert not written["same_trace"]
    assert written["first"]["submission_id"] in {line["submission_id"] for line in written["left"] + written["right"]}


def test_the_first_difference_is_the_earliest_in_simulated_time(outcome: SeasonOutcome) -> None:
    lines = [line for twin in outcome.twins for line in twin.lines]
    late = max(lines, key=lambda line: line.at)
    early = sorted(lines, key=lambda line: line.at)[3]

    def moved(line: TraceLine) -> TraceLine:
        return line._replace(at=SimTime(line.at + 1)) if line in (late, early) else line

    found = difference(lines, [moved(line) for line in lines])
    assert found is not None
    assert (found.first, found.in_left) == (early, True)
    assert found.cases == len({late.submission_id, early.submission_id})
    assert len(found.left) == len(found.right) > 1
    assert difference(lines, list(reversed(lines))) is None


def test_a_line_that_stands_twice_is_a_difference(outcome: SeasonOutcome) -> None:
    lines = [line for twin in outcome.twins for line in twin.lines]
    found = difference([*lines, lines[3]], lines)
    assert found is not None
    assert (found.first, found.in_left, found.cases) == (lines[3], True, 1)


def test_a_season_and_a_plan_are_compared_with_the_plans_intervals(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, printed, _ = shinsei(capsys, "compare", "smoke-1", "planned-7", "--out", out)
    assert code == 0
    assert "the traces are equal" in printed
    assert " ± " in next(line for line in printed.splitlines() if line.startswith("Staff hours"))


def test_what_has_no_single_trace_is_refused(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--vary", "office.clerks=1,2", "--replications", "1", "--jobs", "1", "--methods", "rpa")
    assert shinsei(capsys, "plan", "smoke", *SMALL, *options, "--out", out)[0] == 0
    grid = (out / "latest").resolve().name
    code, _, err = shinsei(capsys, "diff", "smoke-1", grid, "--out", out)
    assert code == 2
    assert "has no trace" in err
    code, _, err = shinsei(capsys, "compare", "smoke-1", grid, "--out", out)
    assert code == 2
    assert "it has no figures" in err
    assert shinsei(capsys, "runs", "show", grid, "--out", out)[0] == 0
