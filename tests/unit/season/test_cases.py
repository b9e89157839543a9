"""What is said about many cases, from the moments of each."""

from dataclasses import replace

import pytest

from shinsei.domain.demand import filing_closes
from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime
from shinsei.domain.trace import TraceLine
from shinsei.season.cases import (
    CaseTimes,
    backlog_steps,
    case_times,
    cleared_at,
    decided_share,
    lead_hours,
    lead_working_days,
    peak,
    percentile,
)
from shinsei.season.outcome import CaseHistory, histories, ledger_of
from shinsei.testing.builders import a_run_spec

FRIDAY_NOON = SimTime(a_run_spec().start + 3 * DAY_MS + 12 * HOUR_MS)


def a_case(
    submitted_at: int, *, registered_after_h: float | None = None, decided_after_h: float | None = None
) -> CaseTimes:
    def after(hours: float | None) -> SimTime | None:
        return None if hours is None else SimTime(int(submitted_at + hours * HOUR_MS))

    return CaseTimes(
        submission_id="x",
        procedure=10,
        submitted_at=SimTime(submitted_at),
        stored_at=SimTime(submitted_at + 1),
        ended_at=after(registered_after_h),
        ledger_line="in_flight" if registered_after_h is None else "registered",
        decided_at=after(decided_after_h),
        manual=False,
    )


def history(*steps: tuple[int, Action, Status]) -> CaseHistory:
    lines = [
        TraceLine(submission_id="482013-10-000001", at=SimTime(at), action=action, status=status)
        for at, action, status in steps
    ]
    return histories(lines)[0]


def test_a_case_counts_with_its_first_end() -> None:
    withdrawn_later = history(
        (1, Action.SUBMIT, Status.SUBMITTED),
        (2, Action.STORE, Status.STORED),
        (3, Action.REGISTER, Status.REGISTERED),
        (9, Action.WITHDRAW, Status.WITHDRAWN),
    )
    times = case_times(withdrawn_later)
    assert (times.ledger_line, times.registered_at, times.decided_at) == ("registered", 3, None)
    assert ledger_of([withdrawn_later]).registered == 1


def test_a_case_that_was_never_accepted_has_no_lead_time() -> None:
    refused = case_times(history((1, Action.SUBMIT, Status.SUBMITTED), (5, Action.NOT_ACCEPT, Status.NOT_ACCEPTED)))
    assert (refused.ended_at, refused.registered_at, lead_hours([refused])) == (5, None, [])


@pytest.mark.parametrize(("share", "expected"), [(0.5, 2.0), (0.75, 3.0), (0.76, None), (0.99, None)])
def test_a_percentile_is_not_made_to_look_better_by_what_still_waits(share: float, expected: float | None) -> None:
    assert percentile([3.0, None, 1.0, 2.0], share) == expected


def test_a_percentile_of_nothing_is_none() -> None:
    assert percentile([], 0.5) is None


def test_working_days_leave_out_the_weekend() -> None:
    spec = a_run_spec()
    cases = [a_case(FRIDAY_NOON, registered_after_h=hours) for hours in (1, 72, 96)]
    assert lead_working_days(spec, cases) == [0.0, 1.0, 2.0]


def test_backlog_is_stored_and_not_yet_ended() -> None:
    steps = backlog_steps([a_case(0, registered_after_h=10), a_case(5, registered_after_h=None)])
    assert steps == [(1, 1), (6, 2), (10 * HOUR_MS, 1)]
    assert peak(steps) == (2, 6)
    assert peak([]) == (0, None)


def test_the_season_is_cleared_when_its_last_case_in_time_is_through() -> None:
    spec = a_run_spec()
    before, after = filing_closes(spec) - 1, filing_closes(spec)
    in_time, late = a_case(before, registered_after_h=30), a_case(after, registered_after_h=500)
    assert cleared_at(spec, [in_time, late]) == before + 30 * HOUR_MS
    assert cleared_at(spec, [in_time, a_case(before)]) is None
    assert cleared_at(spec, [late]) is None


def test_on_time_is_judged_by_the_acceptance_and_decided_by_the_cut_off() -> None:
    spec: RunSpec = a_run_spec()
    start = spec.start
    cases = [
        a_case(start, registered_after_h=1, decided_after_h=2),
        a_case(start, registered_after_h=1, decided_after_h=9),
        a_case(start),
        a_case(filing_closes(spec), registered_after_h=1, decided_after_h=1),
    ]
    assert decided_share(spec, cases, SimTime(start + 3 * HOUR_MS)) == pytest.approx(1 / 3)
    assert decided_share(spec, cases[3:], SimTime(start)) is None


def test_the_ledger_of_cases_adds_up() -> None:
    one = history((1, Action.SUBMIT, Status.SUBMITTED))
    two = replace(history((1, Action.SUBMIT, Status.SUBMITTED), (4, Action.WITHDRAW, Status.WITHDRAWN)))
    ledger = ledger_of([one, two]) + ledger_of([one])
    assert (ledger.accepted, ledger.in_flight, ledger.withdrawn, ledger.unaccounted) == (3, 2, 1, 0)
