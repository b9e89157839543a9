"""The optional tables about people: duty, absence, temporary staff, learning."""

from typing import Self

from pydantic import Field, model_validator

from shinsei.domain.linkage.activity import Activity
from shinsei.domain.run import AbsenceSpec, DutySpec, LearningSpec, LeaveSpec, TemporaryStaffSpec, WorkforceSpec
from shinsei.scenario.quantities import Count, Day, PositiveAmount, Section, Share, TimeOfDayMs


class DutySection(Section):
    """A turn of duty at the counter or the telephone."""

    starts: TimeOfDayMs
    ends: TimeOfDayMs
    clerks: Count

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.ends <= self.starts:
            message = "ends must be after starts"
            raise ValueError(message)
        return self


class _Spell(Section):
    first_day: Day
    last_day: Day
    clerks: Count

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.last_day < self.first_day:
            message = "last_day must not be before first_day"
            raise ValueError(message)
        return self


class LeaveSection(_Spell):
    """Planned leave of the division's own clerks."""


class TemporaryStaffSection(_Spell):
    """Temporary clerks for some weeks."""

    pace: PositiveAmount
    activities: tuple[Activity, ...] = ()
    duty: bool = True


class LearningSection(Section):
    """How practice makes clerks faster."""

    rate: Share = Field(gt=0)
    limit: PositiveAmount = 1.0
    start_pace: Share = Field(default=1.0, gt=0)


class WorkforceSection(Section):
    """What makes one clerk's day unlike another's; without this table nobody is away, slow or learning."""

    p_absent: Share = 0.0
    duty: tuple[DutySection, ...] = ()
    leave: tuple[LeaveSection, ...] = ()
    temporary: tuple[TemporaryStaffSection, ...] = ()
    learning: LearningSection | None = None

    def spec(self) -> WorkforceSpec:
        """The domain's value."""
        learning = self.learning
        return WorkforceSpec(
            absence=AbsenceSpec(p_day=self.p_absent),
            duty=tuple(DutySpec(from_ms=turn.starts, until_ms=turn.ends, clerks=turn.clerks) for turn in self.duty),
            leave=tuple(LeaveSpec(**spell.model_dump()) for spell in self.leave),
            temporary=tuple(TemporaryStaffSpec(**spell.model_dump()) for spell in self.temporary),
            learning=LearningSpec(**learning.model_dump()) if learning else LearningSpec(),
        )
