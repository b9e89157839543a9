"""What each method would mean for each procedure: minutes, days, whether it is fit and when it would be ready."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil

from shinsei.domain.advice.model import Question, Why
from shinsei.domain.advice.terms import Terms
from shinsei.domain.advice.traits import traits_of
from shinsei.domain.catalogue import Procedure
from shinsei.domain.costs import CostSpec
from shinsei.domain.flows import Flow, flows
from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import DAY_MS, HOUR_MS, MINUTE_MS

UNATTENDED = frozenset({LinkageMethod.RPA, LinkageMethod.BATCH_IMPORT, LinkageMethod.STANDARD_API})
"""Nobody has the record before him while it is entered."""
_WORKING_DAYS = 245
"""Of a year."""
_DAYS_A_YEAR = 365.25
_MOST_CASES = 0.9
"""Days count for nine of ten cases (an assumption)."""
_FISCAL_YEAR_STARTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A method as it could be had."""

    method: LinkageMethod
    ready: date
    years: float
    """Of use, over which the investment is spread."""
    obstacle: Why | None
    package: Terms
    """What a package pays for it once and a year; a robot's licence is per robot."""
    each: Terms
    """What every procedure pays beside it: the robot's scenario."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """A procedure under each method."""

    procedure: Procedure
    cases: float
    minutes: Mapping[LinkageMethod, float]
    days: Mapping[LinkageMethod, float]
    planned: bool
    standard_days: float | None
    unfit: frozenset[LinkageMethod]
    extra_look_share: float

    def keeps(self, method: LinkageMethod) -> bool:
        """Whether a method keeps the standard processing period."""
        return self.standard_days is None or self.days[method] <= self.standard_days

    def misses(self, method: LinkageMethod) -> float:
        """Cases a year that a method makes late; none where no method would do better."""
        if self.keeps(method) or not any(self.keeps(other) for other in self.minutes):
            return 0.0
        return self.cases

    def scaled(self, factor: float) -> "Prospect":
        """The same with more or fewer cases."""
        return replace(self, cases=self.cases * factor)


def fiscal_year(day: date) -> int:
    """The fiscal year (年度) of a day."""
    return day.year - (day.month < _FISCAL_YEAR_STARTS)


def next_budget(day: date) -> date:
    """The first day of the next fiscal year."""
    return date(fiscal_year(day) + 1, _FISCAL_YEAR_STARTS, 1)


def dated_costs(question: Question) -> CostSpec:
    """The prices with the investment in the fiscal year in which its budget begins: that decides on the subsidy."""
    return replace(question.costs, investment_fiscal_year=fiscal_year(question.spec.budget_from))


def offers(question: Question) -> dict[LinkageMethod, Offer]:
    """Every method as this city could have it."""
    return {method: _offer(question, method) for method in COMPARED_METHODS}


def _offer(question: Question, method: LinkageMethod) -> Offer:
    spec, costs = question.spec, dated_costs(question)
    ready = spec.budget_from + timedelta(days=spec.lead_days.get(method, 0.0))
    if method is LinkageMethod.TRANSCRIPTION:
        nothing = Terms(minutes=0.0)
        return Offer(
            method=method, ready=spec.decided_on, years=question.years, obstacle=None, package=nothing, each=nothing
        )
    years = question.years
    if method is not LinkageMethod.STANDARD_API and spec.standard_system_from is not None:
        years = min(years, (spec.standard_system_from - ready).days / _DAYS_A_YEAR)
    price = costs.modification_yen(method)
    package = Terms(minutes=0.0, capex_yen=price * (1.0 - costs.subsidised_share), opex_yen=price * costs.upkeep_share)
    each = Terms(minutes=0.0)
    if method is LinkageMethod.RPA:
        package = Terms(minutes=0.0, opex_yen=costs.rpa_licence_yen)
        each = Terms(minutes=0.0, capex_yen=costs.rpa_build_yen, opex_yen=costs.rpa_upkeep_yen)
    obstacle = _obstacle(question, method, ready, years)
    # A method that cannot be had is still priced, for comparison, as if nothing stood in its way.
    years = question.years if years <= 0.0 else years
    return Offer(method=method, ready=ready, years=years, obstacle=obstacle, package=package, each=each)


def _obstacle(question: Question, method: LinkageMethod, ready: date, years: float) -> Why | None:
    standard = question.spec.standard_system_from
    if method is LinkageMethod.STANDARD_API and (standard is None or standard > question.spec.budget_from):
        return Why.NOT_YET
    if years <= 0.0:
        return Why.MIGRATION
    if question.ready_by is not None and ready > question.ready_by:
        return Why.TOO_LATE
    return None


def robots_needed(run: RunSpec, cases: float) -> int:
    """Robots for this many cases a year: as many as the scenario has, or more if they could not keep up."""
    spec = run.office.methods.rpa
    hours_a_day = max(1.0, (spec.run_last_ms - spec.run_first_ms + spec.run_every_ms) / HOUR_MS)
    worked = cases * spec.machine_s.mean / 3600.0
    return max(spec.licences or spec.robots, ceil(worked / (hours_a_day * _WORKING_DAYS)))


def prospects(question: Question, procedures: Sequence[Procedure], factor: float = 1.0) -> list[Prospect]:
    """Each procedure that is filed at all, under each method, at a multiple of today's volume."""
    return [_prospect(question, item, factor) for item in procedures if question.volumes.get(item.number, 0.0) > 0.0]


