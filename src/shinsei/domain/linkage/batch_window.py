"""The batch window (バッチ時間帯), for which the jobs of several businesses compete.

A window belongs to whoever has it by the timetable: the own job starts when the other one has ended. A job under way
is not disturbed by one that begins during it [A]. Maintenance of the core systems takes the window like a job.
"""

from collections.abc import Iterator

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.run import OtherJobSpec
from shinsei.domain.simtime import SimTime, date_of, day_number, day_start


class BatchWindow:
    """Who else has the window."""

    def __init__(self, other_jobs: tuple[OtherJobSpec, ...], calendar: BusinessCalendar) -> None:
        self._other_jobs = other_jobs
        self._calendar = calendar

    def free_from(self, at: SimTime) -> SimTime:
        """This moment if nobody has the window, else the first one after it."""
        while (later := next((end for start, end in self._taken(at) if start <= at < end), None)) is not None:
            at = later
        return at

    def _taken(self, at: SimTime) -> Iterator[tuple[SimTime, SimTime]]:
        yield from self._calendar.core_offline
        today = day_number(at)
        for job in self._other_jobs:
            for day in (today - 1, today):
                if not job.dates or date_of(day) in job.dates:
                    start = day_start(day) + job.start_ms
                    yield SimTime(start), SimTime(start + job.duration_ms)
