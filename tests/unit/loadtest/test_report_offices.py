"""The section about offices shows every method with what the planner says, and nothing where nobody searched."""

import re
from typing import Any

from shinsei.loadtest.report.offices import offices


def an_office(per_day: float | None, planned: float, above: float | None = None) -> dict[str, Any]:
    step = {"offered_per_s": 5.0, "completed_per_s": 4.9, "is_sustained": True}
    return {
        "per_working_day": per_day,
        "is_lower_bound": per_day is not None and above is None,
        "not_sustained_per_working_day": above,
        "planned_per_working_day": planned,
        "over_planned": None if per_day is None else per_day / planned,
        "busiest_hour": {"multiple": 0.5},
        "steps": [step, {**step, "offered_per_s": 10.0, "is_sustained": False}],
    }


def test_each_method_has_its_row_and_a_mark_for_each_step() -> None:
    found = {"TRANSCRIPTION": an_office(115.0, 116.0), "BATCH_IMPORT": an_office(None, 588.0)}
    page = offices({"max_sustained": found, "clock_speed": 4320.0})
    assert page.count("<circle") == 4
    assert page.count("<tr>") == 3
    assert "115" in page
    assert "588" in page
    # Five a second at 4,320 simulated seconds a second are a hundred a day.
    assert "completed a working day" in page


def test_a_search_that_was_cut_off_shows_a_lower_bound_and_any_other_what_was_too_much() -> None:
    found = {"RPA": an_office(370.0, 380.0), "TRANSCRIPTION": an_office(108.0, 109.0, above=115.5)}
    cells = re.sub(r"(<[^>]+>)+", "|", offices({"max_sustained": found, "clock_speed": 4320.0}))
    assert "|≥ 370|-|380|" in cells
    assert "|108|115.5|109|" in cells


def test_without_a_search_there_is_no_section() -> None:
    assert offices({"clock_speed": 4320.0}) == ""
