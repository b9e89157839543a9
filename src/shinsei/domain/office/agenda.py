"""What is to happen in an office, and its clock.

Order within a moment is a table, not chance: a new day, core systems that come on-line, then what was under
way ends, then what comes from outside in the order of its kind and id, then who leaves and who arrives.
Only content and history decide it, so that cutting a run into other pieces, or offering in other portions,
changes nothing.
"""

from collections.abc import Callable
from enum import IntEnum
from heapq import heappush
from typing import Any

from shinsei.domain.simtime import SimTime


class Rank(IntEnum):
    """Place within a moment."""

    DAY = 0
    ONLINE = 1
    WORK = 2
    OPENED = 3
    PAPER = 4
    WITHDRAWN = 5
    CORRECTED = 6
    MOVED = 7
    CHANGE = 8
    LEAVE = 9
    ARRIVE = 10


Entry = tuple[Any, ...]
"""(time, rank, key, action, argument); no two entries agree in the first three.

Typed so loosely that the compiled kernel hands the tuple on as it is, instead of taking it apart at every look.
"""

_WORK = int(Rank.WORK)


class Agenda:
    """Two heaps: what the office itself has under way, which stays short, and what comes from outside."""

    __slots__ = ("_sequence", "inside", "now", "outside")

    def __init__(self, now: SimTime) -> None:
        self.now = now
        self.inside: list[Entry] = []
        self.outside: list[Entry] = []
        self._sequence = 0

    def call_at(self, at: int, action: Callable[[Any], None], argument: Any = None, rank: int = _WORK) -> None:
        """Plans something inside the office; equal moments and ranks keep the order of planning."""
        self._sequence = sequence = self._sequence + 1
        heappush(self.inside, (at, rank, sequence, action, argument))

    def offer(self, at: int, rank: Rank, key: str | int, action: Callable[[Any], None], event: Any) -> None:
        """Plans something from outside; equal moments and ranks go by key."""
        self._sequence = sequence = self._sequence + 1
        heappush(self.outside, (at, rank, (key, sequence), action, event))
