"""When people and core systems work: office days and hours, lunch duty, and the hours of the core systems.

Days are Tokyo calendar days by number (``simtime.day_number``). Holidays come in as data; nothing here
knows which days they are. Overtime is the office's affair.
"""

from bisect import bisect_right

from shinsei.domain.native import mypyc_attr
from shinsei.domain.run import CalendarSpec
from shinsei.domain.simtime import SimTime, date_of, day_number, day_of, day_start, time_of_day_ms

_SATURDAY = 5
_WEEK = 7
_A_MONDAY = -3
"""29 December 1969, from which open days are counted."""


@mypyc_attr(allow_interpreted_subclasses=True)
class BusinessCalendar:
    """A municipality's working calendar (開庁日・開庁時間)."""

    def __init__(self, spec: CalendarSpec, core_offline: tuple[tuple[SimTime, SimTime], ...] = ()) -> None:
        self._spec = spec
        self.core_offline = core_offline
        """Maintenance and failures of the core systems that are known so far."""
        self._holidays = frozenset(day_of(holiday) for holiday in spec.holidays)
        self._closed_weekdays = sorted(day for day in self._holidays if date_of(day).weekday() < _SATURDAY)

    def is_open_day(self, day: int) -> bool:
        """Whether the office opens on this day: no weekend, no holiday, no year end."""
        return date_of(day).weekday() < _SATURDAY and day not in self._holidays

    def open_days_until(self, day: int) -> int:
        """How many open days there have been up to this one, itself among them; the beginning is arbitrary."""
        weeks, rest = divmod(day - _A_MONDAY + 1, _WEEK)
        return weeks * _SATURDAY + min(rest, _SATURDAY) - bisect_right(self._closed_weekdays, day)

    def open_day_from(self, day: int) -> int:
        """This day if the office opens, else the next day on which it does."""
        while not self.is_open_day(day):
            day += 1
        return day

    def next_open_day(self, day: int) -> int:
        """The first open day after this one."""
        return self.open_day_from(day + 1)

    def previous_open_day(self, day: int) -> int:
        """The last open day before this one."""
        day -= 1
        while not self.is_open_day(day):
            day -= 1
        return day

    def add_working_days(self, day: int, count: int) -> int:
        """The open day that lies ``count`` open days after this day (before it, if negative)."""
        for _ in range(abs(count)):
            day = self.next_open_day(day) if count > 0 else self.previous_open_day(day)
        return day

    def working_days_between(self, first: int, last: int) -> int:
        """Open days after ``first``, up to and including ``last``: 0 for the same day."""
        return sum(self.is_open_day(day) for day in range(first + 1, last + 1))

    def hours(self, day: int) -> tuple[SimTime, SimTime] | None:
        """Opening and closing time, or None on a closed day."""
        if not self.is_open_day(day):
            return None
        return self._at(day, self._spec.office_opens_ms), self._at(day, self._spec.office_closes_ms)

    def segments(self, day: int) -> tuple[tuple[SimTime, SimTime, float], ...]:
        """The parts of an office day in order: start, end, share of the clerks who are at work.

        Morning and afternoon with everybody, lunch with the duty share; nothing on a closed day.
        """
        if not self.is_open_day(day):
            return ()
        spec = self._spec
        parts = (
            (spec.office_opens_ms, spec.lunch_starts_ms, 1.0),
            (spec.lunch_starts_ms, spec.lunch_ends_ms, spec.lunch_duty_share),
            (spec.lunch_ends_ms, spec.office_closes_ms, 1.0),
        )
        return tuple((self._at(day, start), self._at(day, end), share) for start, end, share in parts if start < end)

    def work_segments(self, day: int, clerks: int) -> tuple[tuple[SimTime, SimTime, tuple[int, ...]], ...]:
        """The parts of an office day with the numbers (0 to n - 1) of the clerks at work in each."""
        everybody = tuple(range(clerks))
        return tuple(
            (start, end, everybody if share >= 1.0 else self.lunch_duty(day, clerks))
            for start, end, share in self.segments(day)
        )

    def lunch_duty(self, day: int, clerks: int) -> tuple[int, ...]:
        """Who works through lunch on this day: the duty share, rounded, in turns over the open days."""
        on_duty = min(clerks, int(clerks * self._spec.lunch_duty_share + 0.5))
        first = self.open_days_until(day) * on_duty
        return tuple(sorted((first + turn) % clerks for turn in range(on_duty)))

    def core_online(self, day: int) -> tuple[tuple[SimTime, SimTime], ...]:
        """When the core systems can be entered on this day, in order: not on a closed day, not during maintenance."""
        if not self.is_open_day(day):
            return ()
        spans = [(self._at(day, self._spec.core_online_from_ms), self._at(day, self._spec.core_online_until_ms))]
        for start, end in self.core_offline:
            parts = ((part, until) for a, b in spans for part, until in ((a, min(b, start)), (max(a, end), b)))
            spans = [(part, until) for part, until in parts if part < until]
        return tuple(spans)

    def is_core_missed_at(self, at: SimTime) -> bool:
        """Whether maintenance or a failure keeps the core systems away at a moment at which they are usually there."""
        day = day_number(at)
        return (
            any(start <= at < end for start, end in self.core_offline)
            and self.is_open_day(day)
            and self._spec.core_online_from_ms <= time_of_day_ms(at) < self._spec.core_online_until_ms
        )

    def fail(self, start: SimTime, end: SimTime) -> None:
        """The core systems cannot be entered from one moment to another, which nobody has known before."""
        self.core_offline = (*self.core_offline, (start, end))

    def windows(self, day: int, times_of_day_ms: tuple[int, ...]) -> tuple[SimTime, ...]:
        """The batch windows of a day: these times of day, on open days only."""
        return tuple(self._at(day, moment) for moment in sorted(times_of_day_ms)) if self.is_open_day(day) else ()

    def is_open_at(self, at: SimTime) -> bool:
        """Whether the office is open at this moment (closing time itself is closed)."""
        day = day_number(at)
        return self.is_open_day(day) and (
            self._spec.office_opens_ms <= time_of_day_ms(at) < self._spec.office_closes_ms
        )

    @staticmethod
    def _at(day: int, time_of_day: int) -> SimTime:
        return SimTime(day_start(day) + time_of_day)