def _prospect(question: Question, procedure: Procedure, factor: float) -> Prospect:
    run = question.run
    plan = question.planned_days.get(factor, {})
    online: dict[LinkageMethod, Flow] = {way.method: way for way in flows(run, procedure) if way.method is not None}
    look = extra_look_share(run, procedure)
    minutes = {method: _minutes(question, way, look, online) for method, way in online.items()}
    days = {
        method: plan.get((procedure.number, method), floor_days(run, way, procedure)) for method, way in online.items()
    }
    urgent = traits_of(procedure.number).urgent
    limit = question.spec.urgent_within_h
    return Prospect(
        procedure=procedure,
        cases=question.volumes[procedure.number] * factor,
        minutes=minutes,
        days=days,
        planned=any((procedure.number, method) in plan for method in online),
        standard_days=question.spec.standard_days_for(procedure),
        unfit=frozenset(method for method in online if urgent and turn_ms(run, method) / HOUR_MS > limit),
        extra_look_share=look,
    )


def extra_look_share(run: RunSpec, procedure: Procedure) -> float:
    """Share of the cases with something that is in no form: items that are judged, attachments that are read."""
    if traits_of(procedure.number).judgement:
        return 1.0
    profile = procedure.attachments
    return min(1.0, run.demand.attachments.p_any * profile.p_factor) if profile.documents else 0.0


def _minutes(question: Question, way: Flow, look: float, online: Mapping[LinkageMethod, Flow]) -> float:
    """Clerks' minutes per case that depend on the method."""
    minutes = way.linkage_minutes
    methods = question.run.office.methods
    if way.method is LinkageMethod.RPA:
        broken = min(1.0, question.spec.screen_changes_per_year * methods.rpa.ui_repair_days / _WORKING_DAYS)
        minutes = (1.0 - broken) * minutes + broken * online[LinkageMethod.TRANSCRIPTION].linkage_minutes
    if way.method in UNATTENDED:
        minutes += look * methods.transcription.check_min.mean
    return minutes


def turn_ms(run: RunSpec, method: LinkageMethod) -> int:
    """The longest that a case waits for the method's next turn, within its hours."""
    methods = run.office.methods
    turns = {
        LinkageMethod.RPA: methods.rpa.run_every_ms,
        LinkageMethod.BATCH_IMPORT: DAY_MS // max(1, len(methods.batch_import.windows_ms)),
        LinkageMethod.STANDARD_API: methods.standard_api.interval_ms,
    }
    return turns.get(method, 0)


def floor_days(run: RunSpec, way: Flow, procedure: Procedure) -> float:
    """Days to the decision with no queue before anybody: poll, handling, half a turn, and a long examination."""
    assert way.method is not None
    handling = run.poll.interval_ms / 2 + way.staff_minutes * MINUTE_MS + turn_ms(run, way.method) / 2
    examination = run.office.examination_of(procedure)
    return handling / DAY_MS + (examination.sample(_MOST_CASES) if examination is not None else 0.0)
