"""Small towns keep transcribing, the procedures of a package share what it buys, and what cannot be had is out."""

from dataclasses import replace
from datetime import date
from functools import cache
from itertools import product

import pytest

from shinsei.domain.advice import Advice, PackageAdvice, ProcedureAdvice, Question, Why, advise, cheapest_by_volume
from shinsei.domain.advice.options import Market, _option, options
from shinsei.domain.advice.portfolio import choose
from shinsei.domain.advice.prospects import offers, prospects
from shinsei.domain.catalogue import MUNICIPAL, CoreSystem
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.scenario import load

TRANSCRIPTION, RPA = LinkageMethod.TRANSCRIPTION, LinkageMethod.RPA
SCREEN, BATCH, STANDARD = LinkageMethod.SCREEN_IMPORT, LinkageMethod.BATCH_IMPORT, LinkageMethod.STANDARD_API


@cache
def a_question(population: int = 100_000, *overrides: str) -> Question:
    """The demonstration's city at another size; times without queues."""
    scenario = load("child-allowance-status-report", [f"municipality.population={population}", *overrides])
    run = scenario.run_specs("advise")[0]
    return Question(run=run, costs=scenario.costs, spec=scenario.advice, volumes=scenario.yearly_cases())


@cache
def advice_of(population: int = 100_000, *overrides: str) -> Advice:
    return advise(a_question(population, *overrides))


def package(advice: Advice, system: CoreSystem = CoreSystem.CHILD_ALLOWANCE) -> PackageAdvice:
    return next(one for one in advice.packages if one.core_system is system)


def procedure(advice: Advice, number: int) -> ProcedureAdvice:
    return next(one for one in advice.procedures if one.procedure.number == number)


def why(advice: Advice, method: LinkageMethod) -> Why:
    return next(loss.why for loss in package(advice).losses if loss.method is method)


@pytest.mark.parametrize("population", [500, 8_000])
def test_a_village_and_a_town_keep_transcribing_everything(population: int) -> None:
    advice = advice_of(population)
    assert {one.method for one in advice.procedures} == {TRANSCRIPTION}
    assert (advice.investment_yen, advice.yearly_yen) == (0.0, advice.transcription_yen)
    assert {one.at_double for one in advice.procedures} == {TRANSCRIPTION}


def test_a_city_of_400_000_buys_where_there_are_many_cases() -> None:
    advice = advice_of(400_000)
    bought = {one.core_system: one.acquired for one in advice.packages if one.acquired}
    assert bought[CoreSystem.CHILD_ALLOWANCE] == (SCREEN,)
    assert CoreSystem.LONG_TERM_CARE in bought
    assert CoreSystem.HEALTH not in bought
    assert advice.yearly_yen < advice.transcription_yen


def test_what_is_chosen_is_never_dearer_than_any_one_method_for_all() -> None:
    for population in (500, 30_000, 100_000, 400_000):
        for one in advice_of(population).packages:
            assert one.yearly_yen <= min(way.yearly_yen for way in one.ways if way.available) + 1e-6


def test_the_lines_of_the_procedures_add_up_to_the_package() -> None:
    for one in advice_of(400_000).packages:
        assert sum(item.yearly_yen for item in one.procedures) == pytest.approx(one.yearly_yen)
        assert sum(item.transcription_yen for item in one.procedures) == pytest.approx(one.transcription_yen)


def test_a_modification_serves_all_ten_procedures_of_the_package_and_a_robot_its_own_alone() -> None:
    advice = advice_of(100_000)
    assert {one.method for one in package(advice).procedures} == {SCREEN}
    without = advise(replace(a_question(100_000), budget_yen=3.9e6))
    assert [one.procedure.number for one in without.procedures if one.method is RPA] == [10]


def test_ten_sharers_need_a_tenth_of_the_cases_each() -> None:
    (pair,) = [one for one in procedure(advice_of(), 2).break_evens if (one.now, one.then) == (TRANSCRIPTION, SCREEN)]
    assert pair.alone == pytest.approx((4e6 / 5 + 0.6e6) / ((12.0 - 3.86) / 60 * 4_000))
    assert pair.alone is not None
    assert pair.shared == pytest.approx(pair.alone / 10)


