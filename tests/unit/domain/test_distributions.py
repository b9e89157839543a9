"""Samples are quantiles: they keep mean and spread, and the distribution function undoes them."""

from statistics import fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinsei.domain.distributions import Distribution, Shape
from shinsei.domain.draws import draw

SHAPES = [
    Distribution(mean=10.0, cv=0.5),
    Distribution(mean=5.9, cv=0.38),
    Distribution(mean=5.0, cv=1.0, shape=Shape.EXPONENTIAL),
    Distribution(mean=3.0, cv=0.4, shape=Shape.UNIFORM),
]


@pytest.mark.parametrize("distribution", SHAPES, ids=lambda item: item.shape)
def test_samples_have_the_mean_and_the_spread_that_were_asked_for(distribution: Distribution) -> None:
    samples = [distribution.sample(draw(1, "case", "test", n)) for n in range(20_000)]
    assert fmean(samples) == pytest.approx(distribution.mean, rel=0.03)
    assert pstdev(samples) == pytest.approx(distribution.mean * distribution.cv, rel=0.06)
    assert min(samples) > 0


@pytest.mark.parametrize("distribution", SHAPES, ids=lambda item: item.shape)
@given(u=st.floats(0.001, 0.999))
def test_the_distribution_function_undoes_the_quantile(distribution: Distribution, u: float) -> None:
    assert distribution.cdf(distribution.sample(u)) == pytest.approx(u, abs=1e-9)


@pytest.mark.parametrize("shape", [Shape.LOGNORMAL, Shape.UNIFORM])
def test_without_spread_everything_is_the_mean(shape: Shape) -> None:
    fixed = Distribution(mean=4.0, cv=0.0, shape=shape)
    assert fixed.sample(0.3) == pytest.approx(4.0)
    assert (fixed.cdf(3.9), fixed.cdf(4.0)) == (0.0, 1.0)


def test_a_mean_of_zero_takes_no_time() -> None:
    assert Distribution(mean=0.0).sample(0.7) == 0.0
    assert Distribution(mean=0.0).cdf(0.0) == 1.0
