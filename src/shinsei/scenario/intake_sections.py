"""The optional tables about cases that do not come in whole: attachments that go wrong, cases that lapse."""

from typing import Self

from pydantic import model_validator

from shinsei.domain.run import AttachmentFaultSpec, RetentionSpec
from shinsei.scenario.quantities import DurationDistribution, PositiveDurationMs, Section, Share


class AttachmentFaultsSection(Section):
    """Which attachments the portal refuses, and which a scanner holds back."""

    p_wrong_type: Share = 0.0
    p_too_large: Share = 0.0
    p_refile: Share = 0.0
    refile_delay: DurationDistribution
    p_virus: Share = 0.0

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.p_wrong_type + self.p_too_large > 1:
            message = "p_wrong_type and p_too_large must not be more than 1 together"
            raise ValueError(message)
        return self

    def spec(self) -> AttachmentFaultSpec:
        """The domain's value."""
        return AttachmentFaultSpec(
            p_wrong_type=self.p_wrong_type,
            p_too_large=self.p_too_large,
            p_refile=self.p_refile,
            refile_hours=self.refile_delay.hours,
            p_virus=self.p_virus,
        )


class RetentionSection(Section):
    """How long the portal keeps what is not fetched, and how a case is recovered afterwards."""

    window: PositiveDurationMs
    recovery: DurationDistribution
    reissue_delay: DurationDistribution
    p_recovered: Share

    def spec(self) -> RetentionSpec:
        """The domain's value."""
        return RetentionSpec(
            window_ms=self.window,
            recovery_min=self.recovery.minutes,
            reissue_days=self.reissue_delay.days,
            p_recovered=self.p_recovered,
        )
