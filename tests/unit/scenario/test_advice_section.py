"""The table of advice: optional, partial if need be, and without any weight in a run."""

from datetime import date

import pytest

from shinsei.domain.catalogue import CoreSystem
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.scenario import load


def test_a_scenario_without_the_table_has_the_templates_values_and_its_own_dates() -> None:
    scenario = load("child-allowance-status-report")
    assert "[advice]" not in scenario.text
    spec = scenario.advice
    assert (spec.decided_on, spec.budget_from, spec.standard_system_from) == (date(2021, 6, 1), date(2022, 4, 1), None)
    assert spec.lead_days[LinkageMethod.BATCH_IMPORT] == 365.0
    assert spec.standard_days[CoreSystem.LONG_TERM_CARE] == 30.0


def test_a_decision_in_winter_meets_the_next_budget_in_spring() -> None:
    assert load("smoke", ["advice.decided_on=2022-02-10"]).advice.budget_from == date(2022, 4, 1)


def test_one_value_can_be_set_and_the_others_stay() -> None:
    spec = load("smoke", ["advice.urgent_within=1 h", "advice.standard_period.health=7 d"]).advice
    assert spec.urgent_within_h == 1.0
    assert (spec.standard_days[CoreSystem.HEALTH], spec.standard_days[CoreSystem.CHILD_ALLOWANCE]) == (7.0, 30.0)


def test_a_procedures_own_period_comes_before_its_core_systems() -> None:
    spec = load("smoke", ["advice.standard_period_by_procedure.child_allowance_claim=15 d"]).advice
    assert spec.standard_days_of == {1: 15.0}


def test_the_season_happens_once_a_year_and_everything_else_by_the_catalogue() -> None:
    scenario = load("child-allowance-status-report")
    cases = scenario.yearly_cases()
    assert cases[10] == pytest.approx(100_000 * 0.07 * 0.6)
    assert cases[17] == pytest.approx(2_500 * 0.137)
    assert cases[27] == 0.0
    assert load("nursery-entry").yearly_cases()[12] > 1_000


def test_own_counts_replace_all_others() -> None:
    cases = load("smoke", ["advice.volumes.pregnancy_notification=1234"]).yearly_cases()
    assert cases[15] == 1_234


def test_no_run_reads_the_table() -> None:
    plain, other = (
        load("smoke"),
        load("smoke", ["advice.screen_changes_per_year=9", "advice.volumes.care_certification=5"]),
    )
    assert plain.run_specs("r") == other.run_specs("r")


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("advice.volumes.pregnancy_notificatoin=5", "did you mean"),
        ("advice.urgent_wihtin=5 h", "did you mean 'urgent_within'"),
        ("advice.lead_time.rpa=5", "not a duration"),
        ("advice.standard_system_from=soon", "not a date"),
    ],
)
def test_what_is_wrong_in_it_is_told_in_a_line(override: str, told: str) -> None:
    with pytest.raises(InvalidInputError, match=told):
        load("smoke", [override])
