"""What a report says about people who filed twice, and that it says nothing where nobody did."""

from collections.abc import Sequence
from typing import Any

import pytest

from shinsei.domain.plan import run_all
from shinsei.scenario import load
from shinsei.season.doubled import doubles_together
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
PAID = "doubles.yen_per_case=309000.0"


def a_rush(*overrides: str) -> Findings:
    """The smoke season with many who file twice, in virtual time."""
    scenario = load("smoke", (*TWICE, *overrides))
    outcome = planned(run_all(scenario.run_specs("rush-20210601000000")), scenario.end)
    return findings(outcome, procedures=scenario.compared_procedures, costs=scenario.costs, cutoff=scenario.cutoff)


@pytest.fixture(scope="module")
def rush() -> Findings:
    return a_rush(PAID)


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


def test_whom_nobody_noticed_is_paid_once_more(rush: Findings) -> None:
    for one in methods(rush):
        assert one["doubles_yen"] == 309_000 * one["doubles"]["registered"] > 0
    page = doubles(rush)
    assert "paid once more" in page
    assert "二重支給額" in page


def test_the_price_changes_nothing_else(rush: Findings) -> None:
    free = a_rush()
    assert free.trace_hash == rush.trace_hash
    assert [one.office for one in free.methods] == [one.office for one in rush.methods]
    assert [one.cost for one in free.methods] == [one.cost for one in rush.methods]
    assert all("doubles_yen" not in one for one in methods(free))
    assert "二重支給額" not in doubles(free)


def test_when_doubles_are_found_is_told_for_each_finder(rush: Findings) -> None:
    for one in methods(rush):
        after = one["doubles"]["found_after_days"]
        by_finder = after["p50_by_finder"]
        assert set(by_finder) == set(one["doubles"]["found"])
        assert 0 < min(by_finder.values()) <= after["p50"] <= max(by_finder.values())


def test_offices_together_have_all_their_doubles_and_moves(rush: Findings) -> None:
    first, second = (one.office for one in rush.methods[:2])
    both = doubles_together([first.doubles, second.doubles])
    assert both.registered == first.doubles.registered + second.doubles.registered
    for finder, count in both.found.items():
        assert count == len(both.found_after_h[finder]) == first.doubles.found[finder] + second.doubles.found[finder]
