"""What stands in an office's agenda: something that is to happen, and its place.

Order within a moment is a table, not chance: a new day, core systems that come on-line, then what was under
way ends, then what comes from outside in the order of its kind and id, then who leaves and who arrives.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import Any, Final


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
"""A place in the agenda is one number, which is compared fastest: the rank in so many bits, the time above it."""
WORK: Final = int(Rank.WORK)


class Planned:
    """Something that is to happen."""

    __slots__ = ("place",)

    def __init__(self, place: int) -> None:
        self.place = place

    def happen(self) -> None:
        """Happens, at its time."""


class Call(Planned):
    """Something that the office calls then."""

    __slots__ = ("action", "argument")

    def __init__(self, place: int, action: Callable[[Any], None], argument: Any) -> None:
        self.place = place
        self.action = action
        self.argument = argument

    def happen(self) -> None:
        """Calls it."""
        self.action(self.argument)


class Coming(Call):
    """Something that comes from outside."""

    __slots__ = ("key",)

    def __init__(self, place: int, action: Callable[[Any], None], argument: Any, key: str) -> None:
        self.place = place
        self.action = action
        self.argument = argument
        self.key = key
