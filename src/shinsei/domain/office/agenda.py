"""What is to happen in an office, and its clock.

Order within a moment is a table, not chance: a new day, core systems that come on-line, then what was under
way ends, then what comes from outside in the order of its kind and id, then who leaves and who arrives.
Only content and history decide it, so that cutting a run into other pieces, or offering in other portions,
changes nothing.
"""

from bisect import insort
from collections.abc import Callable
from enum import IntEnum
from heapq import heappush
from typing import Any, Final

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


RANK_BITS: Final = 4
"""A place in the agenda is one number, which a heap compares fastest: the rank in so many bits, the time above it."""

Entry = tuple[Any, ...]
"""(order, action, argument), each order once in its place.

Typed so loosely that the compiled kernel hands the tuple on as it is, instead of taking it apart at every look.
"""

_WORK: Final = int(Rank.WORK)
# Bound once: compiled code looks up what is imported at every call.
_push: Final = heappush


class Agenda:
    """Two heaps: what the office itself has under way, which stays short, and what comes from outside.

    They are of places; what is due at each is kept beside them. No rank is used in both.
    """

    __slots__ = ("_sequence", "due", "inside", "now", "outside")

    def __init__(self, now: SimTime) -> None:
        self.now = now
        self.inside: list[int] = []
        self.outside: list[int] = []
        self.due: dict[int, list[Entry]] = {}
        """What is to happen, by place, in its order."""
        self._sequence = 0

    def call_at(self, at: int, action: Callable[[Any], None], argument: Any = None, rank: int = _WORK) -> None:
        """Plans something inside the office; equal moments and ranks keep the order of planning."""
        place = (at << RANK_BITS) + rank
        here = self.due.setdefault(place, [])
        here.append((0, action, argument))
        if len(here) == 1:
            _push(self.inside, place)

    def offer(self, at: int, rank: Rank, key: str | int, action: Callable[[Any], None], event: Any) -> None:
        """Plans something from outside; equal moments and ranks go by key."""
        self._sequence = sequence = self._sequence + 1
        place = (at << RANK_BITS) + rank
        here = self.due.setdefault(place, [])
        insort(here, ((key, sequence), action, event))
        if len(here) == 1:
            _push(self.outside, place)
