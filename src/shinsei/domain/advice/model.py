"""What advice on linkage methods (付録2) is asked, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from shinsei.domain.catalogue import CoreSystem, Procedure
from shinsei.domain.costs import CostSpec
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import RunSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceSpec:
    """What only advice needs to know; each value with its mark in the scenario."""

    decided_on: date
    """Day of the decision."""
    budget_from: date
    """Day from which money of the next budget may be spent (予算年度)."""
    standard_system_from: date | None
    """Migration to the standard system (標準準拠システム), which ends the use of what is bought; None: not in sight."""
    lead_days: Mapping[LinkageMethod, float]
    """Days from the order to the first case."""
    screen_changes_per_year: float
    """Changes of the core screen, each of which stops a robot until it is repaired."""
    urgent_within_h: float
    """How long an urgent case may wait for a machine's next turn."""
    standard_days: Mapping[CoreSystem, float]
    """Standard processing period (標準処理期間) by core system."""
    standard_days_of: Mapping[int, float] = field(default_factory=dict)
    """The same by catalogue number, where it is another one."""

    def standard_days_for(self, procedure: Procedure) -> float | None:
        """The standard processing period of a procedure, if it has one."""
        return self.standard_days_of.get(procedure.number, self.standard_days.get(procedure.core_system))


PlannedDays = Mapping[tuple[int, LinkageMethod], float]
"""Days within which nine of ten cases are decided in the planned season, by catalogue number and method."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Everything that advice depends on."""

    run: RunSpec
    """The city's office and methods."""
    costs: CostSpec
    spec: AdviceSpec
    volumes: Mapping[int, float]
    """Online cases a year by catalogue number."""
    planned_days: Mapping[float, PlannedDays] = field(default_factory=dict)
    """By multiples of today's volume, where there is a plan."""
    budget_yen: float | None = None
    """What may be spent once; None: whatever pays."""
    ready_by: date | None = None
    horizon_years: float | None = None
    """None: that of the costs."""

    @property
    def years(self) -> float:
        """Years over which an investment is spread, unless the migration comes first."""
        return self.costs.horizon_years if self.horizon_years is None else self.horizon_years


class Why(StrEnum):
    """Why a method is not the one."""

    DEARER = "dearer"
    OVER_BUDGET = "over_budget"
    """It would pay and does not fit the budget, or not beside what pays more."""
    TOO_LATE = "too_late"
    """It cannot be ready by the day asked for."""
    MIGRATION = "migration"
    """The migration to the standard system comes before it is ready."""
    NOT_YET = "not_yet"
    """The core system has no standard interface before the migration."""
    PERIOD = "period"
    """It would miss a standard processing period that another method keeps."""
    URGENT = "urgent"
    """Its turns come too seldom for urgent cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Why a method lost in a package, and by how much."""

    method: LinkageMethod
    why: Why
    extra_yen: float | None = None
    """What the best choice with it costs more a year than the chosen one; negative: what it would save."""
    investment_yen: float = 0.0
    pays_from: float | None = None
    """Cases of the package a year from which it would be the cheaper one; None: at no volume."""
    on: date | None = None
    """When it would be ready, or when the migration is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """From how many cases a year of one procedure one method is cheaper than another."""

    now: LinkageMethod
    then: LinkageMethod
    alone: float | None
    """The procedure bears the whole price; None: at no volume."""
    shared: float | None
    """The price of a modification and of licences is shared evenly by the package's procedures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One method for a whole package, for comparison; what it is not fit for is transcribed."""

    method: LinkageMethod
    labour_yen: float
    investment_yen: float
    """Once, net of a subsidy."""
    investment_a_year_yen: float
    running_yen: float
    available: bool

    @property
    def yearly_yen(self) -> float:
        """The sum of a year."""
        return self.labour_yen + self.investment_a_year_yen + self.running_yen


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureAdvice:
    """The method for one procedure."""

    procedure: Procedure
    cases: float
    """Online, a year."""
    method: LinkageMethod
    yearly_yen: float
    """Labour with its method, and its part of what the package pays for the method, by cases."""
    transcription_yen: float
    minutes: Mapping[LinkageMethod, float]
    """Clerks' minutes per case that depend on the method."""
    days: Mapping[LinkageMethod, float]
    """Days from acceptance to decision, nine of ten cases."""
    planned: bool
    """Whether the days are those of a planned season; else the floor without any queue."""
    standard_days: float | None
    keeps: Mapping[LinkageMethod, bool]
    """Whether the standard processing period is kept."""
    unfit: frozenset[LinkageMethod]
    """Methods whose turns come too seldom for its urgent cases."""
    extra_look_share: float
    """Share of the cases whose record somebody has to open, whatever machine has entered it."""
    break_evens: tuple[BreakEven, ...]
    at_half: LinkageMethod
    """The method at half the volume."""
    at_double: LinkageMethod
    """And at twice the volume."""

    @property
    def sensitive(self) -> bool:
        """Whether half or twice the volume would change the advice."""
        return {self.at_half, self.at_double} != {self.method}


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageAdvice:
    """What a core package buys, and what it leaves."""

    core_system: CoreSystem
    procedures: tuple[ProcedureAdvice, ...]
    acquired: tuple[LinkageMethod, ...]
    """Methods to pay for; empty: transcription alone."""
    investment_yen: float
    yearly_yen: float
    transcription_yen: float
    ready: date | None
    """When the last of what it buys is ready."""
    ways: tuple[Way, ...]
    losses: tuple[Loss, ...]

    @property
    def cases(self) -> float:
        """Online cases a year."""
        return sum(one.cases for one in self.procedures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """The portfolio over all packages."""

    packages: tuple[PackageAdvice, ...]
    subsidised_share: float
    """Of a modification's price, under the dates of the question."""
    with_subsidy: Mapping[int, LinkageMethod] = field(default_factory=dict)
    """The method of each procedure if the half subsidy were taken, where it could be and is not."""

    @property
    def investment_yen(self) -> float:
        """Paid once."""
        return sum(one.investment_yen for one in self.packages)

    @property
    def yearly_yen(self) -> float:
        """A year's cost."""
        return sum(one.yearly_yen for one in self.packages)

    @property
    def transcription_yen(self) -> float:
        """A year's cost if everything were transcribed."""
        return sum(one.transcription_yen for one in self.packages)

    @property
    def procedures(self) -> tuple[ProcedureAdvice, ...]:
        """All procedures with filings, in the catalogue's order."""
        found = [one for package in self.packages for one in package.procedures]
        return tuple(sorted(found, key=lambda one: one.procedure.number))
