"""A method's cost is a year's: the season's labour, spread investment, licences and upkeep."""

from dataclasses import replace

import pytest

from shinsei.domain.costs import NEEDS_MODIFICATION, Books, CostSpec, cost, shared_cost
from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod

SPEC = CostSpec(
    staff_hour_yen=4_000,
    overtime_hour_yen=2_640,
    horizon_years=5,
    rpa_licence_yen=900_000,
    rpa_build_yen=650_000,
    rpa_upkeep_yen=200_000,
    screen_import_modification_yen=4_000_000,
    batch_import_modification_yen=9_000_000,
    standard_api_modification_yen=3_000_000,
    upkeep_share=0.15,
    connection_yen=6_000_000,
    registry_modification_yen=4_000_000,
    app_mgmt_yen=10_000_000,
    app_mgmt_upkeep_yen=2_000_000,
    subsidy=False,
    subsidy_share=0.5,
    investment_fiscal_year=2021,
)
BOOKS = Books(staff_hours=100, overtime_hours=10, robots=2)


def test_transcription_costs_labour_alone() -> None:
    breakdown = cost(SPEC, LinkageMethod.TRANSCRIPTION, BOOKS)
    assert (breakdown.labour_yen, breakdown.overtime_yen) == (400_000, 26_400)
    assert breakdown.total_yen == 426_400


def test_rpa_pays_licences_per_robot_and_the_building_of_its_scenario() -> None:
    breakdown = cost(SPEC, LinkageMethod.RPA, BOOKS)
    assert (breakdown.licences_yen, breakdown.modification_yen, breakdown.upkeep_yen) == (1_800_000, 130_000, 200_000)


def test_imports_spread_the_modification_over_the_horizon_and_pay_upkeep() -> None:
    breakdown = cost(SPEC, LinkageMethod.BATCH_IMPORT, BOOKS)
    assert (breakdown.licences_yen, breakdown.modification_yen, breakdown.upkeep_yen) == (0, 1_800_000, 1_350_000)


def test_modification_is_needed_for_methods_3_and_4_and_not_for_1_and_2() -> None:
    assert list(NEEDS_MODIFICATION.values()) == [False, False, True, True]
    for method, needed in NEEDS_MODIFICATION.items():
        assert (SPEC.modification_yen(method) > 0) is needed


@pytest.mark.parametrize("method", COMPARED_METHODS)
def test_the_total_is_the_sum_of_its_lines_and_holds_nothing_shared(method: LinkageMethod) -> None:
    breakdown = cost(SPEC, method, BOOKS)
    free = replace(SPEC, connection_yen=0, registry_modification_yen=0, app_mgmt_yen=0, app_mgmt_upkeep_yen=0)
    assert breakdown == cost(free, method, BOOKS)
    assert breakdown.total_yen == sum(
        (
            breakdown.labour_yen,
            breakdown.temporary_yen,
            breakdown.overtime_yen,
            breakdown.licences_yen,
            breakdown.modification_yen,
            breakdown.upkeep_yen,
        )
    )


def test_what_all_methods_share_is_a_yearly_sum_of_its_own() -> None:
    assert shared_cost(SPEC).total_yen == (6_000_000 + 4_000_000 + 10_000_000) // 5 + 2_000_000


def test_the_subsidy_halves_investments_up_to_fiscal_2022_and_only_where_it_is_switched_on() -> None:
    without = cost(SPEC, LinkageMethod.BATCH_IMPORT, BOOKS).modification_yen
    with_subsidy = replace(SPEC, subsidy=True)
    assert cost(with_subsidy, LinkageMethod.BATCH_IMPORT, BOOKS).modification_yen == without // 2
    assert shared_cost(with_subsidy).connection_yen == 600_000
    too_late = replace(with_subsidy, investment_fiscal_year=2023)
    assert cost(too_late, LinkageMethod.BATCH_IMPORT, BOOKS).modification_yen == without


def test_upkeep_and_robots_are_not_subsidised() -> None:
    with_subsidy = replace(SPEC, subsidy=True)
    assert cost(with_subsidy, LinkageMethod.RPA, BOOKS) == cost(SPEC, LinkageMethod.RPA, BOOKS)
    assert cost(with_subsidy, LinkageMethod.BATCH_IMPORT, BOOKS).upkeep_yen == 1_350_000


def test_temporary_clerks_are_paid_for_their_presence_where_they_have_a_price() -> None:
    """Hired for weeks, whether there is work or not; without a price their work counts as everybody's."""
    books = Books(staff_hours=100.0, overtime_hours=0.0, temporary_hours=80.0, temporary_staff_hours=40.0)
    priced = replace(SPEC, staff_hour_yen=4000.0, temporary_hour_yen=1600.0)
    found = cost(priced, LinkageMethod.TRANSCRIPTION, books)
    assert (found.labour_yen, found.temporary_yen) == (60 * 4000, 80 * 1600)
    assert found.total_yen == found.labour_yen + found.temporary_yen
    plain = replace(priced, temporary_hour_yen=None)
    assert cost(plain, LinkageMethod.TRANSCRIPTION, books).labour_yen == 100 * 4000
