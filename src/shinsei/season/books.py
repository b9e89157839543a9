"""An office's books as a season reads them: hours by activity, and day by day what was there and used.

Handling hours are what a time study measures and what is paid for a case; presence is what they took of the
clerks' day, because telephone, counter and meetings take the rest of it. A live office may have advanced a
little further than the end of the season, so everything that can be is summed over the season's own days.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pydantic import TypeAdapter

from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office.report import DayReport, IncidentReport, OfficeReport
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import SimTime, day_number, day_of
from shinsei.season.doubled import DoubleFigures, double_figures

_MINUTES = 60
_REPORT = TypeAdapter(OfficeReport)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeDay:
    """One calendar day of an office."""

    day: int
    staff_hours: float = 0.0
    """Handling hours, overtime included."""
    busy_hours: float = 0.0
    """The presence that they took."""
    presence_hours: float = 0.0
    """Presence of the clerks in office hours: the day's capacity."""
    overtime_hours: float = 0.0
    """Presence beyond office hours."""
    waiting_hours: float = 0.0
    """Clerks' work waiting at the end of the day, as the presence that it will take."""
    arrived_hours: float = 0.0
    """Clerks' work that came up during the day, as the presence that it takes."""
    robot_hours: float = 0.0
    paper_arrived: int = 0
    paper_registered: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeFigures:
    """One office over a season."""

    hours: Mapping[str, float]
    """Handling hours by activity, overtime included."""
    overtime_hours: float
    """Presence beyond office hours, paid as overtime."""
    overtime_work_hours: float
    """The part of the handling hours that was done in it."""
    duty_hours: float
    """At the counter and the telephone instead of at cases; in no other figure."""
    temporary_hours: float
    """Presence of temporary clerks at cases."""
    temporary_duty_hours: float
    """The part of the duty that is temporary clerks'."""
    temporary_staff_hours: float
    """The part of the handling hours that they did."""
    robot_hours: float
    robots: int
    """Licences that the method needs; 0 for the others."""
    paper_cases: int
    paper_registered: int
    undetected_errors: int
    doubles: DoubleFigures
    moved_out: int
    """Online cases that ended before registration because the applicant had moved out."""
    first_saturated_resource: str | None
    """The first resource that was the limit; None for none."""
    first_saturated_on: date | None
    days: tuple[OfficeDay, ...]
    incidents: tuple[IncidentReport, ...] = ()
    """What began before the end of the season, as far as the office knows it."""

    @property
    def staff_hours(self) -> float:
        """All handling hours, overtime included."""
        return sum(self.hours.values())


def decode_report(raw: bytes) -> OfficeReport:
    """An office's report from the JSON that the core systems hand out."""
    return _REPORT.validate_json(raw)


def office_figures(report: OfficeReport, *, end: SimTime, robots: int) -> OfficeFigures:
    """The books of an office up to the end of a season."""
    last = day_number(SimTime(end - 1))
    pages = [page for page in report.days if _day(page) <= last]
    hours: Counter[str] = Counter()
    for page in pages:
        hours.update({name: minutes / _MINUTES for name, minutes in page.staff_minutes.items()})
    limit = report.first_saturated
    limit_on = date.fromisoformat(limit.day) if limit else None
    return OfficeFigures(
        hours={name: hours[name] for name in report.staff_minutes},
        overtime_hours=sum(page.overtime_minutes for page in pages) / _MINUTES,
        overtime_work_hours=sum(page.overtime_work_minutes for page in pages) / _MINUTES,
        duty_hours=sum(page.duty_minutes for page in pages) / _MINUTES,
        temporary_hours=sum(page.temporary_minutes for page in pages) / _MINUTES,
        temporary_duty_hours=sum(page.temporary_duty_minutes for page in pages) / _MINUTES,
        temporary_staff_hours=sum(page.temporary_staff_minutes for page in pages) / _MINUTES,
        robot_hours=sum(page.robot_minutes for page in pages) / _MINUTES,
        robots=robots,
        paper_cases=sum(page.paper_arrivals for page in pages),
        paper_registered=sum(page.paper_registered for page in pages),
        undetected_errors=sum(page.undetected_errors for page in pages),
        moved_out=sum(page.moved_out for page in pages),
        doubles=double_figures(pages, hours[Activity.DOUBLE_CHECK.value]),
        first_saturated_resource=limit.resource.value if limit and limit_on and day_of(limit_on) <= last else None,
        first_saturated_on=limit_on if limit_on and day_of(limit_on) <= last else None,
        days=tuple(_office_day(page, before) for page, before in zip(pages, [None, *pages], strict=False)),
        incidents=tuple(incident for incident in report.incidents if incident.began_at < end),
    )


def _office_day(page: DayReport, before: DayReport | None) -> OfficeDay:
    waiting_before = before.waiting_minutes if before else 0.0
    return OfficeDay(
        day=_day(page),
        staff_hours=sum(page.staff_minutes.values()) / _MINUTES,
        busy_hours=page.busy_minutes / _MINUTES,
        presence_hours=page.presence_minutes / _MINUTES,
        overtime_hours=page.overtime_minutes / _MINUTES,
        waiting_hours=page.waiting_minutes / _MINUTES,
        arrived_hours=max(0.0, page.busy_minutes + page.waiting_minutes - waiting_before) / _MINUTES,
        robot_hours=page.robot_minutes / _MINUTES,
        paper_arrived=page.paper_arrivals,
        paper_registered=page.paper_registered,
    )


def _day(page: DayReport) -> int:
    return day_of(date.fromisoformat(page.day))


def robots_of(spec: RunSpec) -> int:
    """Robot licences that a run needs; none where no case goes to a robot."""
    methods = {spec.twin_method} if spec.twin_method else {method for _, method in spec.policy.by_procedure}
    rpa = spec.office.methods.rpa
    return min(rpa.robots, rpa.licences or rpa.robots) if LinkageMethod.RPA in methods else 0
