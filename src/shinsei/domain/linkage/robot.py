"""A robot and its timetable: when it looks for work, and the days on which it is broken."""

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.linkage.case import Case
from shinsei.domain.run import RpaSpec
from shinsei.domain.simtime import SimTime, day_number, day_of, day_start


class Robot:
    """One licence (ライセンス) and what it is doing."""

    __slots__ = ("began_at", "case", "is_idle", "name")

    def __init__(self, number: int) -> None:
        self.name = f"robot-{number}"
        self.is_idle = True
        """Neither working, nor stopped, nor waiting for a seat."""
        self.case: Case | None = None
        self.began_at = SimTime(0)


class RobotSchedule:
    """The times of day at which robots look for work, on open days, and the repairs."""

    def __init__(self, spec: RpaSpec, calendar: BusinessCalendar) -> None:
        self._calendar = calendar
        self._first_ms = spec.run_first_ms
        self._looks_ms = tuple(range(spec.run_first_ms, spec.run_last_ms + 1, spec.run_every_ms))
        self._broken = tuple(
            (first, calendar.add_working_days(first, spec.ui_repair_days)) for first in map(day_of, spec.ui_changes)
        )

    def next_look(self, after: SimTime) -> SimTime:
        """The first look at or after a moment."""
        day = self._calendar.open_day_from(day_number(after))
        while True:
            for time_of_day in self._looks_ms:
                if day_start(day) + time_of_day >= after:
                    return SimTime(day_start(day) + time_of_day)
            day = self._calendar.next_open_day(day)

    def is_broken(self, day: int) -> bool:
        """Whether the core screen has changed and the robots' scenario is not yet repaired."""
        return any(first <= day < repaired for first, repaired in self._broken)

    def offered_ms(self, day: int) -> int:
        """Time from the first look to the core systems' closing, per robot."""
        online = self._calendar.core_online(day)
        if online is None or self.is_broken(day):
            return 0
        return max(0, online[1] - max(online[0], day_start(day) + self._first_ms))
