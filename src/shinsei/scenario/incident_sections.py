"""The optional tables about what goes wrong with a method as a whole: what strikes many cases at once."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shinsei.domain.run import HandedOverTwiceSpec, MisalignedSpec, OtherJobSpec, ScreenExceptionSpec, UiDriftSpec
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.scenario.quantities import (
    Day,
    DurationDistribution,
    Moment,
    PositiveDurationMs,
    Section,
    Share,
    TimeOfDayMs,
    Yen,
)


class OverCap(StrEnum):
    """What becomes of a file with more records than its cap."""

    SPLIT = "split"
    """The rest waits for the next window."""
    STALL = "stall"
    """The whole file is refused, and nobody notices for a while."""


class _StruckFiles(Section):
    """Which files are struck."""

    p_per_file: Share = 0.0
    dates: tuple[Day, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        if len(set(self.dates)) != len(self.dates):
            message = "dates names a day twice"
            raise ValueError(message)
        return self


class MisalignedSection(_StruckFiles):
    """A file with shifted columns, and its roll-back."""

    detection: Literal["review"] | DurationDistribution = "review"
    rollback_per_record: DurationDistribution

    def spec(self) -> MisalignedSpec:
        """The domain's value."""
        return MisalignedSpec(
            p_per_file=self.p_per_file,
            dates=self.dates,
            detection_h=None if self.detection == "review" else self.detection.hours,
            rollback_min_per_record=self.rollback_per_record.minutes,
        )


class HandedOverTwiceSection(_StruckFiles):
    """The same file a second time."""

    idempotent: bool = True
    detection: DurationDistribution
    yen_per_case: Yen = 0.0

    def spec(self) -> HandedOverTwiceSpec:
        """The domain's value."""
        return HandedOverTwiceSpec(
            p_per_file=self.p_per_file,
            dates=self.dates,
            idempotent=self.idempotent,
            detection_h=self.detection.hours,
            yen_per_case=self.yen_per_case,
        )


class UiDriftSection(Section):
    """Robots that key into the fields of another screen, and for how long."""

    noticed_after: PositiveDurationMs
    correction: DurationDistribution

    def spec(self) -> UiDriftSpec:
        """The domain's value."""
        return UiDriftSpec(noticed_after_ms=self.noticed_after, correction_min=self.correction.minutes)


class CoreOfflineSection(Section):
    """Maintenance of the core systems (基幹システムの停止), from a moment until another one."""

    start: Moment = Field(alias="from")
    until: Moment

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.until <= self.start:
            message = "until must be after from"
            raise ValueError(message)
        return self

    def spec(self) -> tuple[SimTime, SimTime]:
        """The domain's value."""
        return SimTime(self.start), SimTime(self.until)


class ScreenExceptionSection(Section):
    """One kind of exception of a screen import."""

    kind: Annotated[str, Field(min_length=1)]
    share: Share
    fix: DurationDistribution | None = None

    def spec(self) -> ScreenExceptionSpec:
        """The domain's value."""
        return ScreenExceptionSpec(kind=self.kind, share=self.share, fix_min=self.fix.minutes if self.fix else None)


class OtherJobSection(Section):
    """A job of another business in the batch window; without dates, every day."""

    dates: tuple[Day, ...] = ()
    start: TimeOfDayMs
    duration: Annotated[PositiveDurationMs, Field(lt=DAY_MS)]

    def spec(self) -> OtherJobSpec:
        """The domain's value."""
        return OtherJobSpec(dates=self.dates, start_ms=self.start, duration_ms=self.duration)
