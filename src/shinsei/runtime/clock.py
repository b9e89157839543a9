"""Real time, and the pacing of simulated time by it.

The only place where a service asks what time it is. Simulated time of events is never taken from here, except by the
portal for a run that its own clock paces.
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Protocol

from shinsei.domain.simtime import SimTime

sleep = asyncio.sleep
"""Wait in real time; here so that nothing else needs ``asyncio.sleep``."""


class Clock(Protocol):
    """Whoever knows the real time."""

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch."""
        ...

    def monotonic_s(self) -> float:
        """Seconds on a clock that never goes back, for durations."""
        ...


class RealClock:
    """The machine's clock."""

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch."""
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        """Seconds on a clock that never goes back."""
        return time.monotonic()


@dataclass(frozen=True, slots=True, kw_only=True)
class SimClock:
    """Simulated time as a straight line over real time; only paces a run."""

    anchor_real_ms: int
    anchor_sim: SimTime
    speed: float
    """Simulated over real seconds; 0 stands still."""

    def at(self, real_ms: int) -> SimTime:
        """Simulated time at a moment of real time."""
        return SimTime(self.anchor_sim + int((real_ms - self.anchor_real_ms) * self.speed))

    def now(self, clock: Clock) -> SimTime:
        """Simulated time now."""
        return self.at(clock.now_ms())

    def real_ms_until(self, at: SimTime, real_ms: int) -> float:
        """Real milliseconds from ``real_ms`` until ``at``; infinite if the clock stands still."""
        ahead = at - self.at(real_ms)
        if ahead <= 0:
            return 0.0
        return ahead / self.speed if self.speed else float("inf")

    def with_speed(self, speed: float, real_ms: int) -> "SimClock":
        """The same clock going on at another speed from now."""
        return SimClock(anchor_real_ms=real_ms, anchor_sim=self.at(real_ms), speed=speed)
