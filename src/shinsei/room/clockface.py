"""The clock of the page: what came back, how far it is behind what was filed, and how fast simulated time goes."""

from collections.abc import Sequence
from typing import Any, Final

from shinsei.domain.simtime import SimTime, isoformat
from shinsei.room.twins import Twin, office_now

_SPEED_OVER_S: Final = 20.0


class Trail:
    """The moments that came back lately, for the speed."""

    def __init__(self) -> None:
        self._points: list[tuple[float, SimTime]] = []

    def speed(self, at_s: float, now: SimTime) -> float:
        """Simulated over real seconds, of the last while."""
        self._points = [one for one in self._points if one[0] > at_s - _SPEED_OVER_S and one[1] <= now]
        self._points.append((at_s, now))
        (first_s, first), (last_s, last) = self._points[0], self._points[-1]
        return round((last - first) / 1000 / (last_s - first_s), 1) if last_s > first_s else 0.0


def clockface(twins: Sequence[Twin], *, speed: float, wished: float | None, can_control: bool) -> dict[str, Any]:
    """The clock as the page reads it; of several runs the one that is furthest behind tells the time."""
    now = SimTime(min(twin.progress.returned for twin in twins))
    filed = SimTime(min(twin.progress.watermark for twin in twins))
    return {
        "now": isoformat(now),
        "filed": isoformat(filed),
        "behind_s": max(0, filed - now) // 1000,
        "speed": speed,
        "wished": wished,
        "can_control": can_control,
        "office": office_now(twins[0].spec, now),
    }
