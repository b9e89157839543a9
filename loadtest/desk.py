"""A kind of user's desk in one worker: its dispatcher starts what is due in a free slot, or drops it.

Locust's users are the slots. One that is free waits at the desk; how many there are only bounds how much may be under
way at once, and decides nothing about when anything is asked.
"""

from collections.abc import Callable, Iterable
from typing import Any

import gevent
from gevent.event import AsyncResult

from loadtest.meter import METER
from loadtest.wall import now_s
from shinsei.loadtest.books import LATER_DROPPED
from shinsei.loadtest.dispatching import Arrival, Dispatcher

Job = Callable[[Any], None]
"""What a user does in one go; it is called with the user."""

_MOST_LATER = 20_000
"""Things to do later that a worker remembers, at most."""
_LONGEST_PAUSE_S = 0.25


class Desk:
    """Where users of one kind wait."""

    def __init__(self) -> None:
        self._idle: list[AsyncResult[Job]] = []
        self._later = 0
        self._series = 0

    @property
    def idle(self) -> int:
        """How many wait here."""
        return len(self._idle)

    @property
    def due_later(self) -> int:
        """How many things are to be done later."""
        return self._later

    def wait(self) -> Job:
        """The next thing to do; waits for it."""
        place: AsyncResult[Job] = AsyncResult()
        self._idle.append(place)
        job: Job = place.get()
        return job

    def start(self, job: Job) -> bool:
        """Gives a job to whoever is free; False if nobody is."""
        if not self._idle:
            return False
        self._idle.pop().set(job)
        return True

    def later(self, delay_s: float, job_at: Callable[[float], Job]) -> None:
        """Has something started later; ``job_at`` makes the job from its intended moment."""
        if self._later >= _MOST_LATER:
            METER.count(LATER_DROPPED)
            return
        self._later += 1
        gevent.spawn_later(delay_s, self._now, now_s() + delay_s, job_at)

    def _now(self, intended_s: float, job_at: Callable[[float], Job]) -> None:
        self._later -= 1
        if not self.start(job_at(intended_s)):
            METER.count(LATER_DROPPED)

    def begin(
        self,
        moments_s: Iterable[float],
        started_s: float,
        receive: Callable[[Arrival], bool],
    ) -> None:
        """Dispatches arrivals from now on, in place of those of an earlier call.

        Args:
            moments_s: seconds behind ``started_s``.
            started_s: wall clock.
            receive: has somebody do what is to be done for an arrival; False if nobody is free.
        """
        self._series += 1
        gevent.spawn(self._dispatch, self._series, moments_s, started_s, receive)

    def halt(self) -> None:
        """Dispatches nothing more."""
        self._series += 1

    def clear(self) -> None:
        """Forgets who waits: a new test has new users."""
        self.halt()
        self._idle.clear()

    def _dispatch(
        self,
        series: int,
        moments_s: Iterable[float],
        started_s: float,
        receive: Callable[[Arrival], bool],
    ) -> None:
        def is_over() -> bool:
            return series != self._series

        def pause_until(until_s: float) -> None:
            while (left_s := until_s - now_s()) > 0 and not is_over():
                gevent.sleep(min(left_s, _LONGEST_PAUSE_S))

        def start(arrival: Arrival) -> bool:
            # One after the other has its turn even when the dispatcher never has to wait.
            if arrival.n % 16 == 15:  # noqa: PLR2004 - often enough
                gevent.sleep(0)
            is_started = receive(arrival)
            METER.add_lag(dispatcher.take_books().lag)
            return is_started

        dispatcher = Dispatcher(now_s, pause_until, start, is_over)
        dispatcher.run(moments_s, started_s)
