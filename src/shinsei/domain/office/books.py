"""Accounts kept while an office runs: counts by day, where the hours went, what was the limit first."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage.incident import Incident
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office.report import SATURATED_SHARE, BatchRun, Resource, Saturation
from shinsei.domain.run import DoubleFinder
from shinsei.domain.simtime import SimTime, date_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """What stands open at a moment."""

    backlog: int = 0
    oldest_submitted_at: SimTime | None = None
    paper_waiting: int = 0
    waiting_ms: int = 0
    """Clerk work (stretched) in the queues."""
    seat_ms: int = 0
    """Seat-milliseconds since the run began."""


@dataclass(slots=True, kw_only=True)
class Page:
    """The running accounts of one day."""

    day: int
    is_open_day: bool
    clerks: int
    arrivals: int = 0
    registered: int = 0
    decided: int = 0
    withdrawn: int = 0
    moved_out: int = 0
    undetected_errors: int = 0
    doubles_found: Counter[DoubleFinder] = field(default_factory=Counter)
    doubles_found_after_ms: list[tuple[DoubleFinder, int]] = field(default_factory=list)
    """(who noticed, time from the second filing to the find)."""
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
    busy_ms: defaultdict[Activity, int] = field(default_factory=lambda: defaultdict(int))
    overtime_busy_ms: int = 0
    robot_ms: int = 0
    machine_ms: int = 0
    before: Levels = Levels()
    """Levels as the day began."""
    after: Levels = Levels()
    """Levels as it ended."""


class Books:
    """The accounts of one office."""

    def __init__(self) -> None:
        self.pages: list[Page] = []
        """The days that have ended."""
        self.today = Page(day=0, is_open_day=False, clerks=0)
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
        self.today = Page(day=day, is_open_day=is_open_day, clerks=clerks, before=self.today.after)

    def close_day(self, levels: Levels) -> None:
        """Puts the page of the day away."""
        self.today.after = levels
        self.pages.append(self.today)

    def staff_day(self, clerks: int) -> None:
        """The office opens today, with so many clerks."""
        self.staffed = self.today
        self.staffed.clerks = clerks

    def work(self, activity: Activity, elapsed_ms: int, overtime: bool) -> None:  # noqa: FBT001 - five times a case
        """Books a clerk's time."""
        self.staffed.busy_ms[activity] += elapsed_ms
        if overtime:
            self.staffed.overtime_busy_ms += elapsed_ms

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
