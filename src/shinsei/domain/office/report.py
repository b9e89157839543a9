"""The office's books as values: what core_systems hands out and a season's report is made from.

All times are simulated. Staff time is booked when a piece of work is finished or put down, machine time when
it ends, so a report taken in the middle of a day leaves out what is in hand at that moment.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from shinsei.domain.linkage.incident import IncidentKind
from shinsei.domain.simtime import SimTime


class Resource(StrEnum):
    """What can be the limit of an office, in the order in which a tie is broken."""

    CLERKS = "clerks"
    """Busy for at least 95 % of their presence in office hours, and work waiting at closing time."""
    ROBOTS = "robots"
    """Busy for at least 95 % of the time from their first look to the core systems' closing, run not finished."""
    LOGIN_SEATS = "login_seats"
    """Taken for at least 95 % of the time in which more clerks were there than seats, seat work waiting at closing."""
    BATCH_WINDOW = "batch_window"
    """A file was at its cap and records were left over."""


SATURATED_SHARE = 0.95
"""Busy share of the offered minutes from which a resource counts as saturated on an open day [A]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InUse:
    """A resource with those of it that are there and those that are taken."""

    there: int = 0
    busy: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Saturation:
    """The first day on which a resource was the limit."""

    resource: Resource
    day: str
    """ISO date."""
    busy_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DayReport:
    """One calendar day; counts of the day, levels at its end."""

    day: str
    """ISO date."""
    is_open_day: bool
    arrivals: int
    """Online cases opened."""
    registered: int
    decided: int
    withdrawn: int
    moved_out: int = 0
    """Ended before registration because the applicant had moved out."""
    undetected_errors: int
    """Cases registered wrong without anybody noticing."""
    doubles_found: dict[str, int] = field(default_factory=dict)
    """Second filings of one person that somebody noticed, by who did."""
    doubles_found_after_h: dict[str, tuple[float, ...]] = field(default_factory=dict)
    """Hours from each second filing until it was found, by who noticed, in order of time."""
    doubles_registered: int = 0
    """Those that nobody noticed."""
    backlog: int
    """Online cases stored and not yet registered, at the end of the day."""
    oldest_submitted_at: SimTime | None
    """When the case that has been in the backlog longest was submitted."""
    paper_arrivals: int
    paper_registered: int
    paper_waiting: int
    clerks: int
    staff_minutes: dict[str, float]
    """Minutes of handling by activity, as a time study would measure them."""
    busy_minutes: float
    """The same stretched by the productive share: the clerks' presence that it took."""
    presence_minutes: float
    """Clerks' presence in office hours."""
    duty_minutes: float = 0.0
    """Clerks at the counter or the telephone instead of at cases; beside the presence, not in it."""
    temporary_duty_minutes: float = 0.0
    """The part of the duty that is temporary clerks'."""
    temporary_minutes: float = 0.0
    """The part of the presence that is temporary clerks'."""
    temporary_staff_minutes: float = 0.0
    """The part of ``staff_minutes`` that temporary clerks did."""
    overtime_minutes: float
    overtime_work_minutes: float
    """The part of ``staff_minutes`` that was done in overtime."""
    waiting_minutes: float
    """Clerk work (stretched) that waits at the end of the day."""
    robot_minutes: float
    machine_minutes: float
    """Import jobs and interface."""
    seat_minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRun:
    """One file of a batch import, at its end."""

    at: SimTime
    records: int
    rejects: int
    aborts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentReport:
    """One incident, as far as it is known by the report's moment."""

    kind: IncidentKind
    subject: str
    """Batch id, or the day of a change."""
    began_at: SimTime
    found_at: SimTime | None
    """None: not yet."""
    settled_at: SimTime | None
    """When the last record had been put right; None: not yet, or there was nothing to do."""
    records: int
    """Cases concerned."""
    exposure_h: float
    """Case-hours from the moment at which each case was struck until it was found (or until the report)."""
    yen: float
    """What was paid out twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeReport:
    """The books of one office up to its watermark."""

    until: SimTime
    days: tuple[DayReport, ...]
    """Every day since the run began; the last one as far as it has come."""
    arrivals: int
    registered: int
    decided: int
    withdrawn: int
    withdrawn_too_late: int
    """Withdrawals that came after the registration (where it is undone: the decision), or of a case that had ended."""
    withdrawn_after_registration: int = 0
    """Undone by a clerk; not in ``withdrawn``, as the ledger keeps the first end of a case."""
    corrections_requested: int = 0
    corrected: int = 0
    """Replies that came in time."""
    replies_too_late: int = 0
    """Replies to a case that had ended or moved on, or filed after their deadline."""
    expired: int = 0
    """Ended without a reply."""
    not_accepted: int = 0
    """Ended by the municipality: defective still, of a stranger, a double, or of who has moved out."""
    transferred: int = 0
    """Ended here because the file went to the applicant's new municipality."""
    moved_out: int = 0
    """Ended before registration because the applicant had moved out, in whichever way."""
    doubles_found: dict[str, int] = field(default_factory=dict)
    """Second filings of one person that somebody noticed, on paper ones too, by who did."""
    doubles_registered: int = 0
    """Those that nobody noticed: the person is in the core system twice."""
    open_cases: int
    """Opened and neither decided nor ended."""
    unfinished_cases: int
    """The same, and decided ones whose notice is not yet out."""
    backlog: int
    oldest_submitted_at: SimTime | None
    backlog_peak: int
    backlog_peak_at: SimTime
    cleared_at: SimTime | None
    """When the backlog last fell to nothing; None while there is one, or where there never was."""
    paper_arrivals: int
    paper_registered: int
    paper_waiting: int
    staff_minutes: dict[str, float] = field(default_factory=dict)
    """Minutes of handling by activity; each activity of the table is there."""
    overtime_work_minutes: float
    """The part of ``staff_minutes`` that was done in overtime."""
    busy_minutes: float
    presence_minutes: float
    overtime_minutes: float
    """Presence beyond office hours, paid as overtime, not part of ``presence_minutes``."""
    robot_minutes: float
    machine_minutes: float
    seat_minutes: float
    batch_runs: tuple[BatchRun, ...]
    returned_to_queue: int
    """Exceptions, rejects and robot stops."""
    undetected_errors: dict[str, int] = field(default_factory=dict)
    """By the method on which the case was registered."""
    first_saturated: Saturation | None
    """The first resource that was the limit; the busiest where several were on the same day."""
    saturated: tuple[Saturation, ...]
    """The first day of each resource that ever was."""
    incidents: tuple[IncidentReport, ...] = ()
    """In the order in which they began; what they did is in no other count, but for the clerks' time."""
    at_work: dict[str, InUse] = field(default_factory=dict)
    """Clerks, robots and login seats at the watermark, by ``Resource``."""
