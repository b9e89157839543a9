"""The clock of a standing run."""

from hypothesis import given
from hypothesis import strategies as st

from portal_sim.handlers.model import SimClock
from shinsei.domain.simtime import SimTime


def test_simulated_time_runs_at_its_speed() -> None:
    clock = SimClock(real_ms=5_000, sim=SimTime(1_000), speed=60)
    assert clock.at(7_000) == 121_000


@given(st.floats(0.1, 1e5), st.integers(0, 10**6), st.integers(1, 10**6))
def test_waiting_for_a_moment_takes_until_it(speed: float, real_ms: int, ahead_ms: int) -> None:
    clock = SimClock(real_ms=0, sim=SimTime(0), speed=speed)
    target = SimTime(clock.at(real_ms) + ahead_ms)
    wait_ms = clock.real_s_until(target, real_ms) * 1_000
    assert abs(clock.at(real_ms + int(wait_ms)) - target) <= speed + 1


def test_a_clock_that_stands_still_never_gets_there() -> None:
    clock = SimClock(real_ms=0, sim=SimTime(5), speed=0)
    assert clock.at(10**9) == 5
    assert clock.real_s_until(SimTime(6), 0) == float("inf")
    assert clock.real_s_until(SimTime(5), 0) == 0


@given(st.floats(0, 100), st.floats(0, 100), st.integers(0, 10**6))
def test_a_change_of_speed_does_not_jump(before: float, after: float, real_ms: int) -> None:
    clock = SimClock(real_ms=0, sim=SimTime(0), speed=before)
    assert clock.with_speed(after, real_ms).at(real_ms) == clock.at(real_ms)
