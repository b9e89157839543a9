"""Samplers of durations in whole milliseconds: a distribution made ready once, then asked once a case.

Same numbers as ``Distribution.sample``; what does not depend on the draw is worked out beforehand.
"""

from collections.abc import Callable
from math import exp, log, sqrt
from statistics import NormalDist

from shinsei.domain.distributions import Distribution, Shape

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
            return lambda u: round(-scale * log(1.0 - u))
        case Shape.UNIFORM:
            half = sqrt(3.0) * distribution.cv
            return lambda u: round(scale * (1.0 + half * (2.0 * u - 1.0)))
        case Shape.LOGNORMAL:
            variance = log(1.0 + distribution.cv**2)
            sigma, shift, normal = sqrt(variance), variance / 2.0, NormalDist().inv_cdf
            return lambda u: round(scale * exp(sigma * normal(u) - shift))
