"""Whether more is taken on: under load the portal spares itself and the flow behind it.

Two waits show that more comes than is done, wherever in between it lies:

- how long a call waits until the portal takes it up: applicants stand in this queue, and so do the linkage servers
  that carry off what they have filed;
- how far a clock-paced run is behind: the real time since its clock showed the watermark that has come back. It tells
  nothing of what offices leave lying, whose day comes back as soon as it has been worked out. It is late news: what
  comes back now was let in long ago. So it counts for no more than what is on its way would take at the present pace.

A driver that paces a run itself waits for that watermark anyway; it is never refused here.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from portal_sim.handlers.model import BusyError
from portal_sim.handlers.run import Run
from portal_sim.handlers.runs import Runs
from shinsei.domain.simtime import SimTime
from shinsei.runtime.clock import Clock

FEW = 100
"""Of one run. While no more are on their way, it is not their number that holds up the flow."""
_FROM_SHARE = 0.75
_LOOK_S = 0.2
_PER_S_TOO_LONG = 8.3
_PER_S_LONGER = 1.25
"""The gains of PIE (RFC 8033, 1/8 and 5/4 every 15 ms), the first for a second."""
_PACE_OVER_S = 10.0
_RETRY_AFTER_MS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long somebody may wait, in real seconds; 0: however long."""

    most_turn_s: float
    """A call, until the portal takes it up."""
    most_behind_s: float
    """A clock-paced run, for what its clock has shown."""

    @property
    def are_limited(self) -> bool:
        """Whether anybody is refused at all."""
        return bool(self.most_turn_s or self.most_behind_s)


class _Way:
    """What of one run is on its way, and at which pace it comes back."""

    def __init__(self, now_s: float) -> None:
        self._begun_s = now_s
        self._stamps: deque[SimTime] = deque()
        self._returned: deque[tuple[float, int]] = deque()
        self._back = 0
        """The sum of these."""

    def took(self, stamp: SimTime) -> None:
        self._stamps.append(stamp)

    def wait_s(self, run: Run, now_s: float) -> float:
        """For how long one more would be on its way; 0 where only a few are."""
        count = 0
        while self._stamps and self._stamps[0] < run.returned:
            self._stamps.popleft()
            count += 1
        if count:
            self._returned.append((now_s, count))
            self._back += count
        while self._returned and self._returned[0][0] < now_s - _PACE_OVER_S:
            self._back -= self._returned.popleft()[1]
        if len(self._stamps) < FEW:
            return 0.0
        over_s = min(now_s - self._begun_s, _PACE_OVER_S)
        return min(run.behind_s, len(self._stamps) * over_s / self._back) if self._back else run.behind_s

    @property
    def is_long(self) -> bool:
        return len(self._stamps) >= FEW


class _Turn:
    """The share that must go for calls to be taken up in time: it grows while they wait too long, and with the wait.

    Who is refused has stood in the same queue and only costs less, so the wait says nothing of how many must be: the
    share is felt for, as PIE does it (RFC 8033).
    """

    def __init__(self, most_s: float, now_s: float) -> None:
        self._most_s = most_s
        self._at_s = now_s
        self._wait_s = 0.0
        self._share = 0.0

    def share(self, wait_s: float, now_s: float) -> float:
        passed_s = now_s - self._at_s
        if passed_s >= _LOOK_S:
            too_long_s, longer_s = wait_s - self._most_s, wait_s - self._wait_s
            grows = _PER_S_TOO_LONG * too_long_s * min(passed_s, 1.0) + _PER_S_LONGER * longer_s
            self._share = min(max(self._share + grows, 0.0), 1.0)
            self._at_s, self._wait_s = now_s, wait_s
        return self._share


class Admission:
    """Refuses so many that calls are taken up in time, and of those that would wait long on their way a share.

    That share grows evenly from none, at three quarters of the limit, to all, at the limit.

    Args:
        runs: of this portal.
        waits: the limits.
        turn_s: how long a call waits at present.
        clock: real time.
    """

    def __init__(self, runs: Runs, waits: Waits, turn_s: Callable[[], float], clock: Clock) -> None:
        self._runs = runs
        self._waits = waits
        self._turn_s = turn_s
        self._clock = clock
        self._turn = _Turn(waits.most_turn_s, clock.monotonic_s())
        self._ways: dict[int, _Way] = {}
        """By key of the run."""
        self._due = 0.0
        """Submissions by which fewer have been refused than the share says."""

    def took(self, run: Run, stamp: SimTime) -> None:
        """A submission has been accepted."""
        if run.clock is not None and self._waits.are_limited:
            self._way(run).took(stamp)

    def admit(self, counts: Mapping[str, int]) -> None:
        """So many submissions have come for each municipality.

        Raises:
            BusyError: they are too many for now.
        """
        for municipality, count in counts.items():
            run = self._runs.open_for(municipality)
            share = 0.0 if run is None else self._share(run)
            self._due += share * count
            if share and self._due >= count:
                self._due -= count
                raise BusyError("more comes than is done", _RETRY_AFTER_MS)

    def _share(self, run: Run) -> float:
        if run.clock is None or not self._waits.are_limited:
            return 0.0
        way = self._way(run)
        now_s = self._clock.monotonic_s()
        behind_s = way.wait_s(run, now_s)
        turn = self._turn.share(self._turn_s(), now_s) if self._waits.most_turn_s else 0.0
        if not way.is_long:
            return 0.0
        used = behind_s / self._waits.most_behind_s if self._waits.most_behind_s else 0.0
        behind = min(max((used - _FROM_SHARE) / (1 - _FROM_SHARE), 0.0), 1.0)
        return max(turn, behind)

    def _way(self, run: Run) -> _Way:
        if run.key not in self._ways:
            self._ways = {key: way for key, way in self._ways.items() if not self._runs.by_key(key).closed}
            self._ways[run.key] = _Way(self._clock.monotonic_s())
        return self._ways[run.key]
