"""What twice the maximum does to those who are accepted: in a flow that is worked out, not measured.

Several runs share one stack. Each is polled every half second, what a poll finds waits for those of the others, and
news of it comes back late. The same is measured on the real parts by ``bench/back-pressure``.
"""

from collections import deque
from dataclasses import dataclass, field
from statistics import median
from typing import Final

import pytest
from tests.unit.portal_sim.rows import a_run_row

from portal_sim.handlers.model import SimClock
from portal_sim.handlers.run import Run
from portal_sim.handlers.way import FEW_OF_ONE, Way
from shinsei.domain.draws import draw
from shinsei.domain.run import Pacing
from shinsei.domain.simtime import SECOND_MS, SimTime
from shinsei.testing import ManualClock, a_run_spec

SPEC: Final = a_run_spec(pacing=Pacing.CLOCK)
SPEED: Final = 60.0
LIMIT_S: Final = 2.5
RUNS: Final = 5
CAPACITY: Final = 200.0
"""Of all runs together, in applications a real second."""
STEP_S: Final = 0.05
POLL_S: Final = 0.5
REGISTERED_S: Final = 0.3
"""After whatever a poll found has had its turn."""
NEWS_S: Final = 0.25
"""From there until the portal knows."""
LASTS_S: Final = 45.0
BEGUN_S: Final = 5.0
"""What is accepted before is no part of the latencies, as in the load test."""


@dataclass(slots=True)
class Polled:
    """What one poll has found."""

    town: "Town"
    filed_s: list[float]
    until: SimTime
    left: float = field(init=False)

    def __post_init__(self) -> None:
        self.left = float(len(self.filed_s))


class Town:
    """A run, its way, and what it has filed that no poll has found yet."""

    def __init__(self, clock: ManualClock, first_poll_s: float) -> None:
        at = SimClock(real_ms=clock.now_ms(), sim=SPEC.start, speed=SPEED)
        self.run = Run(a_run_row(SPEC, at), (), clock)
        self.way = Way(self.run, LIMIT_S, clock.monotonic_s())
        self.filed_s: list[float] = []
        self.next_poll_s = first_poll_s
        self.news: deque[tuple[float, SimTime]] = deque()
        self._due = 0.0

    def offered(self, count: float, now_s: float, real_s: float) -> None:
        """So many come; a share of them is refused."""
        share = self.way.share(now_s) if self.way.count(now_s) >= FEW_OF_ONE else 0.0
        self._due += count * (1 - share)
        taken, self._due = int(self._due), self._due % 1
        for _ in range(taken):
            self.way.took(shown(real_s))
        self.filed_s += [real_s] * taken

    def polled(self, real_s: float) -> Polled:
        """The next poll is not before this one is through."""
        found = Polled(self, self.filed_s, shown(real_s + POLL_S))
        self.filed_s, self.next_poll_s = [], float("inf")
        return found


@dataclass(frozen=True, slots=True)
class Lived:
    """What became of it."""

    completed_per_s: float
    median_s: float
    """From filing to registration, real seconds."""
    late_s: float
    """Of one in a hundred at least."""


def shown(real_s: float) -> SimTime:
    return SimTime(SPEC.start + int(real_s * SPEED * SECOND_MS))


def lived(times: float, seed: int) -> Lived:
    """A load test at a multiple of what can be done."""
    clock = ManualClock()
    begun_s = clock.monotonic_s()
    towns = [Town(clock, draw(seed, str(n), "first poll") * POLL_S) for n in range(RUNS)]
    line: deque[Polled] = deque()
    latencies: list[float] = []
    completed = can_do = 0.0
    for step in range(int(LASTS_S / STEP_S)):
        real_s = clock.monotonic_s() - begun_s
        clock.advance(STEP_S)
        for n, town in enumerate(towns):
            comes = 2 * draw(seed, str(n), "comes", step) * times * CAPACITY / RUNS * STEP_S
            town.offered(comes, clock.monotonic_s(), real_s)
            if real_s >= town.next_poll_s:
                line.append(town.polled(real_s))
        gets_done = (0.7 + 0.6 * draw(seed, "stack", "gets done", step)) * CAPACITY * STEP_S
        can_do = min(can_do + gets_done, 2 * CAPACITY * STEP_S)
        while line and can_do > 0:
            done = min(line[0].left, can_do)
            line[0].left -= done
            can_do, completed = can_do - done, completed + done
            if line[0].left:
                break
            first = line.popleft()
            latencies += [real_s + REGISTERED_S - at_s for at_s in first.filed_s if at_s > BEGUN_S]
            first.town.news.append((real_s + REGISTERED_S + NEWS_S, first.until))
            first.town.next_poll_s = (real_s // POLL_S + 1) * POLL_S
        for town in towns:
            while town.news and town.news[0][0] <= real_s:
                town.run.returned = town.news.popleft()[1]
    latencies.sort()
    return Lived(completed / LASTS_S, median(latencies), latencies[len(latencies) * 99 // 100])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whoever_is_accepted_at_twice_the_maximum_waits_as_at_the_maximum(seed: int) -> None:
    once, twice = lived(0.95, seed), lived(2.0, seed)
    assert twice.completed_per_s > 0.9 * once.completed_per_s
    assert twice.median_s < 1.4 * once.median_s
    assert twice.late_s < 2 * once.late_s


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_next_to_nobody_is_refused_of_what_can_be_done(seed: int) -> None:
    assert lived(0.9, seed).completed_per_s > 0.97 * 0.9 * CAPACITY
