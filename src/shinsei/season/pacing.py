"""How fast a season may go: flat out, at a constant speed, or flat out to a moment and then at a speed.

The pace only decides when the driver may raise a watermark, never what happens in simulated time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.simtime import SimTime


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceSpec:
    """The wanted speed."""

    speed: float | None = None
    """Simulated over real seconds; None for as fast as the stack allows."""
    fast_until: SimTime | None = None
    """Up to this moment the season runs flat out whatever the speed."""

    def __post_init__(self) -> None:
        if self.speed is not None and not (isfinite(self.speed) and self.speed > 0):
            raise InvalidInputError(
                "--speed", f"{self.speed:g} is no factor above 0; for as fast as possible, give max"
            )


class Pace:
    """One pace for all twins, so that they live through the same simulated evening together."""

    def __init__(self, spec: PaceSpec, now_ms: Callable[[], int]) -> None:
        self.spec = spec
        self._now_ms = now_ms
        self._anchor: tuple[int, SimTime] | None = None

    def begin(self, at: SimTime) -> None:
        """The season starts, or goes on, at this moment."""
        if self.spec.fast_until is None or at >= self.spec.fast_until:
            self._anchor = (self._now_ms(), at)

    def observe(self, lowest_watermark: SimTime) -> None:
        """Tells how far every twin has come; the slow part begins once all have reached its start."""
        fast_until = self.spec.fast_until
        if self._anchor is None and fast_until is not None and lowest_watermark >= fast_until:
            self._anchor = (self._now_ms(), fast_until)

    def limit(self) -> SimTime | None:
        """The latest moment that a frontier may have now; None for no limit."""
        if self.spec.speed is None:
            return None
        if self._anchor is None:
            return self.spec.fast_until
        real, sim = self._anchor
        return SimTime(sim + int((self._now_ms() - real) * self.spec.speed))
