"""The clock of the page: what came back, how far it is behind what was filed, how fast simulated time goes.

A season has one sequencer, its command, which raises the root watermark as soon as its pace and the stack let it. It
signs on nowhere: that it has gone is seen by a watermark that stays where it is though nothing holds it.
"""

from collections.abc import Sequence
from typing import Any, Final

from shinsei.domain.polling import next_poll
from shinsei.domain.simtime import SimTime, isoformat
from shinsei.room.twins import Twin, office_now
from shinsei.season.drive import STEPS_PER_LOOKAHEAD

_SPEED_OVER_S: Final = 20.0
_LATELY_S: Final = 4.0
"""Real time over which it shows whether a season goes flat out: one look is too few, since a step may be slow."""
LEFT_AFTER_S: Final = 30.0
"""Real seconds after which a season that could go on and does not has nobody who drives it; a driver takes one."""
STALLED_AFTER_S: Final = 30.0
"""Real seconds without anything coming back, though something is out, after which it is told; a poll takes one [A]."""


class Trail:
    """The root watermarks of lately, for the speed: what came back would do steps, from poll to poll."""

    def __init__(self) -> None:
        self._points: list[tuple[float, SimTime]] = []

    def reaches(self, now: SimTime, at_s: float) -> None:
        """The root watermark is here at this real moment; one that was further on is of another season."""
        self._points = [one for one in self._points if one[0] > at_s - _SPEED_OVER_S and one[1] <= now]
        self._points.append((at_s, now))

    @property
    def speed(self) -> float:
        """Simulated over real seconds, of the last while; 0 where nothing has been seen before."""
        return self._since(self._points[0]) if self._points else 0.0

    @property
    def lately(self) -> float | None:
        """The same of the last few seconds; None where so many have not been seen yet."""
        known = [one for one in self._points if one[0] <= self._points[-1][0] - _LATELY_S]
        return self._since(known[-1]) if known else None

    def _since(self, first: tuple[float, SimTime]) -> float:
        last = self._points[-1]
        return round((last[1] - first[1]) / 1000 / (last[0] - first[0]), 1) if last[0] > first[0] else 0.0


class Drive:
    """Whether a season has a driver still."""

    def __init__(self) -> None:
        self._marks: list[tuple[str, SimTime, SimTime, int]] = []
        self._since_s = 0.0

    def is_left(self, at_s: float, twins: Sequence[Twin], *, is_paused: bool) -> bool:
        """Whether it could have gone on for a while, and has not."""
        those = [(twin.key, twin.progress) for twin in twins]
        marks = [(key, one.frontier, one.watermark, one.accepted) for key, one in those]
        if is_paused or marks != self._marks or not _waits_for_its_driver(twins):
            self._marks, self._since_s = marks, at_s
        return at_s - self._since_s >= LEFT_AFTER_S


def _waits_for_its_driver(twins: Sequence[Twin]) -> bool:
    """Whether somebody has to go on, and the stack holds none of them back."""
    return any(map(_is_to_go_on, twins)) and not any(map(_is_held, twins))


def _is_to_go_on(twin: Twin) -> bool:
    """Whether it has begun, and its end has not come back."""
    return twin.spec.start < twin.progress.watermark and twin.progress.returned < twin.spec.end


def _is_held(twin: Twin) -> bool:
    """Whether its driver could do nothing but wait for what comes back."""
    progress, spec = twin.progress, twin.spec
    all_filed = progress.watermark >= next_poll(spec, SimTime(spec.end - 1))
    ahead_ms = progress.watermark - progress.returned
    return _is_to_go_on(twin) and (all_filed or ahead_ms > spec.lookahead_ms / STEPS_PER_LOOKAHEAD)


class Returns:
    """Whether what was filed comes back: seen here, so that it is told at any speed, and without a Prometheus too."""

    def __init__(self) -> None:
        self._since: dict[str, tuple[SimTime, float]] = {}

    def stalled(self, at_s: float, twins: Sequence[Twin]) -> list[str]:
        """Keys of the runs of which something is out, and nothing has come back for a while."""
        known, self._since = self._since, {}
        for twin in twins:
            returned = twin.progress.returned
            before, since_s = known.get(twin.key, (returned, at_s))
            self._since[twin.key] = (returned, since_s if _is_out(twin) and returned == before else at_s)
        return [key for key, (_, since_s) in self._since.items() if at_s - since_s >= STALLED_AFTER_S]


def _is_out(twin: Twin) -> bool:
    """Whether something of it has not come back. With a poll everything does, up to the next one."""
    return _is_to_go_on(twin) and twin.progress.returned < twin.progress.watermark


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
