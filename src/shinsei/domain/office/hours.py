"""Office hours, remembered day by day: the calendar is asked once for each day."""

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.simtime import SimTime, day_number


class OfficeHours:
    """When a matter that ends by itself is seen to end."""

    def __init__(self, calendar: BusinessCalendar) -> None:
        self._calendar = calendar
        self._known: dict[int, tuple[SimTime, SimTime] | None] = {}

    def from_(self, at: int) -> SimTime:
        """This moment if the office is open, else the next opening."""
        day = day_number(SimTime(at))
        while True:
            if day not in self._known:
                self._known[day] = self._calendar.hours(day)
            hours = self._known[day]
            if hours is not None and at < hours[1]:
                return SimTime(max(at, hours[0]))
            day += 1
