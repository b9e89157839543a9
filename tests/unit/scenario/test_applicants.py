"""The optional tables about applicants: off in every scenario that lacks them, and on as the template shows them."""

from pathlib import Path

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.run import AttachmentFaultSpec
from shinsei.domain.simtime import DAY_MS
from shinsei.scenario import load, parse
from shinsei.scenario.writing import template_text
from shinsei.testing.applicants import SHIPPED

FIRST, LAST = "# [defects]", "# delay = { mean"

FAULTS = ["attachment_faults.p_virus=0.1", "attachment_faults.refile_delay={ mean = '2 h' }"]
INTAKE = ("# [attachment_faults]", "# [retention]")


def turned_on() -> str:
    """The template with the comment signs of its optional tables taken away, as it says there."""
    lines = template_text().splitlines()
    first = lines.index(FIRST)
    last = next(n for n, line in enumerate(lines) if line.startswith(LAST))
    return "\n".join([*lines[:first], *(line[2:] for line in lines[first : last + 1]), *lines[last + 1 :]])


def test_a_scenario_without_the_tables_has_none_of_it() -> None:
    spec = load("smoke").run_specs("r")[0]
    assert (spec.defects, spec.corrections, spec.withdrawals) == (None, None, None)
    assert (spec.attachment_faults, spec.retention) == (AttachmentFaultSpec(), None)


def test_the_tables_of_the_template_can_be_turned_on_and_every_number_has_its_mark() -> None:
    scenario = parse(turned_on(), Path("template.toml"))
    spec = scenario.run_specs("r")[0]
    assert spec.defects is not None
    assert (spec.defects.rate, spec.defects.rate_without_preset) == (0.12, 0.65)
    assert spec.corrections is not None
    assert abs(spec.corrections.reply_delay_days.sample(0.5) - 4.0) < 0.01
    assert spec.withdrawals is not None
    marks = {item.path: item for item in scenario.parameters if item.path.split(".")[0] in ("defects", "corrections")}
    assert len(marks) > 10
    assert all(item.mark and item.source for item in marks.values())
    assert marks["defects.rate"].unit == "share"


def test_the_tables_about_intake_can_be_turned_on_and_every_number_has_its_mark() -> None:
    lines = turned_on().splitlines()
    for first in map(lines.index, INTAKE):
        last = next(n for n in range(first, len(lines)) if lines[n] in {"", "#"})
        lines[first:last] = [line[2:] for line in lines[first:last]]
    scenario = parse("\n".join(lines), Path("template.toml"))
    spec = scenario.run_specs("r")[0]
    assert (spec.attachment_faults.p_wrong_type, spec.attachment_faults.p_virus) == (0.01, 0.0005)
    assert spec.retention is not None
    assert (spec.retention.window_ms, spec.retention.recovery_min.mean) == (90 * DAY_MS, 20)
    found = [item for item in scenario.parameters if item.path.startswith(("attachment_faults.", "retention."))]
    assert len(found) > 9
    assert all(item.mark and item.source for item in found)


def test_a_rate_may_differ_by_procedure() -> None:
    scenario = load("smoke", [*SHIPPED, "defects.by_procedure.nursery_place_application=0.4"])
    defects = scenario.run_specs("r")[0].defects
    assert defects is not None
    assert (defects.rate_of(12), defects.rate_of(10)) == (0.4, 0.3)


@pytest.mark.parametrize(
    ("overrides", "problem"),
    [
        (["defects.rate=0.1"], "needs the table"),
        ([*SHIPPED, "corrections.grace='1 min'"], "at least poll.interval"),
        ([*SHIPPED, "defects.found_by_form_check=0.9"], "more than 1 together"),
        ([*SHIPPED, "defects.rate=1.5"], "defects.rate: must be at most 1"),
        ([*SHIPPED, "corrections.max_requests=0"], "at least 1"),
        (FAULTS, "needs the table"),
        ([*SHIPPED, *FAULTS, "attachment_faults.p_wrong_type=0.9", "attachment_faults.p_too_large=0.2"], "more than 1"),
        (["retention.window='90 d'"], "retention.recovery: is missing"),
        ([*SHIPPED, "withdrawals.part=0.5"], "known keys: after_registration, delay, share"),
    ],
)
def test_a_wrong_table_is_one_clear_line(overrides: list[str], problem: str) -> None:
    with pytest.raises(InvalidInputError, match=problem) as refused:
        load("smoke", overrides)
    assert "\n" not in str(refused.value)
