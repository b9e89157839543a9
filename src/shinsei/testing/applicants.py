"""Applicants for tests: whose filings are defective, who reply as told, who withdraw."""

from typing import Any, Final

from shinsei.domain.distributions import Distribution
from shinsei.domain.office.events import CaseCorrected, Offer
from shinsei.domain.run import CorrectionSpec, DefectSpec, WithdrawalSpec
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.testing.builders import with_changes

SHIPPED: Final = (
    "defects.rate=0.3",
    "defects.rate_of_replies=0.3",
    "defects.found_by_form_check=0.2",
    "defects.found_by_format_check=0.3",
    "corrections.request={ mean = '3 min', cv = 0.5 }",
    "corrections.p_reply=0.85",
    "corrections.reply_delay={ mean = '3 d', cv = 1.0 }",
    "corrections.deadline='8 d'",
    "corrections.grace='1 d'",
    "corrections.max_requests=1",
    "withdrawals.share=0.1",
    "withdrawals.delay={ mean = '3 d', shape = 'exponential' }",
)
"""Overrides that give a scenario all of it, so that each way in which a case can end occurs in a small town."""


def defects(**changes: Any) -> DefectSpec:
    """Every first filing is defective, no reply is, and a clerk finds it."""
    spec: DefectSpec = with_changes(DefectSpec(rate=1.0), **changes)
    return spec


def corrections(**changes: Any) -> CorrectionSpec:
    """A request takes 3 minutes; every applicant replies two days after he could see it, with ten days' time."""
    spec: CorrectionSpec = with_changes(_CORRECTIONS, **changes)
    return spec


def withdrawals(**changes: Any) -> WithdrawalSpec:
    """Everybody withdraws a day after filing."""
    spec: WithdrawalSpec = with_changes(_WITHDRAWALS, **changes)
    return spec


def corrected(at: SimTime, number: int = 1, *, n: int = 0, filed_at: SimTime | None = None) -> Offer:
    """A reply comes in, filed at the same moment if nothing else is said."""
    return CaseCorrected(at=at, case_id=f"10-{number:06d}", n=n, filed_at=at if filed_at is None else filed_at)


_CORRECTIONS: Final = CorrectionSpec(
    request_min=Distribution(mean=3.0, cv=0.0),
    p_reply=1.0,
    reply_delay_days=Distribution(mean=2.0, cv=0.0),
    deadline_ms=10 * DAY_MS,
    grace_ms=DAY_MS,
    max_requests=2,
)

_WITHDRAWALS: Final = WithdrawalSpec(share=1.0, delay_days=Distribution(mean=1.0, cv=0.0))
