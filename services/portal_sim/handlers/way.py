"""What of one clock-paced run is on its way, and for how long one more would be."""

from collections import deque
from typing import Final

from portal_sim.handlers.felt_share import OF_WAY, FeltShare
from portal_sim.handlers.run import Run
from shinsei.domain.simtime import SimTime

FEW_OF_ONE: Final = 10
"""Of one run: while no more are on their way, the flow is held up by others."""
_AT_ONCE_FROM: Final = 0.75
"""Of the limit: from here on a share is refused at once."""
FOR_LONG: Final = 0.4
"""Of the limit: for a moment more may come than is done, but not for long."""
_PACE_OVER_S: Final = 10.0


class Way:
    """From this portal to the core systems and back.

    Args:
        run: whose it is.
        most_s: real seconds for which an application may be on its way; 0: however long.
        now_s: real moment.
    """

    def __init__(self, run: Run, most_s: float, now_s: float) -> None:
        self._run = run
        self._most_s = most_s
        self._for_long = FeltShare(FOR_LONG * most_s, OF_WAY, now_s)
        self._begun_s = now_s
        self._stamps: deque[SimTime] = deque()
        self._returned: deque[tuple[float, int]] = deque()
        self._back = 0
        """The sum of these."""

    @property
    def is_over(self) -> bool:
        """Whether its run is closed."""
        return self._run.closed

    def took(self, stamp: SimTime) -> None:
        """One more has been accepted."""
        self._stamps.append(stamp)

    def count(self, now_s: float) -> int:
        """How many are on their way; forgets what has come back."""
        count = 0
        while self._stamps and self._stamps[0] < self._run.returned:
            self._stamps.popleft()
            count += 1
        if count:
            self._returned.append((now_s, count))
            self._back += count
        while self._returned and self._returned[0][0] < now_s - _PACE_OVER_S:
            self._back -= self._returned.popleft()[1]
        return len(self._stamps)

    def wait_s(self, now_s: float) -> float:
        """For how long one more would be on its way; 0 where only a few are.

        It is late news, since what comes back was let in long ago. So it is no more than what is on its way would take
        at the present pace.
        """
        count = self.count(now_s)
        if count < FEW_OF_ONE:
            return 0.0
        over_s = min(now_s - self._begun_s, _PACE_OVER_S)
        return min(self._run.behind_s, count * over_s / self._back) if self._back else self._run.behind_s

    def share(self, now_s: float) -> float:
        """What must be refused for nobody to be on its way for too long."""
        if not self._most_s:
            return 0.0
        wait_s = self.wait_s(now_s)
        at_once = (wait_s / self._most_s - _AT_ONCE_FROM) / (1 - _AT_ONCE_FROM)
        return max(self._for_long.at(wait_s, now_s), min(at_once, 1.0))
