"""Accounts kept while an office runs: counts by day, where the hours went, what was the limit first."""

from collections import Counter
from typing import Final

from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage.incident import Incident
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office.report import SATURATED_SHARE, BatchRun, Resource, Saturation
from shinsei.domain.run import DoubleFinder
from shinsei.domain.simtime import SimTime, date_of

_NEVER: Final = -1
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
        self.busy_ms = [_NEVER] * len(_ACTIVITIES)
        """By the place of the activity; -1 for what nobody has done."""
        self.before = before
        """Levels as the day began."""
        self.after = before
        """Levels as it ended."""

    @property
    def worked_ms(self) -> int:
        """Of all activities."""
        total_ms = 0
        for ms in self.busy_ms:
            if ms != _NEVER:
                total_ms += ms
        return total_ms

    def worked(self) -> dict[Activity, int]:
        """Milliseconds by activity, of those that somebody has done."""
        return {activity: ms for activity, ms in zip(_ACTIVITIES, self.busy_ms, strict=True) if ms != _NEVER}


class Books:
    """The accounts of one office."""

    def __init__(self) -> None:
        self.pages: list[Page] = []
        """The days that have ended."""
        self.today = Page(0, is_open_day=False, clerks=0, before=Levels())
        self.staffed = self.today
        """The page of the day on which the clerks present have come in: overtime may end at its midnight."""
        self.batch_runs: list[BatchRun] = []
        self.incidents: list[Incident] = []
        self.errors: Counter[LinkageMethod] = Counter()
        self.returned = 0
        self.too_late = 0
        self.withdrawn_after_registration = 0
        self.corrections_requested = 0
        self.corrected = 0
        self.replies_too_late = 0
        self.ended: Counter[Action] = Counter()
        """Cases ended before registration, by the way."""
        self.saturated: dict[Resource, Saturation] = {}

    def open_day(self, day: int, *, is_open_day: bool, clerks: int) -> None:
        """Begins the page of a day."""
        self.today = Page(day, is_open_day=is_open_day, clerks=clerks, before=self.today.after)

    def close_day(self, levels: Levels) -> None:
        """Puts the page of the day away."""
        self.today.after = levels
        self.pages.append(self.today)

    def staff_day(self, clerks: int) -> None:
        """The office opens today, with so many clerks."""
        self.staffed = self.today
        self.staffed.clerks = clerks

    def work(self, place: int, elapsed_ms: int, overtime: bool) -> None:  # noqa: FBT001 - five times a case
        """Books a clerk's time for the activity of this place."""
        page = self.staffed
        before_ms = page.busy_ms[place]
        page.busy_ms[place] = elapsed_ms if before_ms == _NEVER else before_ms + elapsed_ms
        if overtime:
            page.overtime_busy_ms += elapsed_ms

    def judge(self, resource: Resource, busy_ms: float, offered_ms: float, *, left_over: bool, day: int) -> None:
        """Notes the first day on which a resource was saturated."""
        if left_over and offered_ms > 0 and busy_ms >= SATURATED_SHARE * offered_ms and resource not in self.saturated:
            share = round(busy_ms / offered_ms, 4)
            self.saturated[resource] = Saturation(resource=resource, day=date_of(day).isoformat(), busy_share=share)

    def first_saturated(self) -> Saturation | None:
        """The earliest; on one day the busiest, then the order of the resources."""
        order = list(Resource)
        candidates = self.saturated.values()
        return min(candidates, key=lambda s: (s.day, -s.busy_share, order.index(s.resource)), default=None)
