"""The shortest story: less mischief, fewer cases, no delays, as long as it still goes wrong."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from simulation.case import Case
from simulation.play import Outcome, play

MOST_TRIES: Final = 150
"""Seasons that are played for it."""


class Shrinker:
    """Looks for a smaller case that fails, too.

    Args:
        player: plays a case.
        tries: how many it may play.
    """

    def __init__(self, player: Callable[[Case], Outcome] = play, tries: int = MOST_TRIES) -> None:
        self._play = player
        self._tries = tries

    def shrink(self, failed: Outcome) -> Outcome:
        """The smallest that was found, perhaps the same."""
        best = self._with_less_mischief(failed)
        best = self._with_less(best, "filings")
        calm: tuple[dict[str, Any], ...] = (
            {"slow_share": 0.0},
            {"litter": 0},
            {"changes": ()},
            {"second": None},
            {"backwards": False},
        )
        for calmer in calm:
            best = self._tried(best, replace(best.case, **calmer)) or best
        return self._with_less_mischief(best)

    def _with_less_mischief(self, best: Outcome) -> Outcome:
        # What was due behind the end plays no part.
        best = self._tried(best, replace(best.case, mischief=best.met)) or best
        return self._with_less(best, "mischief")

    def _with_less(self, best: Outcome, name: str) -> Outcome:
        """Leaves out a half of what bears this name in the case, then a quarter, and so on down to one."""
        size = max(1, len(getattr(best.case, name)) // 2)
        while size:
            place = 0
            while place < len(whole := getattr(best.case, name)):
                less = self._tried(best, replace(best.case, **{name: whole[:place] + whole[place + size :]}))
                best, place = (best, place + size) if less is None else (less, place)
            size //= 2
        return best

    def _tried(self, best: Outcome, case: Case) -> Outcome | None:
        """The outcome of a smaller case, if it fails."""
        if case == best.case or self._tries <= 0:
            return None
        self._tries -= 1
        outcome = self._play(case)
        return outcome if outcome.failure is not None else None
