"""What makes one clerk's day unlike another's: duty, absence, temporary staff, learning."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class DutySpec:
    """Hours at which clerks are at the counter or the telephone (窓口・電話当番) and not at cases, in turns."""

    from_ms: int
    """Time of day."""
    until_ms: int
    clerks: int
    """How many of those present who may, at most all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceSpec:
    """Clerks who do not come in (休暇・病欠), each day by a draw of its own, the same in all twins."""

    p_day: float = 0.0
    """Share of the clerk-days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveSpec:
    """Planned leave (計画休暇): so many of the division's own clerks are away on these days.

    Each leave takes other people than the one before it, as long as there are any.
    """

    first_day: date
    last_day: date
    clerks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporaryStaffSpec:
    """Temporary clerks (会計年度任用職員・派遣職員) for some weeks. They do no overtime [A]."""

    first_day: date
    last_day: date
    clerks: int
    pace: float
    """Speed on the first day, against a clerk of the division."""
    activities: tuple[str, ...] = ()
    """What they may do, by the names of ``linkage.activity``; empty: everything."""
    duty: bool = True
    """Whether they take their turns at the counter and the telephone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningSpec:
    """Practice (習熟): each doubling of the days worked multiplies handling times by ``rate`` (Wright's law)."""

    rate: float = 1.0
    """1: nobody learns."""
    limit: float = 1.0
    """The pace at which a temporary clerk stops getting faster."""
    start_pace: float = 1.0
    """Pace of the division's own clerks on the first open day of the run, who learn up to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkforceSpec:
    """All of it; as it stands here nobody is away, slow or learning."""

    duty: tuple[DutySpec, ...] = ()
    absence: AbsenceSpec = AbsenceSpec()
    leave: tuple[LeaveSpec, ...] = ()
    temporary: tuple[TemporaryStaffSpec, ...] = ()
    learning: LearningSpec = LearningSpec()
