"""Orders to a generator that is running: another rate from a moment on, or that it is over."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from shinsei.loadtest.arrivals import RatePoint, RateProfile


def points_of(profile: RateProfile) -> tuple[tuple[float, float], ...]:
    """A profile as it travels."""
    return tuple((point.at_s, point.per_s) for point in profile.points)


def profile_of(points: Sequence[Sequence[float]]) -> RateProfile:
    """A profile as it was sent."""
    return RateProfile(points=tuple(RatePoint(at_s=at_s, per_s=per_s) for at_s, per_s in points))


class Order(BaseModel):
    """What the generator is told while it runs: another profile, or that it is over."""

    model_config = ConfigDict(frozen=True)

    n: int
    """Higher than that of the order before."""
    start_s: float
    """Wall clock at which the profile begins."""
    points: tuple[tuple[float, float], ...] = ()
    weights: tuple[tuple[str, float], ...] = ()
    """Municipalities that are concerned and the share of each, by weight; none: all, evenly."""
    is_over: bool = False

    def as_message(self) -> dict[str, Any]:
        """As it travels to workers."""
        return self.model_dump()
