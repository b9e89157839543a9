"""From a scenario to a question: volumes, prices, dates, and the days that its own season would take."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite

from shinsei.domain.advice import DOUBLE, HALF, Question, planned_days
from shinsei.domain.catalogue import MUNICIPAL, Level, procedure, procedure_by_key
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.linkage_method import COMPARED_METHODS, FOUR_METHODS
from shinsei.domain.run import Pacing
from shinsei.scenario import Parameter, Scenario, parse
from shinsei.scenario.writing import template_text

_PARTS = ("costs.", "advice.", "methods.", "municipality.population", "demand.online_share", "office.keying_factors.")
_BACKGROUND = "demand.background_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asks for beside the scenario."""

    procedures: Sequence[str] = ()
    """Keys or numbers; empty: all municipal ones."""
    budget_yen: float | None = None
    ready_by: date | None = None
    horizon_years: float | None = None
    plan: bool = True
    """Whether days are those of the planned season, where there is one."""


def question_of(scenario: Scenario, wish: Wish) -> Question:
    """The question that a scenario and a wish make.

    Raises:
        InvalidInputError: many municipalities, a day before the decision, an unknown procedure, one with no volume, or
            a number that makes no sense.
    """
    if scenario.groups:
        raise InvalidInputError(
            scenario.name,
            "has many municipalities; each decides for itself, so ask with a scenario of one of them",
        )
    run = scenario.run_specs("advise")[0]
    _check(wish)
    if wish.ready_by is not None and wish.ready_by < scenario.advice.decided_on:
        decided = scenario.advice.decided_on
        raise InvalidInputError("--ready-by", f"{wish.ready_by} lies before the decision on {decided}")
    volumes = _volumes(scenario, wish.procedures)
    spec = scenario.advice
    factors = (1.0, HALF, DOUBLE) if wish.plan and run.pacing is Pacing.DRIVER else ()
    standard = {item.number: spec.standard_days_for(item) for item in MUNICIPAL}
    known = {number: days for number, days in standard.items() if days is not None}
    has_standard = spec.standard_system_from is not None and spec.standard_system_from <= spec.budget_from
    methods = COMPARED_METHODS if has_standard else FOUR_METHODS
    return Question(
        run=run,
        costs=scenario.costs,
        spec=spec,
        volumes=volumes,
        planned_days={factor: planned_days(run, methods, known, factor=factor) for factor in factors},
        budget_yen=wish.budget_yen,
        ready_by=wish.ready_by,
        horizon_years=wish.horizon_years,
    )


def parameters_of(scenario: Scenario) -> list[Parameter]:
    """What advice rests on, with the template's values where the scenario is silent."""
    own = [item for item in scenario.parameters if item.path.startswith((*_PARTS, _BACKGROUND))]
    return [*own, *unsaid(scenario)]


def unsaid(scenario: Scenario) -> list[Parameter]:
    """The template's values for advice where the scenario is silent."""
    given = {item.path for item in scenario.parameters}
    template = parse(template_text(), scenario.path.with_name("template.toml"))
    return [item for item in template.parameters if item.path.startswith("advice.") and item.path not in given]


def _check(wish: Wish) -> None:
    for option, number in (("--budget", wish.budget_yen), ("--horizon", wish.horizon_years)):
        if number is not None and not isfinite(number):
            raise InvalidInputError(option, f"must be a finite number, not {number}")
    if wish.budget_yen is not None and wish.budget_yen < 0:
        raise InvalidInputError("--budget", f"must not be negative, not {wish.budget_yen:,.0f}")
    if wish.horizon_years is not None and wish.horizon_years <= 0:
        raise InvalidInputError("--horizon", f"must be more than 0 years, not {wish.horizon_years:g}")


def _volumes(scenario: Scenario, procedures: Sequence[str]) -> dict[int, float]:
    volumes = scenario.yearly_cases()
    if not any(cases > 0.0 for cases in volumes.values()):
        message = "no procedure has a volume; give one with --set advice.volumes.PROCEDURE=CASES"
        raise InvalidInputError(scenario.name, message)
    if not procedures:
        return volumes
    wanted = {}
    for name in procedures:
        item = procedure_by_key(name)
        if item.level is not Level.MUNICIPAL:
            raise InvalidInputError("--procedure", f"{item.key} is a prefecture's; a municipality links it nowhere")
        if volumes.get(item.number, 0.0) <= 0.0:
            message = f"{item.key} has no volume; give one with --set advice.volumes.{item.key}=CASES"
            raise InvalidInputError("--procedure", message)
        wanted[item.number] = volumes[item.number]
    return wanted


def not_filed(question: Question) -> list[str]:
    """Short names of the municipal procedures without filings, when all were asked about."""
    silent = [number for number, cases in question.volumes.items() if cases <= 0.0]
    return [procedure(number).short_ja for number in sorted(silent)]
