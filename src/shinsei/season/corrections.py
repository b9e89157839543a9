"""What defects, corrections and withdrawals did in one city: counted from the histories of its online cases."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shinsei.domain.applicants import refused_at_form_check
from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.linkage.activity import Activity
from shinsei.domain.run import RunSpec, case_id
from shinsei.domain.simtime import HOUR_MS, SimTime
from shinsei.domain.trace import TraceLine
from shinsei.season.cases import percentile
from shinsei.season.outcome import CaseHistory, TwinOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionFigures:
    """All online cases of one city."""

    refused_at_form_check: int = 0
    """Filings that the portal's form check refused at first; they were corrected and filed again at once."""
    requested: int = 0
    """Correction requests; a case may get several."""
    replied: int = 0
    waiting: int = 0
    """Cases whose reply was still open at the end of the season."""
    expired: int = 0
    """Cases that ended without a reply."""
    not_accepted: int = 0
    """Cases that the municipality ended before registration, whatever the reason."""
    withdrawn: int = 0
    """Before the registration."""
    undone: int = 0
    """Withdrawn after it, the record undone by a clerk."""
    transferred: int = 0
    """Cases whose file went to the applicant's new municipality."""
    request_hours: float = 0.0
    """Clerks' handling time for writing requests."""
    lead_h_plain: float | None = None
    """Median hours from acceptance to registration of the cases without a correction; None without one."""
    lead_h_corrected: float | None = None
    """The same of those with one."""

    @property
    def ended(self) -> int:
        """Cases that ended before registration by the applicant, a period or the municipality."""
        return self.expired + self.not_accepted + self.withdrawn + self.transferred

    @property
    def is_empty(self) -> bool:
        """Whether nobody had anything to correct and nobody withdrew; a case can be not accepted for other reasons."""
        happened = (self.refused_at_form_check, self.requested, self.expired, self.withdrawn, self.undone)
        return not (any(happened) or self.transferred)


def corrections_of(twin: TwinOutcome) -> CorrectionFigures:
    """The figures of one city up to the end of the season."""
    histories = [[line for line in case.lines if line.at < twin.end] for case in twin.cases]
    actions = [line.action for lines in histories for line in lines]
    leads: dict[bool, list[float | None]] = {False: [], True: []}
    for lines in histories:
        registered = next((line.at for line in lines if line.action is Action.REGISTER), None)
        if registered is not None:
            is_corrected = any(line.action is Action.CORRECT for line in lines)
            leads[is_corrected].append((registered - lines[0].at) / HOUR_MS)
    undone = sum(_is_undone(lines) for lines in histories)
    return CorrectionFigures(
        refused_at_form_check=_refused(twin.spec, twin.cases, twin.end),
        requested=actions.count(Action.REQUEST_CORRECTION),
        replied=actions.count(Action.CORRECT),
        waiting=sum(bool(lines) and lines[-1].status is Status.CORRECTION_REQUESTED for lines in histories),
        expired=actions.count(Action.EXPIRE),
        not_accepted=actions.count(Action.NOT_ACCEPT),
        withdrawn=actions.count(Action.WITHDRAW) - undone,
        undone=undone,
        transferred=actions.count(Action.TRANSFER),
        request_hours=twin.office.hours.get(Activity.CORRECTION_REQUEST.value, 0.0),
        lead_h_plain=_median(leads[False]),
        lead_h_corrected=_median(leads[True]),
    )


def _is_undone(lines: Sequence[TraceLine]) -> bool:
    """Whether a case was withdrawn after its registration."""
    return bool(lines) and lines[-1].action is Action.WITHDRAW and any(one.action is Action.REGISTER for one in lines)


def _refused(spec: RunSpec, cases: Iterable[CaseHistory], end: SimTime) -> int:
    if spec.defects is None:
        return 0
    return sum(
        refused_at_form_check(spec, case.procedure, case_id(case.submission_id))
        for case in cases
        if case.submitted_at < end
    )


def _median(hours: Sequence[float | None]) -> float | None:
    return percentile(hours, 0.5)
