"""The deadline that matters at a moment of a season, and the target that follows from it."""

from dataclasses import dataclass
from typing import Final

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.demand import filing_closes
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import SimTime, day_number, day_of, day_start

TARGET_WORKING_DAYS: Final = 10
"""Working days after the deadline by which all that was filed in time is to be registered [A]; choose your own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """Until when is filed, and until when that is to be done."""

    deadline: SimTime
    """The moment after the last day of filing."""
    target: SimTime
    """The moment by which everything filed in time is to be registered."""


def horizon(spec: RunSpec, now: SimTime, working_days: int) -> Horizon:
    """The deadline that matters at a moment, and the target that follows from it.

    It is the first deadline whose target is still to come; without deadlines, the last day of filing. A run that ends
    before its target has its end as the target, as nothing is known of what comes after.
    """
    calendar = BusinessCalendar(spec.calendar)
    closes = [day_start(day_of(last) + 1) for last in spec.demand.deadlines] or [filing_closes(spec)]
    found = [
        Horizon(deadline=deadline, target=min(spec.end, target_of(deadline, working_days, calendar)))
        for deadline in closes
    ]
    return next((one for one in found if now < one.target), found[-1])


def target_of(deadline: SimTime, working_days: int, calendar: BusinessCalendar) -> SimTime:
    """The end of the open day that lies so many working days after the last day of filing."""
    last = day_number(SimTime(deadline - 1))
    return day_start(calendar.add_working_days(last, working_days) + 1)
