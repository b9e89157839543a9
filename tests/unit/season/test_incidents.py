"""What a result says about incidents and unnoticed errors, and that it says nothing where there are none."""

from typing import Any

import pytest

from shinsei.domain.plan import run_all
from shinsei.scenario import load
from shinsei.season.comparison import comparison
from shinsei.season.findings import Findings, findings
from shinsei.season.planned import planned
from shinsei.season.summary import summary
from shinsei.season.text import Text

LABELS = {"Wrong records nobody noticed, yen", "Incidents: cases / longest until found"}
TROUBLE = (
    "twins.methods=['TRANSCRIPTION', 'BATCH_IMPORT']",
    "costs.wrong_record_yen=1000.0",
    "methods.transcription.p_undetected_double=0.2",
    "methods.batch_import.misaligned.p_per_file=1.0",
    "methods.batch_import.misaligned.rollback_per_record={ mean = '5 min', cv = 0.5 }",
)


def methods(season: Findings) -> dict[str, dict[str, Any]]:
    found = summary(season, answer=Text("", ""), wall_s=0.0, environment={})["methods"]
    return {one["method"]: one for one in found}


def labels(season: Findings) -> set[str]:
    return {row.label.en for row in comparison(season)}


@pytest.fixture(scope="module")
def troubled() -> Findings:
    """A season in which every file is misaligned, in virtual time."""
    scenario = load("smoke", TROUBLE)
    outcome = planned(run_all(scenario.run_specs("trouble-20210601000000")), scenario.end)
    return findings(outcome, procedures=scenario.compared_procedures, costs=scenario.costs, cutoff=scenario.cutoff)


def test_each_incident_says_what_it_concerned_and_when_it_was_found(troubled: Findings) -> None:
    one = methods(troubled)["BATCH_IMPORT"]
    assert sum(incident["records"] for incident in one["incidents"]) > 0
    for incident in one["incidents"]:
        assert incident["kind"] == "misaligned_file"
        assert incident["exposure_h"] <= incident["records"] * incident["detection_h"]
        assert incident["began_at"] < incident["found_at"] < incident["settled_at"]
    assert one["staff_hours_by_activity"]["rollback"] > 0
    assert "incidents" not in methods(troubled)["TRANSCRIPTION"]


def test_errors_that_nobody_noticed_have_a_price_apart_from_the_cost(troubled: Findings) -> None:
    one = methods(troubled)["TRANSCRIPTION"]
    assert one["wrong_records_yen"] == 1000 * one["undetected_errors"] > 0
    lines = {name: value for name, value in one["cost"].items() if name != "total_yen"}
    assert sum(lines.values()) == one["cost_yen"]
    assert "wrong_records_yen" not in lines


def test_the_comparison_has_their_rows_only_where_there_are_any(troubled: Findings, season: Findings) -> None:
    assert labels(troubled) >= LABELS
    assert not labels(season) & LABELS
    assert all("incidents" not in one and "wrong_records_yen" not in one for one in methods(season).values())
