"""A rule that the office does not know: the same records are wrong under every method, once each."""

from dataclasses import replace
from typing import Any

import pytest

from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod
from shinsei.domain.office import Office
from shinsei.domain.plan import VirtualRun, run_all
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.domain.trace import trace_hash
from shinsei.scenario import load
from shinsei.testing.offices import a_plain_office, june, opened


def office_with(
    *rules: tuple[int, float], method: LinkageMethod = LinkageMethod.TRANSCRIPTION, **changes: Any
) -> Office:
    """Forty people file on the first of June; a fortnight later all are registered."""
    office = Office(a_plain_office(**{"office.rules_overlooked": rules}, **changes))
    for n in range(1, 41):
        office.offer(opened(june(1, "09:00"), n, method=method))
    office.advance(SimTime(june(1) + 14 * DAY_MS))
    assert office.backlog == 0
    return office


def wrong(office: Office) -> int:
    return sum(office.report().undetected_errors.values())


@pytest.mark.parametrize("method", [*COMPARED_METHODS, LinkageMethod.STANDARD_API])
def test_a_rule_that_nobody_knows_costs_the_same_records_under_every_method(method: LinkageMethod) -> None:
    keyed, other = (wrong(office_with((10, 0.5), method=one)) for one in (LinkageMethod.TRANSCRIPTION, method))
    assert 10 <= keyed <= 30
    assert other == keyed


def test_a_record_wrong_for_two_reasons_is_one_wrong_record() -> None:
    keyed_wrong: dict[str, Any] = {"office.methods.transcription.p_undetected_double": 1.0}
    report = office_with((10, 1.0), **keyed_wrong).report()
    assert report.undetected_errors == {"TRANSCRIPTION": 40}
    assert sum(day.undetected_errors for day in report.days) == 40


def test_a_rule_is_of_one_procedure() -> None:
    assert wrong(office_with((11, 1.0))) == 0


def test_the_more_cases_fall_under_it_the_more_are_wrong() -> None:
    assert 0 < wrong(office_with((10, 0.2))) < wrong(office_with((10, 0.8))) < 40


def a_smoke_run(*overrides: str) -> VirtualRun:
    scenario = load("smoke", overrides)
    [run] = run_all([scenario.run_specs("rule-20210601000000")[0]])
    return run


def test_switched_off_nothing_changes_in_trace_and_books() -> None:
    plain, off = a_smoke_run(), a_smoke_run("office.p_rule_overlooked.child_allowance_status_report=0.0")
    assert off.spec.office.rules_overlooked == ((10, 0.0),)
    assert trace_hash(plain.lines(plain.spec.end)) == trace_hash(off.lines(off.spec.end))
    assert plain.report() == off.report()


def test_it_is_in_the_books_alone() -> None:
    """Nobody notices, so nothing happens otherwise."""
    plain, on = a_smoke_run(), a_smoke_run("office.p_rule_overlooked.child_allowance_status_report=1.0")
    assert trace_hash(plain.lines(plain.spec.end)) == trace_hash(on.lines(on.spec.end))
    report = replace(on.report(), undetected_errors=plain.report().undetected_errors, days=plain.report().days)
    assert report == plain.report()
    assert sum(on.report().undetected_errors.values()) > sum(plain.report().undetected_errors.values())
