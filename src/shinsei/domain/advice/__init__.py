"""Advice on the linkage method of each procedure (付録2): cost, time, traits of the procedures, and what can be had.

The choice is made per core package, because a modification serves all procedures of its package; packages compete for
the budget alone. ``advise`` is pure: the same question gives the same advice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shinsei.domain.advice.losses import losses, rival_with, without_obstacles
from shinsei.domain.advice.model import (
    Advice,
    AdviceSpec,
    BreakEven,
    Loss,
    PackageAdvice,
    ProcedureAdvice,
    Question,
    Way,
    Why,
)
from shinsei.domain.advice.options import Market, Option, best, options, transcription
from shinsei.domain.advice.planning import planned_days
from shinsei.domain.advice.portfolio import choose
from shinsei.domain.advice.prospects import (
    Offer,
    Prospect,
    dated_costs,
    fiscal_year,
    next_budget,
    offers,
    prospects,
)
from shinsei.domain.advice.terms import Terms, break_even, yearly_yen
from shinsei.domain.advice.volumes import yearly_cases
from shinsei.domain.catalogue import MUNICIPAL, CoreSystem
from shinsei.domain.costs import LAST_SUBSIDISED_FISCAL_YEAR
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.linkage_method import COMPARED_METHODS, FOUR_METHODS, LinkageMethod

__all__ = [
    "DOUBLE",
    "HALF",
    "Advice",
    "AdviceSpec",
    "BreakEven",
    "Loss",
    "PackageAdvice",
    "ProcedureAdvice",
    "Question",
    "Terms",
    "Way",
    "Why",
    "advise",
    "break_even",
    "cheapest_by_volume",
    "fiscal_year",
    "next_budget",
    "planned_days",
    "yearly_cases",
    "yearly_yen",
]

HALF, DOUBLE = 0.5, 2.0
"""Multiples of today's volume at which the advice is looked at again."""


def advise(question: Question) -> Advice:
    """The method of each procedure, and the portfolio of what to buy.

    Raises:
        InvalidInputError: the budget or the horizon makes no sense, or nothing is filed online at all.
    """
    _check(question)
    market = Market.of(question, offers(question))
    packages = _packages(question)
    chosen = _chosen(market, list(packages.values()), question.budget_yen)
    at = {
        factor: _methods(list(_packages(question, factor).values()), market, question.budget_yen)
        for factor in (HALF, DOUBLE)
    }
    return Advice(
        packages=tuple(
            _package(question, market, system, package, option, at)
            for (system, package), option in zip(packages.items(), chosen, strict=True)
        ),
        subsidised_share=dated_costs(question).subsidised_share,
        with_subsidy=_with_subsidy(question),
    )


def cheapest_by_volume(question: Question, system: CoreSystem, factors: Sequence[float]) -> list[LinkageMethod]:
    """The method of most of a package's cases at multiples of today's volume, by cost alone."""
    market = Market.of(question, offers(question))
    package = _packages(replace(question, planned_days={}))[system]
    found = []
    for factor in factors:
        scaled = [one.scaled(factor) for one in package]
        option = best(options(market, scaled, market.available))
        weights = dict.fromkeys(COMPARED_METHODS, 0.0)
        for one in scaled:
            weights[option.assigned[one.procedure.number]] += one.cases
        found.append(max(weights, key=lambda method: weights[method]))
    return found


def _check(question: Question) -> None:
    if question.budget_yen is not None and question.budget_yen < 0:
        raise InvalidInputError("budget", f"must not be negative, not {question.budget_yen:,.0f}")
    if question.years <= 0:
        raise InvalidInputError("horizon", f"must be more than 0 years, not {question.years:g}")
    if not any(cases > 0.0 for cases in question.volumes.values()):
        raise InvalidInputError("volumes", "no procedure has a volume, so there is nothing to advise on")


def _packages(question: Question, factor: float = 1.0) -> dict[CoreSystem, list[Prospect]]:
    found: dict[CoreSystem, list[Prospect]] = {}
    for one in prospects(question, MUNICIPAL, factor):
        found.setdefault(one.procedure.core_system, []).append(one)
    return found


def _chosen(market: Market, packages: Sequence[Sequence[Prospect]], budget_yen: float | None) -> tuple[Option, ...]:
    return choose([list(options(market, package, market.available)) for package in packages], budget_yen)


