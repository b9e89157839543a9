"""The optional tables about applicants: what they get wrong, how they reply to a correction, who withdraws."""

from typing import Self

from pydantic import Field, model_validator

from shinsei.domain.run import CorrectionSpec, DefectSpec, DoubleSpec, MoveOutSpec, WithdrawalSpec
from shinsei.scenario.quantities import (
    DurationDistribution,
    DurationMs,
    PositiveCount,
    PositiveDurationMs,
    ProcedureNumber,
    Section,
    Share,
    Yen,
)


class DefectsSection(Section):
    """How often a filing has a defect, and which check finds it."""

    rate: Share
    by_procedure: dict[ProcedureNumber, Share] = Field(default_factory=dict)
    share_without_preset: Share = 0.0
    rate_without_preset: Share = 0.0
    rate_of_replies: Share = 0.0
    found_by_form_check: Share = 0.0
    found_by_format_check: Share = 0.0

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.found_by_form_check + self.found_by_format_check > 1:
            message = "found_by_form_check and found_by_format_check must not be more than 1 together"
            raise ValueError(message)
        return self

    def spec(self) -> DefectSpec:
        """The domain's value."""
        return DefectSpec(
            rate=self.rate,
            by_procedure=tuple(sorted(self.by_procedure.items())),
            share_without_preset=self.share_without_preset,
            rate_without_preset=self.rate_without_preset,
            rate_of_replies=self.rate_of_replies,
            found_by_form_check=self.found_by_form_check,
            found_by_format_check=self.found_by_format_check,
        )


class CorrectionsSection(Section):
    """The correction request, and the reply or its absence."""

    request: DurationDistribution
    p_reply: Share
    reply_delay: DurationDistribution
    deadline: PositiveDurationMs
    grace: DurationMs
    max_requests: PositiveCount

    def spec(self) -> CorrectionSpec:
        """The domain's value."""
        return CorrectionSpec(
            request_min=self.request.minutes,
            p_reply=self.p_reply,
            reply_delay_days=self.reply_delay.days,
            deadline_ms=self.deadline,
            grace_ms=self.grace,
            max_requests=self.max_requests,
        )


class WithdrawalsSection(Section):
    """Who takes a filing back, and how soon."""

    share: Share
    delay: DurationDistribution
    after_registration: DurationDistribution | None = None

    def spec(self) -> WithdrawalSpec:
        """The domain's value."""
        undo_min = self.after_registration.minutes if self.after_registration else None
        return WithdrawalSpec(share=self.share, delay_days=self.delay.days, undo_min=undo_min)


class MovesOutSection(Section):
    """Who moves out while the case is under way, and how soon."""

    share: Share
    delay: DurationDistribution
    handling: DurationDistribution

    def spec(self) -> MoveOutSpec:
        """The domain's value."""
        return MoveOutSpec(share=self.share, delay_days=self.delay.days, handling_min=self.handling.minutes)


class DoublesSection(Section):
    """Who files the same twice, and who notices."""

    p_online: Share = 0.0
    p_paper: Share = 0.0
    p_resend: Share = 0.0
    delay: DurationDistribution
    check: DurationDistribution
    found_by_match: Share = 0.0
    found_by_clerk: Share = 0.0
    found_by_core: Share = 0.0
    yen_per_case: Yen = 0.0

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.p_online + self.p_paper > 1:
            message = "p_online and p_paper must not be more than 1 together"
            raise ValueError(message)
        if self.found_by_match + self.found_by_clerk + self.found_by_core > 1:
            message = "found_by_match, found_by_clerk and found_by_core must not be more than 1 together"
            raise ValueError(message)
        return self

    def spec(self) -> DoubleSpec:
        """The domain's value."""
        return DoubleSpec(
            p_online=self.p_online,
            p_paper=self.p_paper,
            p_resend=self.p_resend,
            delay_days=self.delay.days,
            check_min=self.check.minutes,
            found_by_match=self.found_by_match,
            found_by_clerk=self.found_by_clerk,
            found_by_core=self.found_by_core,
            yen_per_case=self.yen_per_case,
        )
