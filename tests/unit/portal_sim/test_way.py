"""For how long an application would be on its way, and how many are refused for it."""

from collections.abc import Callable

import pytest
from tests.unit.portal_sim.rows import a_run_row

from portal_sim.handlers.felt_share import OF_WAY
from portal_sim.handlers.model import SimClock
from portal_sim.handlers.run import Run
from portal_sim.handlers.way import FEW_OF_ONE, FOR_LONG, Way
from shinsei.domain.run import Pacing
from shinsei.domain.simtime import MINUTE_MS, SECOND_MS, SimTime
from shinsei.testing import ManualClock, a_run_spec

SPEC = a_run_spec(pacing=Pacing.CLOCK)
SPEED = 60.0
LIMIT_S = 2.5
NEWS_S = 1.0
"""Real time after which it is known of an application that it has come back."""
LOOK_S = 0.05
CAPACITY = 200.0


class Flow:
    """A run and its way."""

    def __init__(self, most_s: float = LIMIT_S) -> None:
        self.clock = ManualClock()
        at = SimClock(real_ms=self.clock.now_ms(), sim=SPEC.start, speed=SPEED)
        row = a_run_row(SPEC, at)
        self.run = Run(row, (), self.clock)
        self.way = Way(self.run, most_s, self.now_s)

    @property
    def now_s(self) -> float:
        return self.clock.monotonic_s()

    def takes(self, count: int, at: SimTime = SPEC.start) -> None:
        for _ in range(count):
            self.way.took(at)


def test_a_run_that_is_behind_waits_for_what_its_pace_gets_done_meanwhile() -> None:
    flow = Flow()
    flow.takes(300)
    flow.clock.advance(8.0)
    assert flow.way.wait_s(flow.now_s) == pytest.approx(8.0), "as long as nothing has come back, nobody knows the pace"
    flow.run.returned = SimTime(SPEC.start + 1)
    waits = []
    for more in (150, 75, 75, 75):
        flow.takes(more, SimTime(SPEC.start + MINUTE_MS))
        waits.append(flow.way.wait_s(flow.now_s))
    # 300 have come back in eight seconds, and for more than those eight nobody has waited yet.
    assert waits == pytest.approx([4.0, 6.0, 8.0, 8.0], abs=0.1)


def test_only_what_has_come_back_lately_makes_the_pace() -> None:
    flow = Flow()
    flow.takes(300)
    flow.run.returned = SimTime(SPEC.start + 1)
    flow.way.count(flow.now_s)
    flow.clock.advance(20.0)
    flow.takes(FEW_OF_ONE, SimTime(SPEC.start + MINUTE_MS))
    assert flow.way.wait_s(flow.now_s) == pytest.approx(20.0, abs=0.1)


def test_a_few_wait_for_nobody() -> None:
    flow = Flow()
    flow.takes(FEW_OF_ONE - 1)
    flow.clock.advance(60.0)
    assert flow.way.wait_s(flow.now_s) == 0
    flow.takes(1)
    assert flow.way.wait_s(flow.now_s) == pytest.approx(60.0)


def test_without_a_limit_nothing_is_refused() -> None:
    flow = Flow(most_s=0.0)
    flow.takes(1_000)
    flow.clock.advance(60.0)
    assert flow.way.share(flow.now_s) == 0


def lived(offered: Callable[[float], float], seconds: float) -> tuple[list[float], list[float]]:
    """Waits and shares, a look after the other, of a flow that can do so much and is offered so much a second."""
    flow = Flow()
    begun_s, queue, due = flow.now_s, 0.0, 0.0
    ends: list[tuple[float, SimTime]] = []
    waits, shares = [], []
    while flow.now_s - begun_s < seconds:
        flow.clock.advance(LOOK_S)
        now_s = flow.now_s
        share = flow.way.share(now_s)
        due += offered(now_s - begun_s) * LOOK_S * (1 - share)
        queue = max(queue - CAPACITY * LOOK_S, 0.0) + int(due)
        at = SimTime(SPEC.start + int((now_s - begun_s) * SPEED * SECOND_MS))
        flow.takes(int(due), at)
        due -= int(due)
        ends.append((now_s + queue / CAPACITY + NEWS_S / 2, at))
        while ends and ends[0][0] <= now_s:
            flow.run.returned = ends.pop(0)[1]
        waits.append(flow.way.wait_s(now_s))
        shares.append(share)
    return waits, shares


@pytest.mark.parametrize("times", [1.5, 2.0, 4.0])
def test_of_what_is_too_much_so_many_are_refused_that_the_wait_comes_to_rest(times: float) -> None:
    waits, shares = lived(lambda _: times * CAPACITY, 60.0)
    settled = slice(len(waits) // 3, None)
    for_long_s = FOR_LONG * LIMIT_S * (1 - OF_WAY.tightens * (1 - 1 / times))
    assert sum(waits[settled]) / len(waits[settled]) == pytest.approx(for_long_s, rel=0.1)
    assert sum(shares[settled]) / len(shares[settled]) == pytest.approx(1 - 1 / times, abs=0.03)
    assert max(waits) < times * LIMIT_S, "until the news is there"


def test_a_rush_that_passes_costs_nobody_anything() -> None:
    """Half a second at twice what can be done, every ten seconds, in what is else four fifths of it."""
    _, shares = lived(lambda s: (2.0 if s % 10 < 0.5 else 0.8) * CAPACITY, 60.0)
    assert max(shares) == 0
