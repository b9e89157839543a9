"""Real time: the only place where a service asks what time it is.

Simulated time of events is never taken from here, except by the portal for a run that its own clock paces.
"""

import asyncio
import time
from typing import Protocol

sleep = asyncio.sleep
"""Wait in real time; here so that nothing else needs ``asyncio.sleep``."""

_skew_ms = 0


def skew(by_ms: int) -> None:
    """Let every clock of this process go wrong by so much: a fault flag. Durations are not touched."""
    global _skew_ms  # noqa: PLW0603 - one machine has one clock
    _skew_ms = by_ms


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
        return time.time_ns() // 1_000_000 + _skew_ms

    def monotonic_s(self) -> float:
        """Seconds on a clock that never goes back."""
        return time.monotonic()
