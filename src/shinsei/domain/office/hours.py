"""Office hours, remembered day by day: the calendar is asked once for each day."""

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.simtime import SimTime, day_number


class OfficeHours:
    """When a matter that ends by itself is seen to end."""

    def __init__(self, calendar: BusinessCalendar) -> None:
        self._calendar = calendar
        self._known: dict[int, tuple[SimTime, SimTime]] = {}
        """By day, the hours of that day or of the first open one after it."""

    def from_(self, at: int) -> SimTime:
        """This moment if the office is open, else the next opening."""
        day = day_number(SimTime(at))
        opens, closes = self._from_day(day)
        if at >= closes:
            opens, _ = self._from_day(day + 1)
        return SimTime(max(at, opens))

    def _from_day(self, day: int) -> tuple[SimTime, SimTime]:
        known = self._known.get(day)
        if known is None:
            known = self._calendar.hours(self._calendar.open_day_from(day))
            assert known is not None
            self._known[day] = known
        return known
