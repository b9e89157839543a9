"""The root watermark of a run, and when a change takes effect."""

import asyncio

import pytest
from tests.unit.portal_sim.rows import a_run_row

from portal_sim.handlers.model import SimClock
from portal_sim.handlers.run import Run, effective_at
from shinsei.domain.polling import in_outage
from shinsei.domain.run import Change, ChangeKind, Pacing
from shinsei.domain.simtime import MINUTE_MS, SimTime
from shinsei.testing import ManualClock, a_run_spec

SPEC = a_run_spec(pacing=Pacing.CLOCK)
POLL = SPEC.poll.interval_ms


def a_run(clock: ManualClock, speed: float = 60.0, given: SimTime | None = None) -> Run:
    row = a_run_row(SPEC, SimClock(real_ms=clock.now_ms(), sim=SPEC.start, speed=speed), given=given)
    return Run(row, (), clock)


def test_the_watermark_is_the_clock_while_nothing_is_in_flight() -> None:
    clock = ManualClock()
    run = a_run(clock)
    clock.advance(10)
    assert run.watermark == SPEC.start + 600_000


def test_a_stamp_in_flight_holds_the_watermark_back_until_it_is_settled() -> None:
    clock = ManualClock()
    run = a_run(clock)
    clock.advance(1)
    first, _ = run.take_stamp()
    clock.advance(1)
    second, late = run.take_stamp()
    clock.advance(1)
    assert run.watermark == first
    run.settle([first])
    assert run.watermark == second
    run.settle([second])
    assert (run.watermark, late) == (SPEC.start + 180_000, False)


def test_two_stamps_of_the_same_moment_are_settled_one_by_one() -> None:
    clock = ManualClock()
    run = a_run(clock)
    stamp = run.take_stamp()[0]
    assert run.take_stamp()[0] == stamp
    clock.advance(1)
    run.settle([stamp])
    assert run.watermark == stamp
    run.settle([stamp])
    assert run.watermark > stamp


def test_behind_a_watermark_already_told_a_stamp_is_lifted_and_late() -> None:
    clock = ManualClock()
    told = SimTime(SPEC.start + 3_600_000)
    run = a_run(clock, given=told)
    assert run.take_stamp() == (told, True)
    assert run.watermark == told


def test_a_clock_that_is_set_back_never_takes_the_watermark_with_it() -> None:
    clock = ManualClock()
    run = a_run(clock)
    clock.advance(100)
    run.raise_to(run.watermark)
    told = run.watermark
    clock.advance(-50)
    assert run.watermark == told


async def test_waiting_for_a_watermark_ends_with_the_last_commit_before_it() -> None:
    clock = ManualClock()
    run = a_run(clock)
    stamp, _ = run.take_stamp()
    clock.advance(60)
    waiting = asyncio.ensure_future(run.reach(SimTime(SPEC.start + 1_000), 10_000))
    await asyncio.wait({waiting}, timeout=0.05)
    assert not waiting.done()
    run.settle([stamp])
    await asyncio.wait_for(waiting, 1)


async def test_a_clock_that_stands_still_is_waited_for_no_longer_than_told() -> None:
    run = a_run(ManualClock(), speed=0.0)
    await asyncio.wait_for(run.reach(SimTime(SPEC.start + 1), 20), 2)
    assert run.watermark == SPEC.start


@pytest.mark.parametrize("filed", [0, 1, POLL - 1, POLL, POLL + 1])
def test_a_change_takes_effect_behind_everything_filed_and_no_earlier_than_wanted(filed: int) -> None:
    behind = SimTime(SPEC.start + filed)
    for kind in ChangeKind:
        effective = effective_at(SPEC, kind, behind, SimTime(0))
        assert effective > behind
        assert (effective - SPEC.start) % POLL == 0
    wanted = SimTime(SPEC.start + 10 * POLL)
    assert effective_at(SPEC, ChangeKind.STAFF, behind, wanted) == wanted
    assert effective_at(SPEC, ChangeKind.STAFF, behind, SimTime(wanted + 1)) == wanted + POLL


def test_an_outage_spares_the_push_that_may_be_under_way() -> None:
    """Because the push of the first poll behind the frontier does not wait for that poll."""
    filed = SimTime(SPEC.start + POLL + MINUTE_MS)
    begins = effective_at(SPEC, ChangeKind.LINE, filed, SimTime(0))
    outage = Change(at=begins, kind=ChangeKind.LINE, n=0, value=60)
    assert not in_outage(SPEC, (outage,), SimTime(SPEC.start + 2 * POLL))
    assert in_outage(SPEC, (outage,), SimTime(SPEC.start + 3 * POLL))
