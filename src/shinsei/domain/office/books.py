"""Accounts kept while an office runs: counts by day, where the hours went, what was the limit first."""

from collections import Counter

from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage.incident import Incident
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office.page import NEVER, Levels, Page
from shinsei.domain.office.report import SATURATED_SHARE, BatchRun, Resource, Saturation
from shinsei.domain.simtime import date_of


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
        page.busy_ms[place] = elapsed_ms if before_ms == NEVER else before_ms + elapsed_ms
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