def _methods(
    packages: Sequence[Sequence[Prospect]], market: Market, budget_yen: float | None
) -> dict[int, LinkageMethod]:
    return {
        number: method for option in _chosen(market, packages, budget_yen) for number, method in option.assigned.items()
    }


def _with_subsidy(question: Question) -> dict[int, LinkageMethod]:
    """What the half subsidy would change, if it is in time and not taken."""
    in_time = fiscal_year(question.spec.budget_from) <= LAST_SUBSIDISED_FISCAL_YEAR
    if question.costs.subsidy or not in_time:
        return {}
    subsidised = replace(question, costs=replace(question.costs, subsidy=True))
    market = Market.of(subsidised, offers(subsidised))
    return _methods(list(_packages(subsidised).values()), market, question.budget_yen)


def _package(
    question: Question,
    market: Market,
    system: CoreSystem,
    package: Sequence[Prospect],
    option: Option,
    at: Mapping[float, Mapping[int, LinkageMethod]],
) -> PackageAdvice:
    used = [market.offers[method].ready for method in option.acquired]
    return PackageAdvice(
        core_system=system,
        procedures=tuple(_procedure(market, package, one, option, at) for one in package),
        acquired=option.acquired,
        investment_yen=option.investment_yen,
        yearly_yen=option.yearly_yen,
        transcription_yen=transcription(market, package).yearly_yen,
        ready=max(used) if used else None,
        ways=tuple(_ways(market, package)),
        losses=losses(question, market, package, option),
    )


def _ways(market: Market, package: Sequence[Prospect]) -> list[Way]:
    """Each method alone, as if nothing stood in its way."""
    free = without_obstacles(market)
    found = []
    for method in COMPARED_METHODS:
        plain = method is LinkageMethod.TRANSCRIPTION
        option = transcription(free, package) if plain else rival_with(free, package, method)
        if option is not None:
            labour, fixed = sum(option.labour_yen.values()), sum(option.fixed_yen.values())
            found.append(
                Way(
                    method=method,
                    labour_yen=labour,
                    investment_yen=option.investment_yen,
                    investment_a_year_yen=option.spread_yen,
                    running_yen=fixed - option.spread_yen,
                    available=market.offers[method].obstacle is None,
                )
            )
    return found


def _procedure(
    market: Market,
    package: Sequence[Prospect],
    one: Prospect,
    option: Option,
    at: Mapping[float, Mapping[int, LinkageMethod]],
) -> ProcedureAdvice:
    number = one.procedure.number
    method = option.assigned[number]
    users = sum(other.cases for other in package if option.assigned[other.procedure.number] is method)
    return ProcedureAdvice(
        procedure=one.procedure,
        cases=one.cases,
        method=method,
        yearly_yen=option.labour_yen[number] + option.fixed_yen.get(method, 0.0) * one.cases / users,
        transcription_yen=market.labour(one, LinkageMethod.TRANSCRIPTION),
        minutes=one.minutes,
        days=one.days,
        planned=one.planned,
        standard_days=one.standard_days,
        keeps={other: one.keeps(other) for other in COMPARED_METHODS},
        unfit=one.unfit,
        extra_look_share=one.extra_look_share,
        break_evens=tuple(_break_evens(market, one)),
        at_half=at[HALF][number],
        at_double=at[DOUBLE][number],
    )


def _break_evens(market: Market, one: Prospect) -> list[BreakEven]:
    """Between any two of the four, from the one that is cheaper to have to the one that is cheaper to use."""
    sharers = sum(item.core_system is one.procedure.core_system for item in MUNICIPAL)
    found = []
    for place, now in enumerate(FOUR_METHODS):
        for then in FOUR_METHODS[place + 1 :]:
            alone, shared = (_crossing(market, one, (now, then), by) for by in (1, sharers))
            found.append(BreakEven(now=now, then=then, alone=alone, shared=shared))
    return found


def _crossing(market: Market, one: Prospect, pair: tuple[LinkageMethod, LinkageMethod], sharers: int) -> float | None:
    now, then = (_a_year(market.offers[method], one, sharers) for method in pair)
    return break_even(now, then, hour_yen=market.hour_yen, years=1.0)


def _a_year(offer: Offer, one: Prospect, sharers: int) -> Terms:
    """A method's terms for one procedure with its part of the package's price, all in yen a year."""
    fixed = (offer.package.capex_yen / offer.years + offer.package.opex_yen) / sharers
    own = offer.each.capex_yen / offer.years + offer.each.opex_yen
    return Terms(minutes=one.minutes[offer.method], opex_yen=fixed + own)
