"""Distributions of service times and delays, sampled by inversion from one keyed draw.

One draw per sample keeps common random numbers common: changing a mean stretches every sample and
re-orders nothing.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import exp, log, sqrt
from statistics import NormalDist

_NORMAL = NormalDist()


class Shape(StrEnum):
    """Family of a distribution."""

    LOGNORMAL = "lognormal"
    """Right-skewed and positive: human service times (default)."""
    EXPONENTIAL = "exponential"
    """Memoryless; its ``cv`` is 1 whatever is given."""
    UNIFORM = "uniform"
    """Flat between mean·(1 - sqrt(3)·cv) and mean·(1 + sqrt(3)·cv); cv at most 1/sqrt(3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """A positive quantity given by its mean and its coefficient of variation.

    The unit is that of the field which holds it (its name ends in ``_s``, ``_min`` or ``_days``).
    """

    mean: float
    cv: float = 0.5
    shape: Shape = Shape.LOGNORMAL

    def sample(self, u: float) -> float:
        """The quantile at ``u`` in (0, 1), in the unit of ``mean``."""
        if self.mean == 0:
            return 0.0
        match self.shape:
            case Shape.EXPONENTIAL:
                return -self.mean * log(1.0 - u)
            case Shape.UNIFORM:
                return self.mean * (1.0 + sqrt(3.0) * self.cv * (2.0 * u - 1.0))
            case Shape.LOGNORMAL:
                variance = log(1.0 + self.cv * self.cv)
                return self.mean * exp(sqrt(variance) * _NORMAL.inv_cdf(u) - variance / 2.0)

    def cdf(self, x: float) -> float:
        """Probability of at most ``x``."""
        if self.mean == 0:
            return 1.0 if x >= 0 else 0.0
        if self.shape is Shape.UNIFORM:
            width = sqrt(12.0) * self.cv * self.mean
            low = self.mean - width / 2.0
            return float(x >= self.mean) if width == 0 else min(1.0, max(0.0, (x - low) / width))
        if x <= 0:
            return 0.0
        if self.shape is Shape.EXPONENTIAL:
            return 1.0 - exp(-x / self.mean)
        if self.cv == 0:
            return float(x >= self.mean)
        variance = log(1.0 + self.cv * self.cv)
        return _NORMAL.cdf((log(x / self.mean) + variance / 2.0) / sqrt(variance))
