from hypothesis import given
from hypothesis import strategies as st

from shinsei.domain.simtime import SimTime
from shinsei.runtime.clock import SimClock
from shinsei.testing import ManualClock


def test_simulated_time_runs_at_its_speed() -> None:
    clock = ManualClock()
    sim = SimClock(anchor_real_ms=clock.now_ms(), anchor_sim=SimTime(1_000), speed=60)
    clock.advance(2)
    assert sim.now(clock) == 121_000


@given(st.floats(0.1, 1e5), st.integers(0, 10**6), st.integers(1, 10**6))
def test_waiting_for_a_moment_takes_until_it(speed: float, real_ms: int, ahead_ms: int) -> None:
    sim = SimClock(anchor_real_ms=0, anchor_sim=SimTime(0), speed=speed)
    target = SimTime(sim.at(real_ms) + ahead_ms)
    wait_ms = sim.real_ms_until(target, real_ms)
    assert abs(sim.at(real_ms + int(wait_ms)) - target) <= speed + 1


def test_a_clock_that_stands_still_never_gets_there() -> None:
    sim = SimClock(anchor_real_ms=0, anchor_sim=SimTime(5), speed=0)
    assert sim.at(10**9) == 5
    assert sim.real_ms_until(SimTime(6), 0) == float("inf")
    assert sim.real_ms_until(SimTime(5), 0) == 0


@given(st.floats(0, 100), st.floats(0, 100), st.integers(0, 10**6))
def test_a_change_of_speed_does_not_jump(before: float, after: float, real_ms: int) -> None:
    sim = SimClock(anchor_real_ms=0, anchor_sim=SimTime(0), speed=before)
    assert sim.with_speed(after, real_ms).at(real_ms) == sim.at(real_ms)
