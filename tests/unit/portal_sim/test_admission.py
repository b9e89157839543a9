"""Who is refused while more comes than is done, and who never is."""

from dataclasses import replace

import pytest
from tests.unit.portal_sim.rows import a_run_row

from portal_sim.handlers.admission import FEW, Admission, Waits
from portal_sim.handlers.felt_share import LOOK_S
from portal_sim.handlers.model import BusyError, SimClock
from portal_sim.handlers.run import Run
from portal_sim.handlers.way import FEW_OF_ONE
from shinsei.domain.run import Pacing, RunSpec
from shinsei.domain.simtime import MINUTE_MS, SECOND_MS, SimTime
from shinsei.testing import ManualClock, a_run_spec

SPEC = a_run_spec(pacing=Pacing.CLOCK)
SPEED = 60.0
TOWN = SPEC.municipality
LIMITS = Waits(most_turn_s=1.0, most_behind_s=8.0)
IN_TIME = Waits(most_turn_s=0.1, most_behind_s=0.0)


class Bench:
    """A portal with one run of which many submissions are on their way."""

    def __init__(self, waits: Waits = LIMITS, *, is_driven: bool = False, on_the_way: int = FEW) -> None:
        self.clock = ManualClock()
        self.turn_s = 0.0
        self.runs: dict[str, Run] = {}
        self.run = self._opened(SPEC, is_driven=is_driven)
        self.admission = Admission(self, waits, lambda: self.turn_s, self.clock)  # type: ignore[arg-type]
        for _ in range(on_the_way):
            self.admission.took(self.run, SPEC.start)

    def other_run(self, on_the_way: int) -> str:
        """Of another municipality, as far behind as the first; its municipality."""
        other = self._opened(replace(SPEC, municipality="131016"))
        other.clock = self.run.clock
        for _ in range(on_the_way):
            self.admission.took(other, SPEC.start)
        return other.municipality

    def _opened(self, spec: RunSpec, *, is_driven: bool = False) -> Run:
        row = a_run_row(
            spec,
            None if is_driven else SimClock(real_ms=self.clock.now_ms(), sim=SPEC.start, speed=SPEED),
            key=len(self.runs) + 1,
        )
        self.runs[spec.municipality] = Run(row, (), self.clock)
        return self.runs[spec.municipality]

    def open_for(self, municipality: str) -> Run | None:
        return self.runs.get(municipality)

    def is_refused(self, count: int = 1, municipality: str = TOWN) -> bool:
        try:
            self.admission.admit({municipality: count})
        except BusyError:
            return True
        return False

    def refused_of(self, calls: int, count: int = 1) -> int:
        return sum(self.is_refused(count) for _ in range(calls))

    def waits_for_turn(self, seconds: float) -> None:
        self.turn_s = seconds

    def refused_while_waiting(self, seconds: float) -> int:
        """Of a hundred, a fifth of a second later."""
        self.waits_for_turn(seconds)
        self.clock.advance(0.2)
        return self.refused_of(100)

    def is_behind(self, seconds: float) -> None:
        """At once: how it came to that is another question."""
        self.run.clock = SimClock(
            real_ms=self.clock.now_ms(), sim=SimTime(SPEC.start + int(seconds * SPEED * SECOND_MS)), speed=SPEED
        )


@pytest.mark.parametrize(("used", "refused"), [(0.75, 0), (0.8125, 25), (0.875, 50), (1.0, 100), (3.0, 100)])
def test_of_what_would_be_long_on_its_way_a_share_is_refused_that_grows_evenly(used: float, refused: int) -> None:
    bench = Bench()
    bench.is_behind(used * LIMITS.most_behind_s)
    assert bench.refused_of(100) == refused


def test_while_calls_wait_too_long_more_and_more_are_refused_until_all_are() -> None:
    bench = Bench(IN_TIME)
    shares = [bench.refused_while_waiting(0.2) for _ in range(8)]
    assert shares == sorted(shares)
    assert shares[0] < 50
    assert shares[-1] == 100


def test_the_more_the_wait_grows_the_more_are_refused_at_once() -> None:
    slowly, suddenly = (Bench(IN_TIME) for _ in range(2))
    slowly.refused_while_waiting(0.1)
    assert suddenly.refused_while_waiting(0.3) > slowly.refused_while_waiting(0.11)