def test_a_budget_of_nothing_buys_nothing_and_says_what_it_forgoes() -> None:
    advice = advise(replace(a_question(), budget_yen=0.0))
    assert advice.investment_yen == 0.0
    assert why(advice, SCREEN) is Why.OVER_BUDGET
    assert why(advice, BATCH) is Why.OVER_BUDGET or why(advice, BATCH) is Why.DEARER


@pytest.mark.parametrize("budget", [0.0, 1e6, 5e6, 9e6, 14e6])
def test_the_portfolio_is_the_best_of_all_combinations(budget: float) -> None:
    question = a_question(400_000)
    market = Market.of(question, offers(question))
    found = prospects(question, MUNICIPAL)
    systems = (CoreSystem.CHILD_ALLOWANCE, CoreSystem.CHILDCARE_SUPPORT, CoreSystem.HEALTH)
    packages = [
        list(options(market, [one for one in found if one.procedure.core_system is system], market.available))
        for system in systems
    ]
    every = (
        (sum(one.misses for one in whole), sum(one.yearly_yen for one in whole))
        for whole in product(*packages)
        if sum(one.investment_yen for one in whole) <= budget
    )
    chosen = choose(packages, budget)
    assert sum(one.investment_yen for one in chosen) <= budget
    assert sum(one.yearly_yen for one in chosen) == pytest.approx(min(every)[1])


@pytest.mark.parametrize("population", [20_000, 150_000, 600_000, 3_000_000])
@pytest.mark.parametrize("budget", [0.0, 0.7e6, 1.4e6, 4.7e6, 1e8])
def test_the_options_of_a_package_hold_the_best_of_all_assignments(population: int, budget: float) -> None:
    question = a_question(population)
    market = Market.of(question, offers(question))
    package = [one for one in prospects(question, MUNICIPAL) if one.procedure.number in (11, 12, 13)]
    every = [
        _option(market, package, dict(zip((11, 12, 13), methods, strict=True)))
        for methods in product((TRANSCRIPTION, RPA, SCREEN, BATCH), repeat=3)
    ]
    (chosen,) = choose([list(options(market, package, market.available))], budget)
    best = min(one.yearly_yen for one in every if one.investment_yen <= budget)
    assert chosen.yearly_yen == pytest.approx(best)


def test_more_money_never_costs_more_a_year() -> None:
    costs = [advise(replace(a_question(400_000), budget_yen=yen)).yearly_yen for yen in (0.0, 2e6, 5e6, 1e7, 1e8)]
    assert costs == sorted(costs, reverse=True)


def test_what_cannot_be_ready_by_the_day_is_out() -> None:
    advice = advise(replace(a_question(), ready_by=date(2022, 8, 1)))
    assert why(advice, SCREEN) is Why.TOO_LATE
    assert procedure(advice, 10).method is RPA
    assert {one.method for one in advise(replace(a_question(), ready_by=date(2022, 4, 1))).procedures} == {
        TRANSCRIPTION
    }


def test_a_near_migration_takes_the_years_that_an_investment_needs() -> None:
    near = advice_of(100_000, "advice.standard_system_from=2024-04-01")
    assert procedure(near, 10).method is not SCREEN
    at_once = advice_of(100_000, "advice.standard_system_from=2022-05-01")
    assert {why(at_once, method) for method in (RPA, SCREEN, BATCH)} == {Why.MIGRATION}
    assert why(at_once, STANDARD) is Why.NOT_YET


def test_a_city_that_has_migrated_may_take_the_standard_interface() -> None:
    advice = advice_of(400_000, "advice.standard_system_from=2021-04-01")
    assert procedure(advice, 10).method is STANDARD


def test_a_longer_horizon_favours_what_is_bought() -> None:
    assert procedure(advise(replace(a_question(), horizon_years=1.0)), 10).method is not SCREEN
    assert procedure(advise(replace(a_question(40_000), horizon_years=5.0)), 10).method is TRANSCRIPTION
    assert procedure(advise(replace(a_question(40_000), horizon_years=20.0)), 10).method is not TRANSCRIPTION


