"""Whether more is taken on: under load the portal spares itself and the flow behind it.

Two waits show that more comes than is done, wherever in between it lies:

- how long a call waits until the portal takes it up: applicants stand in this queue, and so do the linkage servers
  that carry off what they have filed;
- how far a clock-paced run is behind: the real time since its clock showed the watermark that has come back. It tells
  nothing of what offices leave lying, whose day comes back as soon as it has been worked out.

A driver that paces a run itself waits for that watermark anyway; it is never refused here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from portal_sim.handlers.felt_share import LOOK_S, OF_TURN, FeltShare
from portal_sim.handlers.model import BusyError
from portal_sim.handlers.run import Run
from portal_sim.handlers.runs import Runs
from portal_sim.handlers.way import FEW_OF_ONE, Way
from shinsei.domain.simtime import SimTime
from shinsei.runtime.clock import Clock

FEW: Final = 100
"""Of all runs: while no more are on their way, it is not their number that holds up the flow."""
_RETRY_AFTER_MS: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long somebody may wait, in real seconds; 0: however long."""

    most_turn_s: float
    """A call, until the portal takes it up."""
    most_behind_s: float
    """A clock-paced run, for what its clock has shown; two fifths of it for long."""

    @property
    def are_limited(self) -> bool:
        """Whether anybody is refused at all."""
        return bool(self.most_turn_s or self.most_behind_s)


class Admission:
    """Refuses so many that calls are taken up in time, and that nobody is on its way for too long.

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
        self._turn = FeltShare(waits.most_turn_s, OF_TURN, clock.monotonic_s())
        self._ways: dict[int, Way] = {}
        """By key of the run."""
        self._count = 0
        """On their way, of all runs, when they were counted last."""
        self._counted_s = clock.monotonic_s() - LOOK_S
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
        way, now_s = self._way(run), self._clock.monotonic_s()
        turn = self._turn.at(self._turn_s(), now_s) if self._waits.most_turn_s else 0.0
        share = max(turn, way.share(now_s))
        return share if way.count(now_s) >= FEW_OF_ONE and self._are_many(now_s) else 0.0

    def _are_many(self, now_s: float) -> bool:
        if now_s - self._counted_s >= LOOK_S:
            self._count = sum(way.count(now_s) for way in self._ways.values())
            self._counted_s = now_s
        return self._count >= FEW

    def _way(self, run: Run) -> Way:
        if run.key not in self._ways:
            self._ways = {key: way for key, way in self._ways.items() if not way.is_over}
            self._ways[run.key] = Way(run, self._waits.most_behind_s, self._clock.monotonic_s())
        return self._ways[run.key]
