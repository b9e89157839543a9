"""The generator's clock: wall time that never jumps, so that moments of several processes can be compared."""

import time

_WALL_AT_ZERO = time.time() - time.monotonic()


def now_s() -> float:
    """Seconds since the Unix epoch, by the monotonic clock."""
    return _WALL_AT_ZERO + time.monotonic()
