"""Real time: the only place where a service asks what time it is.

Simulated time of events is never taken from here, except by the portal for a run that its own clock paces.
"""

import asyncio
import time
from typing import Protocol

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
