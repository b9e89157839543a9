"""Samplers of durations in whole milliseconds: a distribution made ready once, then asked once a case.

Same numbers as ``Distribution.sample``; what does not depend on the draw is worked out beforehand.
"""

from collections.abc import Callable
from math import exp, log, sqrt
from statistics import _normal_dist_inv_cdf  # type: ignore[attr-defined]  # not in the types of the library
from typing import Final

from shinsei.domain.distributions import Distribution, Shape

_quantile: Final[Callable[[float, float, float], float]] = _normal_dist_inv_cdf
"""Of a normal distribution: what ``NormalDist.inv_cdf`` calls once it has looked at its arguments."""
_ROUND: Final = 6755399441055744.0
"""1.5 · 2^52: added to a float and taken away again, it leaves the number that ``round`` gives, as a double of that
size has no bits for fractions. Two additions, where ``round`` is looked up and called."""
Sampler = Callable[[float], int]
"""Milliseconds for a draw in (0, 1)."""


def sampler(distribution: Distribution, unit_ms: int, stretch: float = 1.0) -> Sampler:
    """Samples ``distribution``, given in units of ``unit_ms``, stretched by a factor."""
    scale = distribution.mean * unit_ms * stretch
    if scale == 0 or (distribution.cv == 0 and distribution.shape is not Shape.EXPONENTIAL):
        constant = round(scale)
        return lambda _: constant
    match distribution.shape:
        case Shape.EXPONENTIAL:
            return lambda u: int(-scale * log(1.0 - u) + _ROUND - _ROUND)
        case Shape.UNIFORM:
            half = sqrt(3.0) * distribution.cv
            return lambda u: round(scale * (1.0 + half * (2.0 * u - 1.0)))
        case Shape.LOGNORMAL:
            variance = log(1.0 + distribution.cv**2)
            sigma, shift = sqrt(variance), variance / 2.0
            return lambda u: int(scale * exp(sigma * _quantile(u, 0.0, 1.0) - shift) + _ROUND - _ROUND)
