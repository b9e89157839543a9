"""The running accounts of one day of an office, and what stood open when it began and ended."""

from typing import Final

from shinsei.domain.linkage.activity import Activity
from shinsei.domain.run import DoubleFinder
from shinsei.domain.simtime import SimTime

NEVER: Final = -1
_ACTIVITIES: Final = tuple(Activity)


class Levels:
    """What stands open at a moment."""

    __slots__ = ("backlog", "oldest_submitted_at", "paper_waiting", "seat_ms", "waiting_ms")

    def __init__(
        self,
        backlog: int = 0,
        oldest_submitted_at: SimTime | None = None,
        paper_waiting: int = 0,
        waiting_ms: int = 0,
        seat_ms: int = 0,
    ) -> None:
        self.backlog = backlog
        self.oldest_submitted_at = oldest_submitted_at
        self.paper_waiting = paper_waiting
        self.waiting_ms = waiting_ms
        """Clerk work (stretched) in the queues."""
        self.seat_ms = seat_ms
        """Seat-milliseconds since the run began."""


class Page:
    """The running accounts of one day."""

    arrivals: int = 0
    registered: int = 0
    decided: int = 0
    withdrawn: int = 0
    moved_out: int = 0
    undetected_errors: int = 0
    doubles_registered: int = 0
    paper_arrivals: int = 0
    paper_registered: int = 0
    presence_ms: int = 0
    duty_ms: int = 0
    temporary_duty_ms: int = 0
    """The part of the duty that is temporary clerks'."""
    temporary_ms: int = 0
    """The part of the presence that is temporary clerks'."""
    temporary_busy_ms: int = 0
    overtime_ms: int = 0
    overtime_busy_ms: int = 0
    robot_ms: int = 0
    machine_ms: int = 0

    def __init__(self, day: int, *, is_open_day: bool, clerks: int, before: Levels) -> None:
        self.day = day
        self.is_open_day = is_open_day
        self.clerks = clerks
        self.doubles_found: dict[DoubleFinder, int] = {}
        self.doubles_found_after_ms: list[tuple[DoubleFinder, int]] = []
        """(who noticed, time from the second filing to the find)."""
        self.busy_ms = [NEVER] * len(_ACTIVITIES)
        """By the place of the activity; -1 for what nobody has done."""
        self.before = before
        """Levels as the day began."""
        self.after = before
        """Levels as it ended."""

    @property
    def worked_ms(self) -> int:
        """Of all activities."""
        return sum([ms for ms in self.busy_ms if ms != NEVER])

    def worked(self) -> dict[Activity, int]:
        """Milliseconds by activity, of those that somebody has done."""
        return {activity: ms for activity, ms in zip(_ACTIVITIES, self.busy_ms, strict=True) if ms != NEVER}
