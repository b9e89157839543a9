"""What a figure is a figure of: infrastructure and office are told apart wherever one is read."""

from collections.abc import Mapping
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from tests.unit.loadtest.test_summary import a_context, an_outcome

from shinsei.domain.simtime import to_datetime
from shinsei.loadtest.apart import Part
from shinsei.loadtest.finding import Found
from shinsei.loadtest.preset import load_preset
from shinsei.loadtest.report.page import report_html
from shinsei.loadtest.summary import summarise
from shinsei.loadtest.target import run_specs, scenario_of

NOTHING = Found(tried=(), is_whole=True)
PART = Part(fetch="batch", method="RPA", specs=())
CEILING = "Infrastructure ceiling, offices without queues: not a linkage method's capacity."
CAPACITY = "Capacity of an office with this staff, these hours and this method; not of the infrastructure."


@pytest.mark.parametrize(
    ("name", "searched", "asks", "heading"),
    [
        ("ramp-to-knee", {"found": NOTHING}, "infrastructure", CEILING),
        ("find-max-infra", {"apart": [(PART, NOTHING)]}, "infrastructure", CEILING),
        ("find-max-office", {"offices": {"RPA": NOTHING}}, "office", CAPACITY),
    ],
)
def test_a_searched_maximum_says_of_what_it_is(name: str, searched: Mapping[str, Any], asks: str, heading: str) -> None:
    outcome, context = an_outcome(12), replace(a_context(), preset=load_preset(name))
    for part, found in searched.items():
        setattr(outcome, part, found)
    summary = summarise(outcome, context)
    assert (summary["max_sustained_is"], summary["heading"]) == (asks, heading)
    page = unescape(report_html(outcome, context, summary, {}))
    assert [shown in page for shown in (CEILING, CAPACITY)] == [heading == CEILING, heading == CAPACITY]


def test_every_office_that_is_searched_opens_on_a_tuesday_at_nine() -> None:
    preset = load_preset("find-max-office")
    specs = run_specs(preset, scenario_of(preset), "load-1")
    assert {f"{to_datetime(spec.start):%A %H:%M}" for spec in specs} == {"Tuesday 09:00"}
