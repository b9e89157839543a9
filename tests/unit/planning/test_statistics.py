"""Intervals by the book: quantiles of Student's t from published tables, coverage by counting."""

from math import inf, isclose, sqrt
from statistics import NormalDist

import pytest

from shinsei.domain.draws import draw
from shinsei.planning.statistics import difference, estimate, t_quantile


@pytest.mark.parametrize(
    ("degrees", "quantile"),
    [(1, 12.7062), (2, 4.30265), (4, 2.77645), (9, 2.26216), (29, 2.04523), (49, 2.00958), (999, 1.96234)],
)
def test_quantiles_are_those_of_the_tables(degrees: int, quantile: float) -> None:
    assert isclose(t_quantile(0.975, degrees), quantile, rel_tol=1e-5)


def test_an_interval_is_the_mean_with_t_standard_errors() -> None:
    found = estimate([9.0, 10.0, 11.0, 12.0, 13.0])
    assert found.mean == 11
    assert found.half_width is not None
    assert isclose(found.half_width, 2.77645 * sqrt(2.5) / sqrt(5), rel_tol=1e-5)
    assert (found.low, found.middle, found.high) == (9, 11, 13)


def test_one_season_has_a_mean_and_no_interval() -> None:
    assert (estimate([3.0]).mean, estimate([3.0]).interval) == (3.0, None)
    assert t_quantile(0.975, 0) == inf


def test_a_season_that_did_not_get_there_leaves_no_mean_and_counts_as_later_than_any() -> None:
    found = estimate([1.0, 2.0, 3.0, None])
    assert (found.mean, found.half_width, found.known, found.n) == (None, None, 3, 4)
    assert (found.low, found.high) == (1.0, None)


def test_differences_are_paired() -> None:
    """What both share cancels: seasons that vary by tens differ by one, exactly."""
    found = difference([11.0, 41.0, 81.0], [10.0, 40.0, 80.0])
    assert (found.mean, found.half_width) == (1.0, 0.0)


def test_nineteen_of_twenty_intervals_hold_the_mean() -> None:
    """Of 400 samples of 8; the tolerance is three standard errors of a share of 0.95."""
    normal = NormalDist(mu=50, sigma=9)
    held = 0
    for sample in range(400):
        interval = estimate([normal.inv_cdf(draw(7, str(sample), "coverage", n)) for n in range(8)]).interval
        assert interval is not None
        held += interval[0] <= 50 <= interval[1]
    assert abs(held / 400 - 0.95) < 3 * sqrt(0.95 * 0.05 / 400)
