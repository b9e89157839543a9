"""How many must be refused for nobody to wait too long: a share that is felt for.

A wait does not say how many must go: who is refused has stood in the same queue, and news of the way is old. So the
share grows while somebody waits too long, and with the wait, and shrinks likewise, as PIE does it for routers
(RFC 8033).
"""

from dataclasses import dataclass
from typing import Final

LOOK_S: Final = 0.2
"""Real time from one change of a share to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gains:
    """By how much the share grows."""

    too_long: float
    """In a second, for each second by which the wait is too long."""
    longer: float
    """For each second by which the wait has grown."""
    least: float = 0.0
    """Below nothing: what has to be made up for before anybody is refused, as a wait may go up and down."""
    tightens: float = 0.0
    """By which part of itself the wait that may last would be shorter if everybody had to be refused. Close to the
    maximum some must wait, or nothing is at hand when less comes for a moment; far beyond it something always is."""


OF_TURN: Final = Gains(too_long=8.3, longer=1.25)
"""Those of PIE, 1/8 and 5/4 every 15 ms, the first for a second."""
OF_WAY: Final = Gains(too_long=0.125, longer=0.35, least=-0.4, tightens=0.3)
"""Slower than the news, which is a second old, and damped: at twice what can be done it comes to rest within ten."""


class FeltShare:
    """The share of one wait.

    Args:
        most_s: real seconds for which somebody may wait while nobody is refused.
        gains: by which it grows.
        now_s: real moment.
    """

    def __init__(self, most_s: float, gains: Gains, now_s: float) -> None:
        self._most_s = most_s
        self._gains = gains
        self._at_s = now_s
        self._wait_s = 0.0
        self._share = gains.least

    def at(self, wait_s: float, now_s: float) -> float:
        """What it is now that somebody waits so long: of one."""
        passed_s = now_s - self._at_s
        if passed_s >= LOOK_S:
            most_s = self._most_s * (1 - self._gains.tightens * max(self._share, 0.0))
            too_long_s, longer_s = wait_s - most_s, min(wait_s - self._wait_s, 1.0)
            grows = self._gains.too_long * too_long_s * min(passed_s, 1.0) + self._gains.longer * longer_s
            self._share = min(max(self._share + grows, self._gains.least), 1.0)
            self._at_s, self._wait_s = now_s, wait_s
        return max(self._share, 0.0)
