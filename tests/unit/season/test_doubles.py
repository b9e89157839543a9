"""What a report says about people who filed twice, and that it says nothing where nobody did."""

from collections.abc import Sequence
from typing import Any

import pytest

from shinsei.domain.plan import run_all
from shinsei.scenario import load
from shinsei.season.findings import Findings, findings
from shinsei.season.planned import planned
from shinsei.season.report.doubles import doubles
from shinsei.season.summary import summary
from shinsei.season.text import Text

TWICE = (
    "doubles.p_online=0.3",
    "doubles.p_paper=0.1",
    "doubles.delay={ mean = '2 d', cv = 0.5 }",
    "doubles.check={ mean = '5 min', cv = 0.5 }",
    "doubles.found_by_match=0.4",
    "doubles.found_by_clerk=0.2",
    "doubles.found_by_core=0.2",
)


@pytest.fixture(scope="module")
def rush() -> Findings:
    """The smoke season with many who file twice, in virtual time."""
    scenario = load("smoke", TWICE)
    outcome = planned(run_all(scenario.run_specs("rush-20210601000000")), scenario.end)
    return findings(outcome, procedures=scenario.compared_procedures, costs=scenario.costs, cutoff=scenario.cutoff)


def methods(season: Findings) -> Sequence[dict[str, Any]]:
    found: Sequence[dict[str, Any]] = summary(season, answer=Text("", ""), wall_s=0.0, environment={})["methods"]
    return found


def test_a_double_is_never_counted_as_two_persons_served(rush: Findings) -> None:
    for one in methods(rush):
        figures = one["doubles"]
        assert set(figures["found"]) == {"match", "clerk", "core"}
        assert figures["registered"] > 0
        # Those whose double came on paper are in the online books once.
        assert one["registered"] - figures["registered"] <= figures["persons_served"] < one["registered"]
        assert figures["check_hours"] > 0
        assert one["ledger"]["not_accepted"] <= sum(figures["found"].values())


def test_the_report_has_them_in_both_languages_and_only_where_there_are_any(rush: Findings, season: Findings) -> None:
    page = doubles(rush)
    assert "registered twice" in page
    assert "二重登録" in page
    assert doubles(season) == ""
    assert all("doubles" not in one for one in methods(season))
