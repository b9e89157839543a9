"""A season with many municipalities: gathered by group for people, each with its ledger, and the same for programs."""

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from shinsei.cli.__main__ import run
from shinsei.domain.plan import run_all
from shinsei.scenario import Scenario, parse
from shinsei.season.comparison import comparison
from shinsei.season.figures import Findings
from shinsei.season.outcome import Ledger, SeasonOutcome
from shinsei.season.planned import plan_season, planned
from shinsei.season.report.page import report_html
from shinsei.season.results import Results
from shinsei.season.series import series_csv
from shinsei.season.summary import summary
from shinsei.season.verdict import verdict
from shinsei.season.writing import report_context, write_results

TOWNS_AND_CITIES = """
extends = "smoke"

[municipality]
population = 2_000  # [A]

[defects]
rate = 0.3  # [A]

[corrections]
request = { mean = "3 min", cv = 0.5 }  # [A]
p_reply = 0.85  # [A]
reply_delay = { mean = "2 d", cv = 1.0 }  # [A]
deadline = "5 d"  # [A]
grace = "1 d"  # [A]
max_requests = 2  # [A]

[[municipalities]]
name = "Towns"
name_ja = "町"
count = 8  # [A]
share = 0.5  # [A]
method = "TRANSCRIPTION"  # [A]
clerks = 1  # [A]

[[municipalities]]
name = "Cities"
name_ja = "市"
count = 2  # [A]
share = 0.5  # [A]
method = "RPA"  # [A]
clerks = 2  # [A]
"""


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return parse(TOWNS_AND_CITIES, Path("many.toml"))


@pytest.fixture(scope="module")
def many(scenario: Scenario) -> Findings:
    return plan_season(scenario)


@pytest.fixture(scope="module")
def outcome(scenario: Scenario) -> SeasonOutcome:
    return planned(run_all(scenario.run_specs("many")), scenario.end)


def test_groups_are_the_columns_and_municipalities_the_rows(many: Findings) -> None:
    assert [(one.name.en, one.group and one.group.count) for one in many.methods] == [("Towns", 8), ("Cities", 2)]
    assert len(many.municipalities) == 10
    assert all(len(row.cells) == 2 for row in comparison(many))


def test_each_municipality_has_a_ledger_and_they_sum_to_the_seasons(many: Findings) -> None:
    assert sum((one.ledger for one in many.municipalities), Ledger()) == many.ledger
    assert sum((one.ledger for one in many.methods), Ledger()) == many.ledger
    assert many.ledger.accepted > 0
    assert len({one.trace_hash for one in many.municipalities}) == 10


def test_a_group_is_its_municipalities_together(many: Findings) -> None:
    towns, members = many.methods[0], many.municipalities[:8]
    assert towns.accepted == sum(one.accepted for one in members)
    assert towns.office.staff_hours == pytest.approx(sum(one.office.staff_hours for one in members))
    assert towns.cost.total_yen == sum(one.cost.total_yen for one in members)
    assert towns.cleared_at == max(one.cleared_at or 0 for one in members)
    assert towns.corrections.requested == sum(one.corrections.requested for one in members) > 0
    assert max(one.backlog_peak for one in members) <= towns.backlog_peak <= sum(one.backlog_peak for one in members)
    assert towns.persons_served == sum(one.persons_served for one in members)


def test_the_answer_says_how_long_they_wait_where_and_compares_no_twins(many: Findings) -> None:
    told = verdict(many)
    assert told.en.startswith("Half of the applications are in the core system within ")
    assert "Towns (Transcription)" in told.en
    assert "Cities (RPA)" in told.en
    assert re.search(r"of the 10 municipalities is through|all 10 municipalities are through", told.en)
    assert "cheapest" not in told.en
    assert "10団体" in told.ja


def test_the_report_lists_every_municipality_under_its_group(many: Findings, scenario: Scenario) -> None:
    page = report_html(many, report_context(scenario, verdict(many), environment={}, command="", wall_s=0))
    assert 'id="municipalities"' in page
    assert all(one.municipality in page for one in many.municipalities)
    assert "8 × Transcription" in page
    assert "12 clerks" in page


def test_programs_get_groups_and_municipalities(many: Findings) -> None:
    found = summary(many, answer=verdict(many), wall_s=1.0, environment={})
    assert [one["group"]["name"]["en"] for one in found["methods"]] == ["Towns", "Cities"]
    assert [one["ledger"]["accepted"] for one in found["municipalities"]] == [
        one.accepted for one in many.municipalities
    ]
    rows = list(csv.DictReader(io.StringIO(series_csv(many).decode("utf-8-sig"))))
    assert {row["municipality"] for row in rows} == {one.municipality for one in many.municipalities}


def test_the_plan_of_many_is_reproducible(many: Findings, outcome: SeasonOutcome, scenario: Scenario) -> None:
    assert plan_season(scenario).trace_hash == many.trace_hash
    assert len(outcome.twins) == 10


def test_results_are_shown_and_compared_by_group(
    outcome: SeasonOutcome, scenario: Scenario, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for run_id in ("many-1", "many-2"):
        write_results(
            Results(tmp_path), scenario, replace(outcome, run_id=run_id), environment={}, command="", wall_s=1.0
        )
    assert run(["compare", "many-1", "many-2", "--out", str(tmp_path), "--json"]) == 0
    compared = json.loads(capsys.readouterr().out)
    assert list(compared["methods"]) == ["Towns", "Cities"]
    assert compared["same_trace"]
    assert run(["runs", "show", "many-1", "--out", str(tmp_path)]) == 0
    assert "towns" in capsys.readouterr().out
