"""What applicants get wrong and what they do about it: defects, replies to corrections, withdrawals."""

from dataclasses import dataclass, field
from enum import StrEnum

from shinsei.domain.distributions import Distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectSpec:
    """How often a filing has a defect (不備), and which check finds it; what the two machines miss, a clerk finds."""

    rate: float
    """Share of the filings on an ordinary form that have a defect."""
    by_procedure: tuple[tuple[int, float], ...] = ()
    """(procedure number, rate on an ordinary form), where it is another one."""
    share_without_preset: float = 0.0
    """Share of the applicants whose form is not pre-filled (プリセット) with what the municipality knows."""
    rate_without_preset: float = 0.0
    """Share of those forms that have a defect, whatever the procedure."""
    rate_of_replies: float = 0.0
    """Share of the corrected forms that have a defect again."""
    found_by_form_check: float = 0.0
    """Share of the defects that the portal's form check refuses at once; they cost the applicant alone."""
    found_by_format_check: float = 0.0
    """Share of the defects that application management's format check finds, before a clerk has looked."""

    def rate_of(self, procedure: int) -> float:
        """Defect rate of a procedure on an ordinary form."""
        return next((rate for number, rate in self.by_procedure if number == procedure), self.rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionSpec:
    """The correction request (補正依頼), and the reply or its absence."""

    request_min: Distribution
    """Clerk's time to write the request, or at last to refuse the case."""
    p_reply: float
    reply_delay_days: Distribution
    """From the moment at which the applicant could see the request; one lookahead at least."""
    deadline_ms: int
    """Time to reply, from the request."""
    grace_ms: int
    """From the deadline to the end of a case without a reply: until a reply filed in time must have come in."""
    max_requests: int
    """Requests per case; one that is defective still is not accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalSpec:
    """Applicants who take their filing back (取下げ)."""

    share: float
    """Share of the online filings."""
    delay_days: Distribution
    """From the filing."""
    undo_min: Distribution | None = None
    """Clerk's time to undo a registration that is not decided; None: after a registration it is too late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveOutSpec:
    """Applicants who move out of the municipality while their case is under way (転出)."""

    share: float
    """Share of the people who file online."""
    delay_days: Distribution
    """From their first filing."""
    handling_min: Distribution
    """Clerk's time for a case that ends because of it: closing it, or sending it on."""


class DoubleFinder(StrEnum):
    """Who notices that a person has filed before."""

    MATCH = "match"
    """Resident number and procedure, compared as soon as the applicant is identified, or the letter keyed in."""
    CLERK = "clerk"
    """The clerk who checks the content, or opens the letter."""
    CORE = "core"
    """The core system, which refuses to register the person a second time."""
    NOBODY = "nobody"
    """The person is registered twice, and paid twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubleSpec:
    """People who file the same twice (二重申請), and who notices."""

    p_online: float = 0.0
    """Share of the online filers who file online once more, with a new submission id."""
    p_paper: float = 0.0
    """Share of the online filers who file on paper as well."""
    p_resend: float = 0.0
    """Share of the online filers who send the very same submission twice; the portal gives the same receipt number."""
    delay_days: Distribution = field(default=Distribution(mean=3.0, cv=1.0))
    """From the first filing to the second."""
    check_min: Distribution = field(default=Distribution(mean=5.0, cv=0.5))
    """Clerk's time to look at both filings, once somebody has noticed."""
    found_by_match: float = 0.0
    """Share of the doubles that the match of the resident numbers notices, online before a clerk has looked."""
    found_by_clerk: float = 0.0
    """Share that a clerk notices."""
    found_by_core: float = 0.0
    """Share that the core system refuses."""
    yen_per_case: float = 0.0
    """What is paid once more for each double that nobody notices."""

    @property
    def is_on(self) -> bool:
        """Whether anybody files twice."""
        return self.p_online + self.p_paper > 0

    def finder(self, u: float) -> DoubleFinder:
        """Who notices a double with this number."""
        for finder, share in (
            (DoubleFinder.MATCH, self.found_by_match),
            (DoubleFinder.CLERK, self.found_by_clerk),
            (DoubleFinder.CORE, self.found_by_core),
        ):
            if u < share:
                return finder
            u -= share
        return DoubleFinder.NOBODY
