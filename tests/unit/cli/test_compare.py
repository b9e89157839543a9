"""``shinsei compare`` pairs results season by season where they have seasons in common."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from shinsei.cli.__main__ import run
from shinsei.domain.plan import run_all
from shinsei.planning.statistics import difference
from shinsei.scenario import load
from shinsei.season.planned import planned
from shinsei.season.results import Results
from shinsei.season.writing import write_results

pytestmark = pytest.mark.slow

TINY = ("municipality.population=300", "office.clerks=1", "run.end=2021-06-20", "demand.background_scale=0")
SMALL = [word for override in TINY for word in ("--set", override)]
PLANS = {
    "one": ("--replications", "4"),
    "slower": ("--replications", "3", "--set", "methods.rpa.review.mean=6 min"),
    "elsewhere": ("--replications", "2", "--seed", "8"),
}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A season; its plan; another with a slower review; one of other seeds."""
    folder = tmp_path_factory.mktemp("results")
    scenario = load("smoke", TINY)
    scenario = scenario.with_methods(scenario.methods[1:2])
    season = planned(run_all(scenario.run_specs("season")), scenario.end)
    write_results(Results(folder), scenario, season, environment={}, command="", wall_s=1.0)
    for name, options in PLANS.items():
        common = ("--methods", "rpa", "--jobs", "1", "--out", str(folder))
        assert run(["plan", "smoke", *SMALL, *options, *common]) == 0
        (folder / "latest").resolve().rename(folder / name)
    return folder


def compared(capsys: pytest.CaptureFixture[str], out: Path, *runs: str) -> tuple[str, dict[str, Any]]:
    capsys.readouterr()
    assert run(["compare", *runs, "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert run(["compare", *runs, "--out", str(out), "--json"]) == 0
    return told, json.loads(capsys.readouterr().out)


def hours(out: Path, name: str) -> list[float | None]:
    with (out / name / "replications.csv").open(encoding="utf-8") as table:
        return [float(row["staff_hours"]) for row in csv.DictReader(table)]


def test_two_plans_are_subtracted_season_by_season(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told, written = compared(capsys, out, "one", "slower")
    expected = difference(hours(out, "slower"), hours(out, "one")[:3])
    (gap,) = written["differences"]
    assert (gap["run"], gap["minus"]) == ("slower", "one")
    assert len(gap["methods"]["RPA"]["seeds"]) == 3
    found = gap["methods"]["RPA"]["figures"]["staff_hours"]
    assert expected.mean is not None
    assert expected.half_width is not None
    assert found["mean"] == pytest.approx(expected.mean, abs=1e-3)
    assert found["half_width"] == pytest.approx(expected.half_width, abs=1e-3)
    assert found["low"] > 0
    assert found["half_width"] < written["intervals"]["RPA"][0]["staff_hours"]["half_width"]
    assert "difference: slower less one, in 3 seasons of the same seeds" in told
    line = next(line for line in told.splitlines() if line.startswith("Staff hours"))
    assert " +" in line


def test_what_was_set_otherwise_is_named(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told, written = compared(capsys, out, "one", "slower")
    assert written["differences"][0]["parameters"] == {"methods.rpa.review.mean": ["1.5 min", "6 min"]}
    assert "slower has other parameters: methods.rpa.review.mean 1.5 min → 6 min" in told


def test_a_season_is_paired_with_the_one_season_of_its_seed(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told, written = compared(capsys, out, "season", "one")
    (gap,) = written["differences"]
    assert gap["methods"]["RPA"]["seeds"] == [7]
    means = {key: found["mean"] for key, found in gap["methods"]["RPA"]["figures"].items()}
    assert means
    assert means == dict.fromkeys(means, 0)
    assert "in the season of one seed; one season has no interval" in told
    assert "other parameters" not in told


def test_without_a_season_in_common_no_difference_is_taken(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told, written = compared(capsys, out, "one", "elsewhere")
    assert written["differences"][0]["methods"]["RPA"] == {"seeds": [], "figures": {}}
    assert "elsewhere has no season of a seed of one, so no difference is taken" in told
    assert "seed 7 → 8" in told


def test_results_of_different_scenarios_are_told_apart(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Their figures stand side by side all the same: a city and its neighbour, say."""
    summary = json.loads((out / "one" / "summary.json").read_text(encoding="utf-8"))
    other = out / "another"
    other.mkdir()
    changed = {**summary, "scenario": "village", "partial": True}
    (other / "summary.json").write_text(json.dumps(changed), encoding="utf-8")
    told, written = compared(capsys, out, "one", "another")
    assert written["scenarios"] == ["smoke", "village"]
    assert "of different scenarios: smoke, village" in told
    assert "another is partial" in told
    assert "one is partial" not in told


def test_a_damaged_result_is_one_clear_line(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damaged, bare = out / "damaged", out / "bare"
    for folder in (damaged, bare):
        shutil.copytree(out / "one", folder)
    (damaged / "replications.csv").write_text("variant,replication,seed,method\n,0,first,RPA\n", encoding="utf-8")
    (bare / "summary.json").write_text('{"seed": 7, "methods": [{"method": "RPA"}]}', encoding="utf-8")
    capsys.readouterr()
    assert run(["compare", "one", "damaged", "--out", str(out)]) == 2
    assert "damaged/replications.csv: is no table of replications" in capsys.readouterr().err
    assert run(["compare", "one", "bare", "--out", str(out)]) == 0
    assert run(["runs", "show", "bare", "--out", str(out)]) == 0
    assert "unexpected" not in capsys.readouterr().err
