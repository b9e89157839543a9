"""One municipality's run as the portal process knows it; the database holds the same.

The root watermark is decided here. A driver raises it by hand. A clock-paced run's is the earlier of the
clock and the oldest stamp whose commit is not known yet: a submission is stamped when it arrives, and nothing
may be listed as complete up to a moment before which a commit is still under way.
"""

import asyncio
from collections.abc import Iterable, Sequence

from portal_sim.handlers.model import Counters, RunRow, SimClock
from portal_sim.handlers.ports import RealClock
from portal_sim.handlers.signal import Signal
from shinsei.domain.polling import next_poll
from shinsei.domain.run import Change, ChangeKind, RunSpec
from shinsei.domain.simtime import SECOND_MS, SimTime


class Run:
    """Where one run stands."""

    def __init__(self, row: RunRow, changes: Sequence[Change], real: RealClock) -> None:
        self.key = row.key
        self.run_id = row.run_id
        self.municipality = row.municipality
        self.spec: RunSpec = row.spec
        self.spec_bytes = row.spec_bytes
        self.closed = row.closed
        self.frontier = row.frontier
        self.returned = row.returned
        self.pushed_number = row.pushed_number
        self.accepted = row.accepted
        self.late = row.late
        self.counters: Counters = row.counters
        self.clock: SimClock | None = row.clock
        self.changes: list[Change] = list(changes)
        """As far as their commits have been answered; ``Runs.changes`` knows all of them."""
        self.changing = asyncio.Lock()
        """Held while one is being recorded."""
        self.changes_are_known = True
        """Not after a commit whose answer was lost."""
        self.moved = Signal()
        self._real = real
        self._raised: SimTime = SimTime(max(row.watermark, row.given or row.watermark))
        self._told = self._raised
        self._in_flight: dict[SimTime, int] = {}

    @property
    def now(self) -> SimTime | None:
        """What the clock of a clock-paced run shows; None where a driver says what time it is."""
        return None if self.clock is None else self.clock.at(self._real.now_ms())

    @property
    def watermark(self) -> SimTime:
        """Everything stamped before this moment has been committed."""
        if self.clock is None or self.closed:
            return self._raised
        reached = min((self.clock.at(self._real.now_ms()), *self._in_flight))
        return SimTime(max(self._raised, reached))

    @property
    def told(self) -> SimTime:
        """The highest watermark of which the store knows that it may be told."""
        return self._raised if self.clock is None else self._told

    @property
    def behind_s(self) -> float:
        """Real seconds since the clock showed the watermark that has come back; 0 where it is ahead or stands still."""
        if self.clock is None or not self.clock.speed:
            return 0.0
        return max(0.0, (self.clock.at(self._real.now_ms()) - self.returned) / self.clock.speed / SECOND_MS)

    @property
    def open_cases(self) -> int:
        """Cases accepted and neither decided nor ended otherwise."""
        return self.accepted - self.counters.decided - self.counters.ended

    def raise_to(self, watermark: SimTime) -> None:
        """The watermark has been told, or raised: it never falls behind this moment again."""
        self._raised = SimTime(max(self._raised, watermark))
        self.moved.notify()

    def may_tell(self, watermark: SimTime) -> None:
        """The store knows that this watermark is told: a later process stamps nothing behind it either."""
        self._told = SimTime(max(self._told, watermark))

    def take_stamp(self) -> tuple[SimTime, bool]:
        """Stamp of what arrives now at a clock-paced run, and whether it is late.

        It holds the watermark back until ``settle``. Behind a watermark already told (a clock that was set
        back) it is lifted to that watermark.
        """
        assert self.clock is not None, "a driven run is stamped by its driver"
        shown = self.clock.at(self._real.now_ms())
        stamp = SimTime(max(shown, self._raised))
        self._in_flight[stamp] = self._in_flight.get(stamp, 0) + 1
        return stamp, shown < self._raised

    def settle(self, stamps: Iterable[SimTime]) -> None:
        """What became of these stamps is known now: they no longer hold the watermark back."""
        for stamp in stamps:
            left = self._in_flight[stamp] - 1
            if left:
                self._in_flight[stamp] = left
            else:
                del self._in_flight[stamp]
        self.moved.notify()

    async def reach(self, watermark: SimTime, wait_ms: int) -> bool:
        """Waits until the watermark has reached a moment or the run is closed, at most ``wait_ms``; whether it has."""
        return await self.moved.until(
            lambda: self.closed or self.watermark >= watermark,
            wait_ms / 1000,
            lambda: self._due_in_s(watermark),
        )

    def _due_in_s(self, watermark: SimTime) -> float:
        if self.clock is None:
            return float("inf")
        due = self.clock.real_s_until(watermark, self._real.now_ms())
        # The clock is there already: it is a commit that is waited for, and that notifies.
        return due if due > 0 else float("inf")


def effective_at(spec: RunSpec, kind: ChangeKind, filed: SimTime, not_before: SimTime) -> SimTime:
    """When a change takes effect, if submissions may have been filed up to ``filed``.

    The first poll behind that. A line outage one poll later: the push of that first poll does not wait for
    the poll itself and may be under way.
    """
    first = next_poll(spec, filed)
    if kind is ChangeKind.LINE:
        first = next_poll(spec, first)
    return SimTime(max(first, next_poll(spec, SimTime(not_before - 1))))
