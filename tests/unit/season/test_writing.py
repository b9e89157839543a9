"""The folder of a season holds all that is needed to read it, and to run it again."""

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import Change, ChangeKind
from shinsei.domain.simtime import SimTime
from shinsei.scenario import Scenario, parse
from shinsei.season.outcome import SeasonOutcome
from shinsei.season.results import Results
from shinsei.season.writing import SeasonResult, changes_toml, write_results

FILES = {
    "summary.json",
    "report.html",
    "series.csv",
    "scenario.toml",
    "changes.toml",
    "environment.json",
    "trace.tsv.gz",
}


@pytest.fixture
def written(tmp_path: Path, smoke: Scenario, outcome: SeasonOutcome) -> SeasonResult:
    return write_results(
        Results(tmp_path), smoke, outcome, environment={"cores": 2}, command="shinsei season smoke", wall_s=3.0
    )


def test_every_file_is_there_and_latest_points_to_it(written: SeasonResult) -> None:
    assert {path.name for path in written.folder.iterdir()} == FILES
    assert (written.folder.parent / "latest").resolve() == written.folder.resolve()
    assert json.loads((written.folder / "summary.json").read_text(encoding="utf-8")) == written.summary


def test_the_recorded_scenario_is_the_one_that_ran(written: SeasonResult, smoke: Scenario) -> None:
    text = (written.folder / "scenario.toml").read_text(encoding="utf-8")
    assert parse(text, smoke.path).run_specs("x") == smoke.run_specs("x")


def test_changes_are_kept_with_their_time() -> None:
    made = (
        Change(at=SimTime(1_622_505_600_000), kind=ChangeKind.STAFF, n=0, value=2),
        Change(at=SimTime(1_622_592_000_000), kind=ChangeKind.POLICY, n=1, procedure=10, method=LinkageMethod.RPA),
    )
    found = tomllib.loads(changes_toml({"482013": made}))["change"]
    assert [(one["at_ms"], one["kind"], one["value"]) for one in found] == [
        (1_622_505_600_000, "staff", 2),
        (1_622_592_000_000, "policy", 0),
    ]
    assert (found[1]["procedure"], found[1]["method"]) == (10, "RPA")
    assert found[0]["at"].isoformat() == "2021-06-01T09:00:00+09:00"


def test_changes_are_told_in_the_report(tmp_path: Path, smoke: Scenario, outcome: SeasonOutcome) -> None:
    change = Change(at=smoke.start, kind=ChangeKind.LINE, n=0, value=90)
    twins = tuple(replace(twin, changes=(change,)) for twin in outcome.twins)
    result = write_results(
        Results(tmp_path), smoke, replace(outcome, twins=twins), environment={}, command="", wall_s=0
    )
    assert "482013: 2021-06-01T00:00:00+09:00 line 90" in (result.folder / "report.html").read_text(encoding="utf-8")
