"""What may go wrong before a municipality has a case: refused and held-back attachments, a window that has passed."""

from dataclasses import dataclass, field
from enum import StrEnum

from shinsei.domain.distributions import Distribution


class TakenAs(StrEnum):
    """In which state a case came to the municipality."""

    WHOLE = "WHOLE"
    QUARANTINED = "QUARANTINED"
    """The scanner has held a file back."""
    LAPSED = "LAPSED"
    """The portal had removed it before it was fetched: the municipality knows its number alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentFaultSpec:
    """Attachments that the portal refuses, and those that the scanner holds back. All zero: every file is in order."""

    p_wrong_type: float = 0.0
    """Share of the filings with attachments that have one of a type that the portal does not take (HEIC)."""
    p_too_large: float = 0.0
    """The same with a file above the portal's limit."""
    p_refile: float = 0.0
    """Share of those refused who file again; the others give up."""
    refile_hours: Distribution = field(default=Distribution(mean=2.0, cv=1.5))
    """From the refusal to the filing that is accepted."""
    p_virus: float = 0.0
    """Share of the files that the scanner behind the line takes for infected (a harmless test file)."""

    @property
    def p_refused(self) -> float:
        """Share of the filings with attachments that the form check refuses at first because of them."""
        return self.p_wrong_type + self.p_too_large


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionSpec:
    """How long the portal keeps what has not been fetched, and what it takes to recover a case afterwards."""

    window_ms: int
    recovery_min: Distribution
    """Clerk's time for a case: list of numbers, telephone or letter, asking for a re-issue."""
    reissue_days: Distribution
    """From that work until the application is there again, on paper or re-issued by the portal."""
    p_recovered: float
    """Share of the cases that can be recovered; the others end as expired."""
