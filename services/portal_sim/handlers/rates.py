"""How often a client may call: so many calls a second of real time on average, and those of one second at once."""

from portal_sim.handlers.ports import RealClock
from shinsei.runtime.errors import OverloadedError


class Rate:
    """The allowance of one client; it fills as time goes on."""

    def __init__(self, per_s: float, real: RealClock) -> None:
        self._per_ms = per_s / 1000
        self._most = max(per_s, 1.0)
        self._left = self._most
        self._real = real
        self._seen_ms = real.now_ms()

    def take(self) -> None:
        """One call.

        Raises:
            OverloadedError: not now; it says when.
        """
        now_ms = self._real.now_ms()
        self._left = min(self._most, self._left + max(0, now_ms - self._seen_ms) * self._per_ms)
        self._seen_ms = now_ms
        if self._left < 1:
            raise OverloadedError("this client calls too often", int((1 - self._left) / self._per_ms) + 1)
        self._left -= 1
