"""Wall time that never jumps, for whoever waits, paces or measures beside the services for hours.

A clock that is set meanwhile would hold a paced season back for as long, or make silent whoever has just spoken.
"""

from collections.abc import Callable

from shinsei.runtime.clock import Clock


def steady_ms(clock: Clock) -> Callable[[], int]:
    """What a clock shows now, in milliseconds, going on by the clock that nobody sets."""
    ahead_ms = clock.now_ms() - clock.monotonic_s() * 1e3
    return lambda: int(ahead_ms + clock.monotonic_s() * 1e3)