def test_once_calls_are_taken_up_in_time_fewer_and_fewer_are_refused_until_none_is() -> None:
    bench = Bench(IN_TIME)
    while bench.refused_while_waiting(0.2) < 100:
        pass
    shares = [bench.refused_while_waiting(0.04) for _ in range(20)]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] == 0


def test_as_long_as_no_call_waits_longer_than_it_may_nobody_is_refused() -> None:
    bench = Bench(IN_TIME)
    assert [bench.refused_while_waiting(wait_s) for wait_s in (0.02, 0.03, 0.05, 0.05, 0.03)] == [0] * 5


def test_the_share_that_is_refused_is_the_larger_of_the_two() -> None:
    bench = Bench()
    bench.is_behind(0.875 * LIMITS.most_behind_s)
    assert bench.refused_while_waiting(60.0) == 100


def test_of_batches_as_large_a_share_is_refused_as_of_single_submissions() -> None:
    bench = Bench()
    bench.is_behind(0.875 * LIMITS.most_behind_s)
    assert bench.refused_of(20, count=10) == 10


def test_what_has_come_back_is_no_longer_on_its_way() -> None:
    bench = Bench()
    bench.is_behind(8.0)
    assert bench.is_refused()
    bench.run.returned = SimTime(SPEC.start + MINUTE_MS)
    assert not bench.is_refused()


def test_a_poll_that_is_not_due_yet_keeps_nobody_out() -> None:
    # What a poll brought back reaches to the next one: until then the clock is not ahead of it.
    bench = Bench(on_the_way=0)
    bench.run.returned = SimTime(SPEC.start + 10 * MINUTE_MS)
    bench.is_behind(9.0)
    for _ in range(FEW):
        bench.admission.took(bench.run, SimTime(SPEC.start + 9 * MINUTE_MS))
    assert bench.run.behind_s == 0
    assert not bench.is_refused()


def test_a_few_are_taken_however_long_the_waits_are() -> None:
    bench = Bench(on_the_way=FEW - 1)
    bench.waits_for_turn(60.0)
    bench.is_behind(600.0)
    assert not bench.is_refused()


@pytest.mark.parametrize(
    "bench",
    [Bench(is_driven=True), Bench(Waits(most_turn_s=0.0, most_behind_s=0.0))],
    ids=["a driver paces its run itself", "switched off"],
)
def test_nobody_is_refused_where(bench: Bench) -> None:
    bench.waits_for_turn(60.0)
    bench.is_behind(600.0)
    assert bench.refused_of(FEW) == 0


def test_a_municipality_without_a_run_is_told_so_by_whoever_checks_that() -> None:
    bench = Bench()
    bench.waits_for_turn(60.0)
    assert not bench.is_refused(municipality="131016")


def test_a_clock_that_stands_still_leaves_nothing_behind() -> None:
    bench = Bench()
    bench.is_behind(600.0)
    assert bench.run.behind_s == pytest.approx(600.0)
    now = bench.clock.now_ms()
    bench.run.clock = SimClock(real_ms=now, sim=SimTime(SPEC.start + SECOND_MS), speed=0.0)
    assert bench.run.behind_s == 0


def test_a_few_of_one_run_are_taken_though_those_of_others_are_many() -> None:
    bench = Bench(on_the_way=2 * FEW)
    bench.is_behind(600.0)
    other = bench.other_run(FEW_OF_ONE - 1)
    assert bench.is_refused()
    assert not bench.is_refused(municipality=other)
    bench.admission.took(bench.runs[other], SPEC.start)
    assert bench.is_refused(municipality=other)


def test_what_is_on_its_way_is_counted_over_all_runs() -> None:
    """Five municipalities with a fifth each hold up the flow as one with all of it does."""
    bench = Bench(on_the_way=FEW - FEW_OF_ONE)
    bench.is_behind(600.0)
    assert not bench.is_refused()
    bench.other_run(FEW_OF_ONE)
    bench.clock.advance(LOOK_S)
    assert bench.is_refused()


def test_runs_that_are_closed_count_no_more() -> None:
    bench = Bench(on_the_way=FEW)
    bench.is_behind(600.0)
    bench.run.closed = True
    other = bench.other_run(FEW_OF_ONE)
    assert not bench.is_refused(municipality=other)
