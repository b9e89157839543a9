"""What a result says about incidents and unnoticed errors, and that it says nothing where there are none."""

from dataclasses import replace
from typing import Any

import pytest

from shinsei.domain.plan import run_all
from shinsei.scenario import load
from shinsei.season.comparison import comparison
from shinsei.season.findings import Findings, findings
from shinsei.season.planned import planned
from shinsei.season.report.incidents import incidents
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


def test_the_report_has_a_row_for_each_and_no_section_without_any(troubled: Findings, season: Findings) -> None:
    (batch,) = (one for one in troubled.methods if one.office.incidents)
    page = incidents(troubled)
    assert page.count("a misaligned file") == len(batch.office.incidents) > 0
    many = replace(batch, office=replace(batch.office, incidents=batch.office.incidents * 2))
    folded = incidents(replace(troubled, methods=(many,)))
    assert (folded.count("a misaligned file"), "10 smaller ones" in folded) == (12, True)
    assert "hours to put wrong records right" in page
    assert "誤った記録の訂正に" in page
    assert incidents(season) == ""


def test_an_incident_that_nobody_found_says_so(troubled: Findings) -> None:
    (batch,) = (one for one in troubled.methods if one.office.incidents)
    hidden = replace(batch.office.incidents[0], found_at=None, settled_at=None)
    changed = replace(batch, office=replace(batch.office, incidents=(hidden,)))
    assert "not by the end" in incidents(replace(troubled, methods=(changed,)))
