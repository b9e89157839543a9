"""The form of a linkage method: what an office calls when a case comes, and what every method must keep to.

A method takes a case that waits for linkage and brings it to registration over clerks, robots, seats and
windows. It asks the floor for whatever takes time and is called back; it never looks at a clock of its own.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

from shinsei.domain.linkage.case import Case
from shinsei.domain.linkage.floor import Floor
from shinsei.domain.native import mypyc_attr
from shinsei.domain.run import Change


@mypyc_attr(allow_interpreted_subclasses=True)
class Linkage(ABC):
    """A way into the core systems (基幹システムとの連携), as one office has it."""

    is_elsewhere: ClassVar[bool] = False
    """Whether others do everything: the case comes as it was stored, and these clerks never see it."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor

    def open(self, case: Case) -> None:
        """A new case of this method; by default it goes the common way to the queue."""
        self.floor.take_in(case)

    @abstractmethod
    def queue(self, case: Case) -> None:
        """The case waits for linkage from now on.

        It may be withdrawn at any moment until it is registered: ``case.is_open`` is false then, and
        nothing more may be done to it.
        """

    def change(self, change: Change) -> None:
        """A control change takes effect; most methods have none."""

    def robots_now(self) -> tuple[int, int]:
        """Robots that are there and those at work at this moment; most methods have none."""
        return 0, 0

    def lacks_robots(self) -> bool:
        """Whether cases would need robots of which none can work; most methods need none."""
        return False

    def robots_of_day(self, day: int) -> "RobotDay | None":
        """Whether the method's robots were the limit on the day that has just ended; None without robots."""
        return None


class RobotDay:
    """A day of a method's robots, for the question which resource saturates first."""

    __slots__ = ("busy_ms", "left_over", "offered_ms")

    def __init__(self, *, busy_ms: int, offered_ms: int, left_over: int) -> None:
        self.busy_ms = busy_ms
        self.offered_ms = offered_ms
        """Robots in service times the minutes between their first run and the core systems' closing."""
        self.left_over = left_over
        """Cases that a run had taken up and not finished."""
