"""A city whose policy chooses the methods: nothing is compared, so nothing is said about a winner."""

from dataclasses import replace

import pytest

from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.plan import run_all
from shinsei.scenario import Scenario, load
from shinsei.season.comparison import comparison
from shinsei.season.findings import Findings, findings
from shinsei.season.planned import planned
from shinsei.season.report.page import report_html
from shinsei.season.verdict import verdict
from shinsei.season.writing import report_context


@pytest.fixture(scope="module")
def city() -> Scenario:
    scenario = load("smoke", ["policy.default=TRANSCRIPTION", "policy.by_procedure.child_allowance_status_report=RPA"])
    return replace(scenario, file=scenario.file.model_copy(update={"twins": None}))


@pytest.fixture(scope="module")
def alone(city: Scenario) -> Findings:
    outcome = planned(run_all(city.run_specs("alone")), city.end)
    return findings(outcome, procedures=city.compared_procedures, costs=city.costs, cutoff=city.cutoff)


def test_every_case_counts_and_no_day_is_called_cleared(alone: Findings) -> None:
    (one,) = alone.methods
    assert one.name.en == "By policy"
    assert one.compared == one.accepted
    assert one.cleared_at is None
    assert "Season cleared on" not in {row.label.en for row in comparison(alone)}


def test_the_answer_is_the_citys_own_figures(alone: Findings) -> None:
    told = verdict(alone)
    assert told.en.startswith(f"The city registers {alone.methods[0].registered:,} of")
    assert "cheapest" not in told.en
    assert "登録" in told.ja


def test_it_pays_for_every_method_that_its_policy_uses(alone: Findings, city: Scenario) -> None:
    one = alone.methods[0]
    assert one.office.robots == city.run_specs("x")[0].office.methods.rpa.robots
    assert one.cost.licences_yen == round(one.office.robots * city.costs.rpa_licence_yen)
    assert one.cost.labour_yen > 0


def test_its_procedures_are_listed_with_their_method(alone: Findings, city: Scenario) -> None:
    rows = alone.methods[0].procedures
    assert sum(row.accepted for row in rows) == alone.methods[0].accepted
    assert (rows[0].procedure, rows[0].method, rows[0].busiest_month) == (10, LinkageMethod.RPA, 6)
    page = report_html(alone, report_context(city, verdict(alone), environment={}, command="", wall_s=0))
    assert 'id="procedures"' in page
    assert "児童手当 現況届" in page
