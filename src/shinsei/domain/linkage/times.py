"""Samplers of durations in whole milliseconds: a distribution made ready once, then asked once a case.

Same numbers as ``Distribution.sample``; what does not depend on the draw is worked out beforehand.
"""

from collections.abc import Callable
from math import exp, log, sqrt
from statistics import _normal_dist_inv_cdf  # type: ignore[attr-defined]  # not in the types of the library
from typing import Final

from shinsei.domain.distributions import Distribution, Shape

_quantile: Final[Callable[[float, object, object], float]] = _normal_dist_inv_cdf
"""Of a normal distribution: what ``NormalDist.inv_cdf`` calls once it has looked at its arguments."""
_NOUGHT: Final[object] = float(0)
_ONE: Final[object] = float(1)
"""Its mean and deviation, as objects: compiled code would make them anew for each call."""
_ROUND: Final = 6755399441055744.0
"""1.5 · 2^52: added to a float and taken away again, it leaves the number that ``round`` gives, as a double of that
size has no bits for fractions. Two additions, where ``round`` is looked up and called."""


class Sampler:
    """A duration, ready to be drawn."""

    __slots__ = ()

    def __call__(self, u: float) -> int:
        """The same as ``ms``."""
        return self.ms(u)

    def ms(self, u: float) -> int:
        """Milliseconds for a draw in (0, 1)."""
        raise NotImplementedError


class Constant(Sampler):
    """One that does not vary."""

    __slots__ = ("_ms",)

    def __init__(self, scale: float) -> None:
        self._ms = round(scale)

    def ms(self, u: float) -> int:
        """Always the same."""
        return self._ms


class Exponential(Sampler):
    """Without memory."""

    __slots__ = ("_scale",)

    def __init__(self, scale: float) -> None:
        self._scale = scale

    def ms(self, u: float) -> int:
        """The quantile."""
        return int(-self._scale * log(1.0 - u) + _ROUND - _ROUND)


class Uniform(Sampler):
    """Between two bounds."""

    __slots__ = ("_half", "_scale")

    def __init__(self, scale: float, cv: float) -> None:
        self._scale = scale
        self._half = sqrt(3.0) * cv

    def ms(self, u: float) -> int:
        """The quantile."""
        return round(self._scale * (1.0 + self._half * (2.0 * u - 1.0)))


class Lognormal(Sampler):
    """Skew to the right, as handling times are."""

    __slots__ = ("_scale", "_shift", "_sigma")

    def __init__(self, scale: float, cv: float) -> None:
        self._scale = scale
        variance = log(1.0 + cv**2)
        self._sigma, self._shift = sqrt(variance), variance / 2.0

    def ms(self, u: float) -> int:
        """The quantile."""
        return int(self._scale * exp(self._sigma * _quantile(u, _NOUGHT, _ONE) - self._shift) + _ROUND - _ROUND)


NO_TIME: Final = Constant(0.0)


def sampler(distribution: Distribution, unit_ms: int, stretch: float = 1.0) -> Sampler:
    """Samples ``distribution``, given in units of ``unit_ms``, stretched by a factor."""
    scale = distribution.mean * unit_ms * stretch
    if scale == 0 or (distribution.cv == 0 and distribution.shape is not Shape.EXPONENTIAL):
        return Constant(scale)
    if distribution.shape is Shape.EXPONENTIAL:
        return Exponential(scale)
    is_uniform = distribution.shape is Shape.UNIFORM
    return Uniform(scale, distribution.cv) if is_uniform else Lognormal(scale, distribution.cv)
