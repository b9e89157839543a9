"""What stands open and who is at work in an office at this moment: what an operator looks at.

Unlike the books this is a look at the floor as it stands; nothing here decides anything.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from shinsei.domain.lifecycle import Status
from shinsei.domain.linkage.incident import IncidentKind
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office.floor import OfficeFloor
from shinsei.domain.office.report import InUse, Resource
from shinsei.domain.simtime import SimTime


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeLevels:
    """One office at its watermark; its method is that of the comparison, else that of its policy."""

    at: SimTime
    method: LinkageMethod | None = None
    backlog: Mapping[LinkageMethod, int] = field(default_factory=dict)
    """Online cases stored and not yet registered, by the route that they are on now."""
    oldest: Mapping[LinkageMethod, SimTime] = field(default_factory=dict)
    """When the case that waits longest on each route was submitted, but for those that wait for their applicants."""
    paper_waiting: int = 0
    clerks: InUse = field(default=InUse())
    """Present, and with something in hand."""
    robots: InUse = field(default=InUse())
    seats: InUse = field(default=InUse())
    without_robots: int = 0
    """Cases on a route whose robots cannot work."""
    window_fill: float | None = None
    """Records of the last file of the batch import as a share of its cap; None before the first."""
    put_off: int = 0
    """Cases that missed the last batch window because something else had it; none once a file has ended since."""
    core_missed: bool = False
    """The core systems are off line when they should not be."""


def levels_of(floor: OfficeFloor, at: SimTime, paper_waiting: int) -> OfficeLevels:
    """Counts what is on the floor; takes a step for each case of the backlog."""
    oldest: dict[LinkageMethod, SimTime] = {}
    backlog: Counter[LinkageMethod] = Counter()
    for case in floor.backlog.cases.values():
        backlog[case.method] += 1
        if case.status is not Status.CORRECTION_REQUESTED:
            oldest[case.method] = min(oldest.get(case.method, case.submitted_at), case.submitted_at)
    at_work = in_use(floor)
    runs = floor.books.batch_runs
    return OfficeLevels(
        at=at,
        method=floor.method,
        backlog=dict(backlog),
        oldest=oldest,
        paper_waiting=paper_waiting,
        clerks=at_work[Resource.CLERKS],
        robots=at_work[Resource.ROBOTS],
        seats=at_work[Resource.LOGIN_SEATS],
        without_robots=sum(backlog[method] for method, route in floor.routes.items() if route.lacks_robots()),
        window_fill=runs[-1].records / floor.spec.methods.batch_import.max_records if runs else None,
        put_off=_put_off(floor),
        core_missed=floor.calendar.is_core_missed_at(at),
    )


def _put_off(floor: OfficeFloor) -> int:
    missed = [one for one in floor.books.incidents if one.kind is IncidentKind.WINDOW_MISSED]
    runs = floor.books.batch_runs
    return missed[-1].records if missed and (not runs or runs[-1].at < missed[-1].began_at) else 0


def in_use(floor: OfficeFloor) -> dict[str, InUse]:
    """Clerks, robots and login seats at this moment."""
    robots = [route.robots_now() for route in floor.routes.values()]
    return {
        Resource.CLERKS: InUse(there=floor.staff.present, busy=floor.staff.working),
        Resource.ROBOTS: InUse(there=sum(there for there, _ in robots), busy=sum(busy for _, busy in robots)),
        Resource.LOGIN_SEATS: InUse(there=floor.spec.login_seats, busy=floor.spec.login_seats - floor.seats.free),
    }