def test_the_subsidy_counts_only_in_its_years_and_where_it_is_taken() -> None:
    assert advice_of().subsidised_share == 0.0
    assert advice_of(100_000, "costs.subsidy=true").subsidised_share == 0.5
    late = a_question(100_000, "costs.subsidy=true", "advice.budget_from=2023-04-01")
    assert advise(late).subsidised_share == 0.0
    hinted = advice_of(50_000).with_subsidy
    assert hinted[10] is SCREEN
    assert advise(late).with_subsidy == {}


def test_items_that_are_judged_cost_unattended_methods_a_look() -> None:
    advice = advice_of()
    judged, plain = procedure(advice, 10), procedure(advice, 2)
    assert (judged.extra_look_share, plain.extra_look_share) == (1.0, 0.0)
    for method in (RPA, BATCH, STANDARD):
        assert judged.minutes[method] == pytest.approx(plain.minutes[method] + 2.0)
    for method in (TRANSCRIPTION, SCREEN):
        assert judged.minutes[method] == plain.minutes[method]


def test_urgent_cases_do_not_wait_for_a_daily_window() -> None:
    certificates = a_question(100_000, "advice.volumes.disaster_certificate=90000")
    advice = advise(certificates)
    assert procedure(advice, 27).unfit == {BATCH}
    disaster = package(advice, CoreSystem.DISASTER_VICTIMS)
    assert next(loss.why for loss in disaster.losses if loss.method is BATCH) is Why.URGENT
    often = replace(certificates, spec=replace(certificates.spec, urgent_within_h=24.0))
    assert procedure(advise(often), 27).method is BATCH


def test_changes_of_the_screen_make_a_robot_dearer() -> None:
    minutes = [
        procedure(advice_of(100_000, f"advice.screen_changes_per_year={changes}"), 10).minutes[RPA]
        for changes in (0.0, 3.0, 12.0)
    ]
    assert minutes == sorted(minutes)
    assert minutes[0] == pytest.approx(0.92 * 1.5 + 0.08 * 12.0 + 2.0)


def test_a_period_that_another_method_keeps_weighs_more_than_money() -> None:
    question = a_question(8_000)
    slow = {(10, method): 45.0 if method is TRANSCRIPTION else 20.0 for method in LinkageMethod}
    advice = advise(replace(question, planned_days={1.0: slow}))
    assert procedure(advice, 10).method is RPA
    assert procedure(advice, 2).method is TRANSCRIPTION
    assert why(advice, TRANSCRIPTION) is Why.PERIOD
    assert procedure(advice, 10).at_half is TRANSCRIPTION
    broke = advise(replace(question, planned_days={1.0: slow}, budget_yen=0.0))
    assert procedure(broke, 10).method is TRANSCRIPTION


def test_a_period_that_no_method_keeps_decides_nothing() -> None:
    hopeless = {(10, method): 99.0 for method in LinkageMethod}
    advice = advise(replace(a_question(8_000), planned_days={1.0: hopeless}))
    assert procedure(advice, 10).method is TRANSCRIPTION
    assert not any(procedure(advice, 10).keeps.values())


def test_the_cheapest_method_rises_with_volume_from_one_to_three_to_four() -> None:
    found = cheapest_by_volume(a_question(), CoreSystem.CHILD_ALLOWANCE, (0.01, 0.3, 1.0, 20.0))
    assert found == [TRANSCRIPTION, TRANSCRIPTION, SCREEN, BATCH]


def test_a_loser_pays_from_where_it_becomes_the_cheapest() -> None:
    question = a_question()
    (batch,) = [loss for loss in package(advise(question)).losses if loss.method is BATCH]
    assert batch.pays_from is not None
    cases = package(advise(question)).cases
    below, above = cheapest_by_volume(
        question, CoreSystem.CHILD_ALLOWANCE, (batch.pays_from / cases * 0.98, batch.pays_from / cases * 1.02)
    )
    assert (below, above) == (SCREEN, BATCH)


@pytest.mark.parametrize(
    ("changed", "told"),
    [({"budget_yen": -1.0}, "budget"), ({"horizon_years": 0.0}, "horizon"), ({"volumes": {10: 0.0}}, "volume")],
)
def test_a_question_that_makes_no_sense_is_refused(changed: dict[str, object], told: str) -> None:
    with pytest.raises(InvalidInputError, match=told):
        advise(replace(a_question(), **changed))  # type: ignore[arg-type]
