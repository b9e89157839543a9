"""How fast a season may go: flat out, at a constant speed, or flat out to a moment and then at a speed.

The pace only decides when the driver may raise a watermark, never what happens in simulated time.
"""

from collections.abc import Callable
from dataclasses import dataclass

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.simtime import SimTime
from shinsei.season.wishes import MAX_SPEED, Wished, nothing_wished


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceSpec:
    """The wanted speed."""

    speed: float | None = None
    """Simulated over real seconds; None for as fast as the stack allows."""
    fast_until: SimTime | None = None
    """Up to this moment the season runs flat out whatever the speed."""

    def __post_init__(self) -> None:
        if self.speed is not None and not 0 < self.speed <= MAX_SPEED:
            problem = f"{self.speed:g} is no factor above 0 and up to {MAX_SPEED:,.0f}; max is as fast as it can"
            raise InvalidInputError("--speed", problem)


class Pace:
    """One pace for all twins, so that they live through the same simulated evening together."""

    def __init__(self, spec: PaceSpec, now_ms: Callable[[], int], wished: Wished = nothing_wished) -> None:
        self.spec = spec
        self._wished = wished
        self._now_ms = now_ms
        self._anchor: tuple[int, SimTime] | None = None
        self._lowest: SimTime | None = None
        self._wish: float | None = None

    def begin(self, at: SimTime) -> None:
        """The season starts, or goes on, at this moment."""
        self._lowest = at
        if self.spec.fast_until is None or at >= self.spec.fast_until:
            self._anchor = (self._now_ms(), at)

    def observe(self, lowest_watermark: SimTime) -> None:
        """Tells how far every twin has come; the slow part begins once all have reached its start."""
        self._lowest = lowest_watermark
        fast_until = self.spec.fast_until
        if self._wish is None and self._anchor is None and fast_until is not None and lowest_watermark >= fast_until:
            self._anchor = (self._now_ms(), fast_until)

    def wish(self, speed: float | None) -> None:
        """The operations room wants another speed from now on: 0 pauses, None is what was asked at first."""
        if speed == self._wish or self._lowest is None:
            return
        self._wish = speed
        is_fast_again = speed is None and self.spec.fast_until is not None and self._lowest < self.spec.fast_until
        self._anchor = None if is_fast_again else (self._now_ms(), self._lowest)

    def limit(self) -> SimTime | None:
        """The latest moment that a frontier may have now; None for no limit."""
        self.wish(self._wished())
        if self._wish is not None and self._anchor is not None:
            real, sim = self._anchor
            return SimTime(sim + int((self._now_ms() - real) * self._wish))
        if self.spec.speed is None:
            return None
        if self._anchor is None:
            return self.spec.fast_until
        real, sim = self._anchor
        return SimTime(sim + int((self._now_ms() - real) * self.spec.speed))
