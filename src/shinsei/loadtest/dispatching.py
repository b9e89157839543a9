"""The dispatcher of an open model: starts each arrival at its intended moment, and never waits for an answer.

Where it finds no free slot the arrival is dropped and counted: waiting for one would let a slow system choose how much
it is asked. How late the dispatcher itself was is counted too: behind that, nothing measured here means anything.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from shinsei.loadtest.histogram import Histogram


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One thing to do, due at a moment."""

    n: int
    """From 0, by dispatcher."""
    intended_s: float
    """Moment from which its latency counts, on the dispatcher's clock."""


class Dispatched:
    """What dispatchers have done since the books were last taken."""

    def __init__(self) -> None:
        self.offered = 0
        self.dropped = 0
        self.lag = Histogram()


class Dispatcher:
    """Starts arrivals one after the other; everything that touches real time is handed in.

    Args:
        now_s: the clock, in seconds.
        pause_until: returns at this moment of the clock, or as soon as ``is_stopped`` becomes true.
        start: starts an arrival in a free slot and returns at once; False if there is no free slot.
        is_stopped: whether the rest is called off.
    """

    def __init__(
        self,
        now_s: Callable[[], float],
        pause_until: Callable[[float], None],
        start: Callable[[Arrival], bool],
        is_stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._now_s = now_s
        self._pause_until = pause_until
        self._start = start
        self._is_stopped = is_stopped
        self._n = 0
        self.books = Dispatched()

    def run(self, moments_s: Iterable[float], started_s: float) -> None:
        """Dispatches arrivals at these moments behind ``started_s``, until they end or the rest is called off."""
        for moment_s in moments_s:
            intended_s = started_s + moment_s
            if self._now_s() < intended_s:
                self._pause_until(intended_s)
            if self._is_stopped():
                return
            books = self.books
            books.lag.record(self._now_s() - intended_s)
            books.offered += 1
            if not self._start(Arrival(n=self._n, intended_s=intended_s)):
                books.dropped += 1
            self._n += 1

    def take_books(self) -> Dispatched:
        """What has been done since the last call."""
        taken, self.books = self.books, Dispatched()
        return taken
