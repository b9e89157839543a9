"""Whether more is taken on: under load the portal spares itself and the flow behind it.

Two waits show that more comes than is done, wherever in between it lies:

- how long a call waits until the portal takes it up: applicants stand in this queue, and so do the linkage servers
  that carry off what they have filed;
- how far a clock-paced run is behind: the real time since its clock showed the watermark that has come back. It tells
  nothing of what offices leave lying, whose day comes back as soon as it has been worked out.

A driver that paces a run itself waits for that watermark anyway; it is never refused here.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from portal_sim.handlers.model import BusyError
from portal_sim.handlers.run import Run
from portal_sim.handlers.runs import Runs
from shinsei.domain.simtime import SimTime

FEW = 100
"""Of one run. While no more are on their way, it is not their number that holds up the flow."""
_FROM_SHARE = 0.5
_RETRY_AFTER_MS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long somebody may wait, in real seconds; 0: however long."""

    most_turn_s: float
    """A call, until the portal takes it up."""
    most_behind_s: float
    """A clock-paced run, for what its clock has shown."""


class Admission:
    """Refuses a share that grows evenly from none, at half of a limit, to all, at the limit.

    Args:
        runs: of this portal.
        waits: the limits.
        turn_s: how long a call waits at present.
    """

    def __init__(self, runs: Runs, waits: Waits, turn_s: Callable[[], float]) -> None:
        self._runs = runs
        self._waits = waits
        self._turn_s = turn_s
        self._newest: defaultdict[int, deque[SimTime]] = defaultdict(partial(deque, maxlen=FEW))
        """Stamps of what was accepted last, by key of the run."""
        self._due = 0.0
        """Submissions by which fewer have been refused than the share says."""

    def took(self, run: Run, stamp: SimTime) -> None:
        """A submission has been accepted."""
        if run.clock is not None:
            self._newest[run.key].append(stamp)

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
        if run.clock is None or self._few_are_on_the_way(run):
            return 0.0
        used = max(
            _used(self._turn_s(), self._waits.most_turn_s),
            _used(run.behind_s, self._waits.most_behind_s),
        )
        return min(max((used - _FROM_SHARE) / (1 - _FROM_SHARE), 0.0), 1.0)

    def _few_are_on_the_way(self, run: Run) -> bool:
        newest = self._newest[run.key]
        return len(newest) < FEW or newest[0] < run.returned


def _used(wait_s: float, most_s: float) -> float:
    """Share of a limit that is used up."""
    return wait_s / most_s if most_s else 0.0
