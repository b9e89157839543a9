"""A robot and its timetable: when it looks for work, and the days on which it is broken."""

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.linkage.case import Case
from shinsei.domain.run import RpaSpec
from shinsei.domain.simtime import SimTime, day_number, day_of, day_start


class Robot:
    """One licence (ライセンス) and what it is doing."""

    __slots__ = ("began_at", "case", "has_terminal", "is_idle", "name")

    def __init__(self, number: int) -> None:
        self.name = f"robot-{number}"
        self.is_idle = True
        """Neither working, nor stopped, nor waiting for a seat."""
        self.has_terminal = False
        """Whether it has a login of its own, which it keeps."""
        self.case: Case | None = None
        self.began_at = SimTime(0)


class RobotSchedule:
    """The times of day at which robots look for work, on open days, and the repairs."""

    def __init__(self, spec: RpaSpec, calendar: BusinessCalendar) -> None:
        self._calendar = calendar
        self._first_ms = spec.run_first_ms
        self._looks_ms = tuple(range(spec.run_first_ms, spec.run_last_ms + 1, spec.run_every_ms))
        changes = [day_start(day_of(change)) for change in spec.ui_changes]
        drift_ms = spec.ui_drift.noticed_after_ms if spec.ui_drift else None
        self._drifts = [(at, at if drift_ms is None else SimTime(self.next_look(at) + drift_ms)) for at in changes]
        self._broken = [
            (noticed, day_start(calendar.add_working_days(day_number(noticed), spec.ui_repair_days)))
            for _, noticed in self._drifts
        ]

    def next_look(self, after: SimTime) -> SimTime:
        """The first look at or after a moment."""
        day = self._calendar.open_day_from(day_number(after))
        while True:
            for time_of_day in self._looks_ms:
                if day_start(day) + time_of_day >= after:
                    return SimTime(day_start(day) + time_of_day)
            day = self._calendar.next_open_day(day)

    def is_broken(self, at: SimTime) -> bool:
        """Whether the core screen has changed, which is known, and the robots' scenario is not yet repaired."""
        return any(noticed <= at < repaired for noticed, repaired in self._broken)

    def drift_at(self, at: SimTime) -> tuple[SimTime, SimTime] | None:
        """Since when the core screen has been another one, and when that will be noticed; None if it is not so."""
        return next(((change, noticed) for change, noticed in self._drifts if change <= at < noticed), None)

    def offered_ms(self, day: int) -> int:
        """Time from the first look to the core systems' closing, per robot."""
        midnight = day_start(day)
        if self.is_broken(midnight):
            return 0
        spans = self._calendar.core_online(day)
        return sum(max(0, until - max(online_from, midnight + self._first_ms)) for online_from, until in spans)
