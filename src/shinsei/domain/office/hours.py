"""Office hours, remembered day by day: the calendar is asked once for each day."""

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.simtime import SimTime, day_number


class Opening:
    """The hours of an open day."""

    __slots__ = ("closes", "opens")

    def __init__(self, opens: SimTime, closes: SimTime) -> None:
        self.opens = opens
        self.closes = closes


class OfficeHours:
    """When a matter that ends by itself is seen to end."""

    def __init__(self, calendar: BusinessCalendar) -> None:
        self._calendar = calendar
        self._known: dict[int, Opening] = {}
        """By day, the hours of that day or of the first open one after it."""

    def from_(self, at: SimTime) -> SimTime:
        """This moment if the office is open, else the next opening."""
        day = day_number(at)
        opening = self._from_day(day)
        if at >= opening.closes:
            opening = self._from_day(day + 1)
        return max(at, opening.opens)

    def _from_day(self, day: int) -> Opening:
        known = self._known.get(day)
        if known is None:
            hours = self._calendar.hours(self._calendar.open_day_from(day))
            assert hours is not None
            known = self._known[day] = Opening(*hours)
        return known
