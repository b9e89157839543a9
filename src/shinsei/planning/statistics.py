"""What a number of seasons says about a figure: its mean with a 95 % interval, and how far seasons differ.

The interval is Student's: ``mean ± t(0.975, n - 1) * s / sqrt(n)``. It says how well the mean of the model is known
after n seasons; how much one season differs from another is said by the percentiles beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, fsum, inf, lgamma, log, log1p, sqrt
from statistics import stdev

from shinsei.season.cases import percentile

CONFIDENCE = 0.95
LOW, MIDDLE, HIGH = 0.05, 0.5, 0.95
"""The percentiles of the seasons."""
_STEPS = 200
"""Steps of the continued fraction and of the bisection, both far beyond double precision."""
_TINY = 1e-300


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One figure over a number of seasons."""

    n: int
    """Seasons."""
    known: int
    """Seasons in which it has a value; the others had not got there by their end."""
    mean: float | None
    """Over all seasons; None unless every season has a value."""
    half_width: float | None
    """Of the 95 % interval of the mean; None with fewer than two seasons."""
    low: float | None
    """5th percentile of the seasons; None where a season without a value stands there (later than any)."""
    middle: float | None
    """Median of the seasons."""
    high: float | None
    """95th percentile of the seasons."""

    @property
    def interval(self) -> tuple[float, float] | None:
        """Both ends of the 95 % interval of the mean."""
        if self.mean is None or self.half_width is None:
            return None
        return self.mean - self.half_width, self.mean + self.half_width


def estimate(values: Sequence[float | None]) -> Estimate:
    """The estimate from one value a season; None for a season that did not get there."""
    known = [value for value in values if value is not None]
    complete = bool(values) and len(known) == len(values)
    half = (
        t_quantile(0.5 + CONFIDENCE / 2, len(known) - 1) * stdev(known) / sqrt(len(known)) if len(known) > 1 else None
    )
    return Estimate(
        n=len(values),
        known=len(known),
        mean=fsum(known) / len(known) if complete else None,
        half_width=half if complete else None,
        low=percentile(values, LOW),
        middle=percentile(values, MIDDLE),
        high=percentile(values, HIGH),
    )


def difference(first: Sequence[float | None], second: Sequence[float | None]) -> Estimate:
    """The estimate of ``first - second``, season by season: both saw the same filings and the same fates."""
    pairs = zip(first, second, strict=True)
    return estimate([None if one is None or other is None else one - other for one, other in pairs])


@lru_cache(maxsize=1024)
def t_quantile(share: float, degrees: int) -> float:
    """Quantile of Student's t distribution, for a share above one half."""
    if degrees < 1:
        return inf
    low, high = 0.0, 1.0
    while t_share(high, degrees) < share:
        high *= 2
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if t_share(middle, degrees) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def t_share(value: float, degrees: int) -> float:
    """Share of Student's t distribution below a value of at least 0."""
    return 1 - _beta_share(degrees / (degrees + value * value), degrees / 2, 0.5) / 2


def _beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (modified Lentz)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_share(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    result = d
    for m in range(1, _STEPS):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _away_from_zero(1 + term * d)
            c = _away_from_zero(1 + term / c)
            result *= c * d
    return front * result


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
