"""The replays of a run that make its forecast together, and for how long one counts.

A replay draws anew what was still to come at its moment; since then some of that has happened. Lots of different days
have nothing to do with each other, so that what a replay leaves open goes with the time that was left: one that was
made a quarter of that time ago has a spread that is √(4/3) times, a sixth, too wide. It counts until then. What is left
is the time until the deadline, as most of the filing is done before it, and behind it the time until the target.
"""

from typing import Final

from shinsei.domain.forecast import Question, Replay
from shinsei.domain.simtime import HOUR_MS, SimTime

REPLAYS: Final = 5
"""Newest replays of a run that make its forecast."""
SHARE: Final = 4
"""A replay counts for one part in so many of the time that was left [A]."""
LEAST_MS: Final = HOUR_MS
"""And for so long at least: little is left to be drawn in the last hour before the deadline [A]."""


def good_for_ms(question: Question, moment: SimTime) -> int:
    """Simulated time for which a replay that was made for a moment counts."""
    ahead = question.deadline if moment < question.deadline else question.target
    return max(LEAST_MS, (ahead - moment) // SHARE)


class Replays:
    """The newest of a run; those that were made too long before the newest do not count beside it."""

    def __init__(self) -> None:
        self._kept: list[tuple[SimTime, Replay]] = []
        self._anew_from = SimTime(0)

    @property
    def as_of(self) -> SimTime | None:
        """Simulated moment for which the newest was made."""
        return self._kept[-1][0] if self._kept else None

    @property
    def together(self) -> tuple[Replay, ...]:
        """Those that count."""
        return tuple(replay for _, replay in self._kept)

    def add(self, question: Question, newest: Replay) -> None:
        """One more. The newest always counts: the moment for which it was made is told with it."""
        beside = [(moment, replay) for moment, replay in self._kept if self._counts(question, moment)]
        self._kept = [*beside, (question.now, newest)][-REPLAYS:]

    def begin_anew(self, now: SimTime) -> None:
        """What was made for earlier moments gives way to the first replay that is made for this one or a later."""
        self._anew_from = now

    def is_too_old(self, question: Question) -> bool:
        """Whether even the newest was made too long ago for what is judged by it, or there is none."""
        return self.as_of is None or question.now - self.as_of > good_for_ms(question, self.as_of)

    def _counts(self, question: Question, moment: SimTime) -> bool:
        return moment >= self._anew_from and question.now - moment <= good_for_ms(question, moment)
