"""What applicants do: defects in what they file, replies to corrections, withdrawals.

Pure functions of the run, the case and what its applicant could see. A reply is decided on a request that was
visible one lookahead before it, and a withdrawal when the case is filed, so that whoever files them (the driver
of a season, or the plan in virtual time) always knows them in time.
"""

from dataclasses import dataclass
from enum import StrEnum

from shinsei.domain.draws import draw
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime


class Check(StrEnum):
    """Which check finds a defect."""

    FORM = "form check"
    """The portal's (形式チェック): refused before acceptance, corrected and filed at once."""
    FORMAT = "format check"
    """Application management's, at intake."""
    CONTENT = "content check"
    """A clerk's (内容確認)."""


class ReactionKind(StrEnum):
    """What an applicant does after filing."""

    REPLY = "REPLY"
    """The reply to a correction request: the corrected form."""
    WITHDRAWAL = "WITHDRAWAL"
    """取下げ."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Reaction:
    """A reply or a withdrawal, decided and to be filed; sorts by its moment."""

    at: SimTime
    case_id: str
    kind: ReactionKind
    n: int = 0
    """Which request a reply answers, from 0; 0 for a withdrawal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleRequest:
    """A correction request as its applicant sees it."""

    case_id: str
    n: int
    """How many the case has got before."""
    requested_at: SimTime
    visible_from: SimTime


def found_by(run: RunSpec, procedure: int, case_id: str, n: int) -> Check | None:
    """The check that finds the defect of a filing (``n`` = 0) or of the reply to the n-th request; None without one.

    A higher rate adds defects and takes none away, because the draws stay the same.
    """
    defects = run.defects
    if defects is None or draw(run.seed, case_id, "defect", n) >= _rate(run, procedure, case_id, n):
        return None
    finder = draw(run.seed, case_id, "defect-found-by", n)
    if finder < defects.found_by_form_check:
        return Check.FORM
    return Check.FORMAT if finder < defects.found_by_form_check + defects.found_by_format_check else Check.CONTENT


def reply(run: RunSpec, filed_at: SimTime, request: VisibleRequest) -> Reaction | None:
    """What the applicant of a case filed at a moment answers to a request; None for nothing.

    Nothing comes from who does not reply at all, from who would only reply after the deadline, when the portal
    takes no reply any more, and from who has withdrawn by then.
    """
    corrections, case_id, n = run.corrections, request.case_id, request.n
    if corrections is None or draw(run.seed, case_id, "replies", n) >= corrections.p_reply:
        return None
    delay_ms = round(corrections.reply_delay_days.sample(draw(run.seed, case_id, "reply-delay", n)) * DAY_MS)
    at = SimTime(request.visible_from + max(run.lookahead_ms, delay_ms))
    at = _after_outages(run, f"{case_id}/reply-{n}", at)
    withdrawn = withdrawal(run, case_id, filed_at)
    if at > request.requested_at + corrections.deadline_ms or (withdrawn is not None and withdrawn.at <= at):
        return None
    return Reaction(at=at, case_id=case_id, kind=ReactionKind.REPLY, n=n)


def withdrawal(run: RunSpec, case_id: str, filed_at: SimTime) -> Reaction | None:
    """The withdrawal of a case filed at a moment, decided there and then; None for none."""
    withdrawals = run.withdrawals
    if withdrawals is None or draw(run.seed, case_id, "withdraws") >= withdrawals.share:
        return None
    delay_ms = round(withdrawals.delay_days.sample(draw(run.seed, case_id, "withdrawal-delay")) * DAY_MS)
    at = _after_outages(run, f"{case_id}/withdrawal", SimTime(filed_at + max(1, delay_ms)))
    return Reaction(at=at, case_id=case_id, kind=ReactionKind.WITHDRAWAL)


def refused_at_form_check(run: RunSpec, procedure: int, case_id: str) -> bool:
    """Whether the portal's form check refuses a filing at first."""
    return found_by(run, procedure, case_id, 0) is Check.FORM


def _after_outages(run: RunSpec, subject: str, at: SimTime) -> SimTime:
    """When a reaction gets through, if an outage of the portal meets it; unlike a filing it is not given up [A]."""
    for n, outage in enumerate(run.demand.portal_outages):
        if outage.start <= at < outage.end and draw(run.seed, subject, "outage-fails", n) < outage.affected_share:
            delay = outage.return_hours.sample(draw(run.seed, subject, "outage-returns", n))
            at = SimTime(outage.end + int(delay * HOUR_MS))
    return at


def _rate(run: RunSpec, procedure: int, case_id: str, n: int) -> float:
    defects = run.defects
    if defects is None:
        return 0.0
    if n:
        return defects.rate_of_replies
    is_blank = draw(run.seed, case_id, "without-preset") < defects.share_without_preset
    return defects.rate_without_preset if is_blank else defects.rate_of(procedure)
