"""The optional tables of a scenario's demand: waves of filers, and outages of the portal."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from shinsei.domain.run import CurveKind, PortalOutageSpec, WaveSpec
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.scenario.quantities import (
    Day,
    DurationDistribution,
    Moment,
    PositiveDurationMs,
    ProcedureNumber,
    Section,
    Share,
)


class WaveSection(Section):
    """A part of the season's filers; what a deadline curve leaves out is as in the table [demand]."""

    procedure: ProcedureNumber
    share: Share
    curve: CurveKind
    first_day: Day
    last_day: Day
    """The deadline of a deadline curve."""
    online_share: Share | None = None
    flat_share: Share | None = None
    deadline_share: Share | None = None
    late_share: Share | None = None
    delay: DurationDistribution | None = None
    """After the mailing or the opening."""
    scale: PositiveDurationMs | None = None
    """Burst: until the peak. Decay: until arrivals have fallen to 1/e."""
    opens_before_days: Annotated[int, Field(strict=True, ge=0, le=366)] = 60

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.last_day < self.first_day:
            message = "last_day must not be before first_day"
            raise ValueError(message)
        if self.curve in (CurveKind.BURST, CurveKind.DECAY) and self.scale is None:
            message = f'a {self.curve} needs a scale, such as "10 d"'
            raise ValueError(message)
        return self

    def spec(self, *, online_share: float, shares: tuple[float, float, float], delay: DurationDistribution) -> WaveSpec:
        """The domain's value; ``shares`` are those of [demand]: flat, deadline, late."""
        flat, deadline, late = (
            given if own is None else own
            for own, given in zip((self.flat_share, self.deadline_share, self.late_share), shares, strict=True)
        )
        if flat + deadline > 1.0:
            message = f"flat_share and deadline_share of a wave must be at most 1 together, not {flat + deadline:g}"
            raise ValueError(message)
        return WaveSpec(
            procedure=self.procedure,
            share=self.share,
            curve=self.curve,
            first_day=self.first_day,
            last_day=self.last_day,
            online_share=online_share if self.online_share is None else self.online_share,
            flat_share=flat,
            deadline_share=deadline,
            late_share=late,
            delay_days=(self.delay or delay).days,
            scale_days=(self.scale or DAY_MS) / DAY_MS,
            opens_before_days=self.opens_before_days,
        )


class PortalOutageSection(Section):
    """A time in which the portal, or what an applicant needs to sign, is down or slow."""

    start: Moment
    length: PositiveDurationMs
    affected_share: Share = 1.0
    give_up_share: Share
    return_delay: DurationDistribution

    def spec(self) -> PortalOutageSpec:
        """The domain's value."""
        return PortalOutageSpec(
            start=SimTime(self.start),
            end=SimTime(self.start + self.length),
            affected_share=self.affected_share,
            give_up_share=self.give_up_share,
            return_hours=self.return_delay.hours,
        )
