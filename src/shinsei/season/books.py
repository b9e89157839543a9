"""An office's accounts in the units of a report: hours by activity, and day by day what was there and used."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeDay:
    """One calendar day of an office."""

    day: int
    capacity_hours: float
    """Productive hours of the clerks in regular time."""
    staff_hours: float
    """Hours worked on cases, overtime included."""
    overtime_hours: float
    robot_hours: float
    paper_arrived: int
    paper_registered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeFigures:
    """One office over a season."""

    hours: Mapping[str, float]
    """Staff hours by activity, overtime included; the activities of the office model."""
    overtime_hours: float
    robot_hours: float
    robots: int
    """Licences that the method needs; 0 for the others."""
    paper_cases: int
    paper_registered: int
    undetected_errors: int
    first_saturated_resource: str | None
    """The first resource that was fully used while cases waited for it; None for none."""
    first_saturated_day: int | None = None
    days: tuple[OfficeDay, ...] = field(default=())

    @property
    def staff_hours(self) -> float:
        """All hours worked, overtime included."""
        return sum(self.hours.values())
