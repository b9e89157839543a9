"""Applicants who move out while their case is under way: off by default, by the rule of the procedure, counted once."""

from collections import Counter

import pytest

from shinsei.domain.demand import filings
from shinsei.domain.identification import is_identified, mappings
from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.moves import ACTION_ON_MOVING, OnMoving, moves_out, on_moving
from shinsei.domain.plan import VirtualRun, run_all
from shinsei.domain.run import Filing, RunSpec
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.domain.trace import trace_hash
from shinsei.scenario import Scenario, load
from shinsei.season.outcome import histories, ledger_of
from shinsei.testing.applicants import SHIPPED

pytestmark = pytest.mark.slow

ONE = "twins.methods=['TRANSCRIPTION']"


def a_town(share: float | None, *overrides: str) -> Scenario:
    """All municipal procedures, a share of whose applicants moves out within days."""
    moving = (
        ()
        if share is None
        else (
            f"moves_out.share={share}",
            "moves_out.delay={ mean = '2 d', shape = 'exponential' }",
            "moves_out.handling={ mean = '10 min', cv = 0.5 }",
        )
    )
    return load("all-procedures", [ONE, "municipality.population=40_000", *moving, *overrides])


def run_of(scenario: Scenario) -> VirtualRun:
    """The city, without the prefecture beside it."""
    (run,) = run_all(scenario.run_specs("run")[:1])
    return run


@pytest.fixture(scope="module")
def still() -> tuple[Scenario, VirtualRun]:
    scenario = a_town(0.0)
    return scenario, run_of(scenario)


def hash_of(scenario: Scenario, run: VirtualRun) -> str:
    return trace_hash(run.lines(scenario.end))


@pytest.fixture(scope="module")
def moving() -> tuple[Scenario, VirtualRun]:
    scenario = a_town(0.5)
    return scenario, run_of(scenario)


def online(spec: RunSpec) -> list[Filing]:
    return [filing for filing in filings(spec) if filing.online]


def test_nobody_who_moves_changes_nothing(still: tuple[Scenario, VirtualRun]) -> None:
    off = a_town(None)
    before = run_of(off)
    assert hash_of(*still) == hash_of(off, before)
    assert still[1].report() == before.report()


def test_each_case_ends_by_the_rule_of_its_procedure_or_is_registered_before(
    moving: tuple[Scenario, VirtualRun],
) -> None:
    scenario, run = moving
    ends: Counter[OnMoving] = Counter()
    for case in run.cases():
        at = moves_out(run.spec, case.filing)
        rule = on_moving(case.filing.procedure)
        last = case.lines[-1]
        if at is None or at >= scenario.end - 2 * DAY_MS or rule is OnMoving.STAYS:
            continue
        registered = next((line.at for line in case.lines if line.action is Action.REGISTER), None)
        if registered is None:
            assert last.action is ACTION_ON_MOVING[rule]
            assert last.at >= at
            ends[rule] += 1
        else:
            assert last.action is not ACTION_ON_MOVING[rule]
    assert min(ends[rule] for rule in ACTION_ON_MOVING) > 0


def test_the_ledger_has_a_line_for_them_and_the_books_agree(moving: tuple[Scenario, VirtualRun]) -> None:
    _, run = moving
    report = run.report()
    ledger = ledger_of(histories(run.lines(report.until)))
    assert ledger.transferred == report.transferred > 0
    ended = ledger.not_accepted + ledger.withdrawn + ledger.expired + ledger.transferred
    assert ledger.accepted == ledger.registered + ended + ledger.in_flight + ledger.dead_lettered
    assert report.moved_out == report.not_accepted + report.withdrawn + report.transferred
    assert report.arrivals == report.registered + ended + report.backlog
    assert report.staff_minutes["move_out"] > 0


def test_more_who_move_means_fewer_registered(
    moving: tuple[Scenario, VirtualRun], still: tuple[Scenario, VirtualRun]
) -> None:
    few = run_of(a_town(0.1))
    assert moving[1].report().registered < few.report().registered < still[1].report().registered


def test_a_revoked_certificate_leads_to_nobody_from_the_next_refresh_on() -> None:
    spec = a_town(1.0).run_specs("run")[0]
    assert any(mapping.valid_until is not None for mapping in mappings(spec))
    known = [filing for filing in online(spec) if is_identified(spec, (), filing, SimTime(filing.at + 1))]
    assert known
    for filing in known:
        at = moves_out(spec, filing)
        assert at is not None
        assert not is_identified(spec, (), filing, SimTime(at + 2 * DAY_MS))


def test_a_registered_case_goes_on_whoever_moves(moving: tuple[Scenario, VirtualRun]) -> None:
    _, run = moving
    decided = {Status.GRANTED, Status.DENIED, Status.NOTIFIED}
    assert any(
        moves_out(run.spec, case.filing) is not None
        and on_moving(case.filing.procedure) is not OnMoving.STAYS
        and case.lines[-1].status in decided
        for case in run.cases()
    )


def test_twin_cities_lose_the_same_people() -> None:
    one, other = load("smoke", ["moves_out.share=0.3", *_delays()]).run_specs("run")[:2]
    assert any(moves_out(one, filing) for filing in online(one))
    assert [moves_out(one, filing) for filing in online(one)] == [moves_out(other, filing) for filing in online(other)]


def test_a_case_with_a_correction_open_ends_once() -> None:
    """Moving meets requests, replies and withdrawals; every case has one end at most."""
    scenario = a_town(0.6, *SHIPPED)
    run = run_of(scenario)
    for case in run.cases():
        assert sum(line.action in {*ACTION_ON_MOVING.values(), Action.EXPIRE} for line in case.lines) <= 1


def _delays() -> tuple[str, ...]:
    return ("moves_out.delay={ mean = '2 d' }", "moves_out.handling={ mean = '10 min' }")
