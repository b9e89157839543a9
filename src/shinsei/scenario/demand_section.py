"""The table of a scenario about who files what, when and through which channel."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from shinsei.domain.catalogue import MUNICIPAL
from shinsei.domain.run import AttachmentSpec, DemandSpec, FilersOf, PolicyYear, WaveSpec
from shinsei.scenario.quantities import (
    Amount,
    Day,
    DurationDistribution,
    PositiveAmount,
    PositiveCount,
    ProcedureNumber,
    Section,
    Share,
)
from shinsei.scenario.wave_sections import PortalOutageSection, WaveSection

_SHARE_TOLERANCE = 1e-6


class AttachmentsSection(Section):
    """Attachments as applicants declare them."""

    p_any: Share
    mean_files: PositiveAmount
    mean_mb: PositiveAmount
    max_files: PositiveCount
    max_file_mb: PositiveAmount

    def spec(self) -> AttachmentSpec:
        """The domain's value."""
        return AttachmentSpec(**self.model_dump())


class DemandSection(Section):
    """Who files what, when and through which channel."""

    procedure: ProcedureNumber
    policy_year: PolicyYear
    filers_of: FilersOf = FilersOf.PEOPLE
    households_per_person: PositiveAmount = 0.44
    recipients_share: Share
    """Of the people, or of the households."""
    post2022_filers_share: Share
    online_share: Share
    background_online_share: Share
    background_scale: Annotated[Amount, Field(le=1_000)]
    background_procedures: tuple[ProcedureNumber, ...] = ()
    """The other procedures that this division handles; empty: all of them."""
    background_volumes: dict[ProcedureNumber, Amount] = Field(default_factory=dict)
    arrivals: str = ""
    """CSV of daily counts (date,count) beside the scenario, instead of the curve."""
    mailing_day: Day
    deadline_day: Day
    mailing_wave_share: Share
    flat_share: Share
    deadline_share: Share
    mailing_wave_delay: DurationDistribution
    deadline_spike_days: PositiveCount
    deadline_growth_days: PositiveAmount
    deadline_last_hour_factor: PositiveAmount
    late_share: Share
    late_delay: DurationDistribution
    hour_weights: tuple[Amount, ...] = Field(min_length=24, max_length=24)
    weekend_weight: Amount
    p_signed_where_varies: Share
    paper_mail_share: Share
    paper_mail_delay: DurationDistribution
    attachments: AttachmentsSection
    waves: tuple[WaveSection, ...] = ()
    """Instead of one filing period."""
    portal_outages: tuple[PortalOutageSection, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.deadline_day < self.mailing_day:
            message = "deadline_day must not be before mailing_day"
            raise ValueError(message)
        shares = self.mailing_wave_share + self.flat_share + self.deadline_share
        if abs(shares - 1.0) > _SHARE_TOLERANCE:
            message = f"mailing_wave_share, flat_share and deadline_share must sum to 1, not {shares:g}"
            raise ValueError(message)
        if sum(self.hour_weights) <= 0:
            message = "hour_weights must not all be 0"
            raise ValueError(message)
        if self.waves:
            self._check_waves()
        return self

    def _check_waves(self) -> None:
        total = sum(wave.share for wave in self.waves)
        if abs(total - 1.0) > _SHARE_TOLERANCE:
            message = f"the shares of the waves must sum to 1, not {total:g}"
            raise ValueError(message)
        if self.arrivals:
            message = "arrivals and waves cannot both be given"
            raise ValueError(message)
        if self.procedure not in {wave.procedure for wave in self.waves}:
            message = "no wave is of the seasonal procedure"
            raise ValueError(message)
        self._waves()

    def spec(self, population: int, daily_counts: tuple[tuple[date, int], ...]) -> DemandSpec:
        """The domain's value for a population."""
        return DemandSpec(
            population=population,
            procedure=self.procedure,
            policy_year=self.policy_year,
            recipients_share=self.recipients_share,
            post2022_filers_share=self.post2022_filers_share,
            online_share=self.online_share,
            background_online_share=self.background_online_share,
            background_scale=self.background_scale,
            background_volumes=self._volumes(),
            mailing_day=self.mailing_day,
            deadline_day=self.deadline_day,
            mailing_wave_share=self.mailing_wave_share,
            flat_share=self.flat_share,
            deadline_share=self.deadline_share,
            late_share=self.late_share,
            late_days=self.late_delay.days,
            hour_weights=self.hour_weights,
            weekend_weight=self.weekend_weight,
            daily_counts=daily_counts,
            attachments=self.attachments.spec(),
            mailing_wave_days=self.mailing_wave_delay.days,
            deadline_spike_days=self.deadline_spike_days,
            deadline_growth_days=self.deadline_growth_days,
            deadline_last_hour_factor=self.deadline_last_hour_factor,
            p_signed_where_varies=self.p_signed_where_varies,
            paper_mail_share=self.paper_mail_share,
            paper_mail_days=self.paper_mail_delay.days,
            filers_of=self.filers_of,
            households_per_person=self.households_per_person,
            waves=self._waves(),
            portal_outages=tuple(sorted((gap.spec() for gap in self.portal_outages), key=lambda gap: gap.start)),
        )

    def _waves(self) -> tuple[WaveSpec, ...]:
        return tuple(
            wave.spec(
                online_share=self.online_share,
                shares=(self.flat_share, self.deadline_share, self.late_share),
                delay=self.mailing_wave_delay,
            )
            for wave in self.waves
        )

    def _volumes(self) -> tuple[tuple[int, float], ...]:
        """Given volumes, and 0 for what another division handles."""
        handled = self.background_procedures
        others = {item.number: 0.0 for item in MUNICIPAL if handled and item.number not in handled}
        return tuple(sorted((others | self.background_volumes).items()))
