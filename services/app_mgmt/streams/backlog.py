"""What waits in one office, as counts by the hour of submission instead of a table of cases, and what follows.

The age of the oldest is an approximation: whoever leaves is taken for the one who was submitted first. The total is
exact, whoever left.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.horizon import Horizon
from shinsei.domain.simtime import HOUR_MS, SimTime, day_number

PACE_DAYS: Final = 5
"""Open days whose mean is the present pace: a working week [A]."""
_LOOK_BACK_DAYS: Final = 14
"""In which so many open days are looked for, the long holidays of May and the year end among them [D]."""


@dataclass(slots=True, kw_only=True)
class Backlog:
    """Cumulative counts: who came by the hour of submission, who left by day."""

    came: Counter[int] = field(default_factory=Counter)
    """By the simulated hour of submission, without the hours of which everybody has left."""
    left: int = 0
    """Of those counted in ``came``. May run ahead of them for a while: the two topics are read apart."""
    left_by_day: Counter[int] = field(default_factory=Counter)

    def come(self, submitted_at: SimTime) -> None:
        """A case was given to the office."""
        self.came[submitted_at // HOUR_MS] += 1

    def leave(self, at: SimTime) -> None:
        """A case was registered, or ended before it."""
        self.left += 1
        self.left_by_day[day_number(at)] += 1

    def waiting(self, before: SimTime | None = None) -> int:
        """Cases that wait; ``before`` for those submitted before a full hour."""
        self._settle()
        hours = self.came.items()
        return max(0, sum(count for hour, count in hours if before is None or hour < before // HOUR_MS) - self.left)

    def oldest(self) -> SimTime | None:
        """The hour in which the oldest was submitted; None where nothing waits."""
        return SimTime(min(self.came) * HOUR_MS) if self.waiting() else None

    def at_risk(self, calendar: BusinessCalendar, horizon: Horizon, start: SimTime, now: SimTime) -> int:
        """Cases filed before the deadline that would wait still at the target, at the pace of the last open days.

        The pace is that of whole days; before the first one there is none, and nothing is said.
        """
        waiting = self.waiting(horizon.deadline)
        if now >= horizon.target:
            return waiting
        today, first = day_number(now), day_number(SimTime(start - 1)) + 1
        days = range(max(first, today - _LOOK_BACK_DAYS), today)
        whole = [day for day in days if calendar.is_open_day(day)][-PACE_DAYS:]
        if not whole:
            return 0
        a_day = sum(self.left_by_day[day] for day in range(whole[0], today)) / len(whole)
        days_left = calendar.working_days_between(today - 1, day_number(SimTime(horizon.target - 1)))
        return max(0, waiting - int(a_day * days_left) + min(self.left_by_day[today], int(a_day)))

    def forget(self, now: SimTime) -> None:
        """Drops the days that no pace is taken from any more."""
        for day in [day for day in self.left_by_day if day < day_number(now) - _LOOK_BACK_DAYS]:
            del self.left_by_day[day]

    def _settle(self) -> None:
        for hour in sorted(self.came):
            if self.came[hour] > self.left:
                return
            self.left -= self.came.pop(hour)
