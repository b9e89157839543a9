"""What applicants do is decided by the run, the case and what was visible a lookahead ago, by nothing else."""

from collections import Counter
from dataclasses import replace
from typing import Any

from shinsei.domain.applicants import Check, VisibleRequest, found_by, refused_at_form_check, reply, withdrawal
from shinsei.domain.distributions import Distribution
from shinsei.domain.run import PortalOutageSpec, RunSpec
from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime
from shinsei.testing.applicants import corrections, defects, withdrawals
from shinsei.testing.builders import a_run_spec
from shinsei.testing.offices import june

CASES = [f"10-{n:06d}" for n in range(4_000)]


def a_run(**changes: Any) -> RunSpec:
    return a_run_spec(**{"defects": defects(), "corrections": corrections(), **changes})


def reply_at(run: RunSpec, case: str, requested_at: SimTime, visible_from: SimTime) -> SimTime | None:
    request = VisibleRequest(case_id=case, n=0, requested_at=requested_at, visible_from=visible_from)
    found = reply(run, run.start, request)
    return None if found is None else found.at


def withdrawal_at(run: RunSpec, case: str, filed_at: SimTime) -> SimTime | None:
    found = withdrawal(run, case, filed_at)
    return None if found is None else found.at


def defective(run: RunSpec, procedure: int = 10, n: int = 0) -> set[str]:
    return {case for case in CASES if found_by(run, procedure, case, n) is not None}


def share(run: RunSpec, procedure: int = 10, n: int = 0) -> float:
    return len(defective(run, procedure, n)) / len(CASES)


def test_without_the_table_nothing_is_defective_and_nobody_replies_or_withdraws() -> None:
    run = a_run_spec()
    assert found_by(run, 10, CASES[0], 0) is None
    assert reply_at(run, CASES[0], run.start, run.start) is None
    assert withdrawal_at(run, CASES[0], run.start) is None


def test_a_higher_rate_adds_defects_and_takes_none_away() -> None:
    few, many = (defective(a_run(defects=defects(rate=rate))) for rate in (0.1, 0.3))
    assert few < many


def test_the_rate_goes_by_procedure_and_by_form() -> None:
    run = a_run(
        defects=defects(rate=0.12, by_procedure=((12, 0.4),), share_without_preset=0.5, rate_without_preset=0.65)
    )
    assert abs(share(run) - (0.12 + 0.65) / 2) < 0.03
    assert abs(share(run, procedure=12) - (0.4 + 0.65) / 2) < 0.03


def test_a_reply_has_a_rate_and_a_draw_of_its_own() -> None:
    run = a_run(defects=defects(rate=0.5, rate_of_replies=0.2))
    assert abs(share(run, n=1) - 0.2) < 0.03
    assert 0 < len(defective(run) & defective(run, n=1)) < len(defective(run, n=1))


def test_each_check_finds_its_share() -> None:
    run = a_run(defects=defects(found_by_form_check=0.3, found_by_format_check=0.2))
    found = Counter(found_by(run, 10, case, 0) for case in CASES)
    for check, expected in ((Check.FORM, 0.3), (Check.FORMAT, 0.2), (Check.CONTENT, 0.5)):
        assert abs(found[check] / len(CASES) - expected) < 0.03
    assert sum(refused_at_form_check(run, 10, case) for case in CASES) == found[Check.FORM]


def test_no_reply_comes_before_a_lookahead_is_over() -> None:
    run = a_run(corrections=corrections(reply_delay_days=Distribution(mean=0.1, cv=1.0)), lookahead_ms=12 * HOUR_MS)
    seen = june(2, "09:00")
    replies = [reply_at(run, case, june(1), seen) for case in CASES[:200]]
    assert min(reply for reply in replies if reply is not None) == seen + 12 * HOUR_MS


def test_some_never_reply_and_nobody_replies_behind_the_deadline() -> None:
    slow = corrections(reply_delay_days=Distribution(mean=5.0, cv=1.0), deadline_ms=6 * DAY_MS, p_reply=0.85)
    run = a_run(corrections=slow)
    replies = [reply_at(run, case, june(1), june(1)) for case in CASES]
    there = [reply for reply in replies if reply is not None]
    assert max(there) <= june(7)
    assert 0.5 < len(there) / len(CASES) < 0.85
    patient = a_run(corrections=corrections(p_reply=0.85, deadline_ms=1_000 * DAY_MS))
    assert abs(sum(reply_at(patient, case, june(1), june(1)) is not None for case in CASES) / len(CASES) - 0.85) < 0.02


def test_who_withdraws_does_so_after_filing() -> None:
    run = a_run(withdrawals=withdrawals(share=0.1, delay_days=Distribution(mean=0.0)))
    moments = [withdrawal_at(run, case, june(1)) for case in CASES]
    there = [at for at in moments if at is not None]
    assert set(there) == {SimTime(june(1) + 1)}
    assert abs(len(there) / len(CASES) - 0.1) < 0.02


def test_who_has_withdrawn_does_not_reply() -> None:
    run = a_run(withdrawals=withdrawals(delay_days=Distribution(mean=5.0, cv=0.0)), start=june(1))
    assert reply_at(run, CASES[0], june(1), june(2)) == june(4)
    assert reply_at(run, CASES[0], june(1), june(4)) is None


def test_who_meets_an_outage_of_the_portal_comes_back_behind_it() -> None:
    outage = PortalOutageSpec(
        start=june(3),
        end=june(5),
        affected_share=1.0,
        give_up_share=1.0,
        return_hours=Distribution(mean=2.0, cv=0.0),
    )
    run = a_run(
        withdrawals=withdrawals(delay_days=Distribution(mean=20.0, cv=0.0)), **{"demand.portal_outages": (outage,)}
    )
    assert reply_at(run, CASES[0], june(1), june(2)) == june(5, "02:00")
    assert reply_at(run, CASES[0], june(1), june(3)) == june(5)
    assert withdrawal_at(run, CASES[0], june(1)) == june(21)
    assert withdrawal_at(replace(run, withdrawals=withdrawals()), CASES[0], june(2)) == june(5, "02:00")


def test_twin_cities_meet_the_same_applicants() -> None:
    run, twin = a_run(withdrawals=withdrawals()), a_run(withdrawals=withdrawals(), municipality="482021")
    for case in CASES[:50]:
        assert found_by(run, 10, case, 0) is found_by(twin, 10, case, 0)
        assert reply_at(run, case, june(1), june(2)) == reply_at(twin, case, june(1), june(2))
        assert withdrawal_at(run, case, june(1)) == withdrawal_at(twin, case, june(1))
