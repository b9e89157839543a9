"""What applicants do: defects in what they file, replies to corrections, withdrawals.

Pure functions of the run, the case and what its applicant could see. A reply is decided on a request that was
visible one lookahead before it, and a withdrawal when the case is filed, so that whoever files them (the driver
of a season, or the plan in virtual time) always knows them in time.
"""

from enum import StrEnum

from shinsei.domain.draws import draw
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import DAY_MS, SimTime


class Check(StrEnum):
    """Which check finds a defect."""

    FORM = "form check"
    """The portal's (形式チェック): refused before acceptance, corrected and filed at once."""
    FORMAT = "format check"
    """Application management's, at intake."""
    CONTENT = "content check"
    """A clerk's (内容確認)."""


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


def reply_at(run: RunSpec, case_id: str, n: int, requested_at: SimTime, visible_from: SimTime) -> SimTime | None:
    """When the applicant replies to the n-th request of a case (from 0); None for never.

    Never is: he does not reply at all, or only after the deadline, when the portal takes no reply any more.
    """
    corrections = run.corrections
    if corrections is None or draw(run.seed, case_id, "replies", n) >= corrections.p_reply:
        return None
    delay_ms = round(corrections.reply_delay_days.sample(draw(run.seed, case_id, "reply-delay", n)) * DAY_MS)
    at = SimTime(visible_from + max(run.lookahead_ms, delay_ms))
    return at if at <= requested_at + corrections.deadline_ms else None


def withdrawal_at(run: RunSpec, case_id: str, filed_at: SimTime) -> SimTime | None:
    """When the applicant withdraws a case filed at a moment; None for never."""
    withdrawals = run.withdrawals
    if withdrawals is None or draw(run.seed, case_id, "withdraws") >= withdrawals.share:
        return None
    delay_ms = round(withdrawals.delay_days.sample(draw(run.seed, case_id, "withdrawal-delay")) * DAY_MS)
    return SimTime(filed_at + max(1, delay_ms))


def refused_at_form_check(run: RunSpec, procedure: int, case_id: str) -> bool:
    """Whether the portal's form check refuses a filing at first."""
    return found_by(run, procedure, case_id, 0) is Check.FORM


def _rate(run: RunSpec, procedure: int, case_id: str, n: int) -> float:
    defects = run.defects
    if defects is None:
        return 0.0
    if n:
        return defects.rate_of_replies
    is_blank = draw(run.seed, case_id, "without-preset") < defects.share_without_preset
    return defects.rate_without_preset if is_blank else defects.rate_of(procedure)
