"""The worked break-even with its own inputs: 4,000 yen an hour, five years, one procedure bears all."""

import pytest

from shinsei.domain.advice import Terms, break_even, yearly_yen

METHODS = {
    1: Terms(minutes=12.0),
    2: Terms(minutes=4.0, capex_yen=1.0e6, opex_yen=1.1e6),
    3: Terms(minutes=4.0, capex_yen=4.0e6, opex_yen=0.6e6),
    4: Terms(minutes=2.5, capex_yen=9.0e6, opex_yen=1.35e6),
}
PRICES = {"hour_yen": 4_000.0, "years": 5.0}


@pytest.mark.parametrize(
    ("now", "then", "cases"),
    [(1, 2, 2_400), (1, 3, 2_600), (1, 4, 5_000), (3, 4, 17_500), (2, 4, 18_500)],
)
def test_the_worked_break_even_comes_out(now: int, then: int, cases: int) -> None:
    assert break_even(METHODS[now], METHODS[then], **PRICES) == pytest.approx(cases, rel=0.02)


@pytest.mark.parametrize(("now", "then"), [(1, 2), (1, 3), (1, 4), (3, 4), (2, 4)])
def test_at_the_break_even_both_cost_the_same(now: int, then: int) -> None:
    cases = break_even(METHODS[now], METHODS[then], **PRICES)
    assert cases is not None
    assert yearly_yen(METHODS[now], cases, **PRICES) == pytest.approx(yearly_yen(METHODS[then], cases, **PRICES))


def test_what_saves_no_work_and_costs_more_pays_at_no_volume() -> None:
    assert break_even(METHODS[2], METHODS[3], **PRICES) is None


def test_what_saves_work_and_costs_less_pays_from_the_first_case() -> None:
    assert break_even(METHODS[4], Terms(minutes=1.0), **PRICES) == 0.0
    assert break_even(METHODS[2], Terms(minutes=4.0), **PRICES) == 0.0


def test_a_year_is_labour_a_share_of_the_investment_and_what_runs() -> None:
    assert yearly_yen(METHODS[3], 1_500, **PRICES) == pytest.approx(400_000 + 800_000 + 600_000)
