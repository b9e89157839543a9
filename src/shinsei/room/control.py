"""What a reader of the page may do who knows the token: set the speed of what is open."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from shinsei.domain.errors import ConflictError, InvalidInputError
from shinsei.domain.run import Pacing, RunSpec
from shinsei.season.gateway import Gateway
from shinsei.season.wishes import wish_speed


class Control:
    """Pauses and speeds up: a season by a wish that its driver reads, a standing run at the portal's clock."""

    def __init__(self, gateway: Gateway, pace_file: Path, open_runs: Callable[[], Awaitable[list[RunSpec]]]) -> None:
        self._gateway = gateway
        self._pace_file = pace_file
        self._open_runs = open_runs

    async def act(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Sets ``speed``: 0 pauses, null is what a season was started with.

        Raises:
            InvalidInputError: no speed.
            ConflictError: no run is open.
        """
        speed = _speed(wanted)
        specs = await self._open_runs()
        if not specs:
            raise ConflictError("no run is open")
        if specs[0].pacing is Pacing.DRIVER:
            wish_speed(self._pace_file, speed)
        elif speed is None:
            raise InvalidInputError("speed", "a standing run has none to go back to")
        else:
            for spec in specs:
                await self._gateway.set_clock(spec, speed)
        return {"speed": speed, "runs": [spec.municipality for spec in specs]}


def _speed(wanted: dict[str, Any]) -> float | None:
    if "speed" not in wanted:
        raise InvalidInputError("speed", "is missing")
    speed = wanted["speed"]
    if speed is None:
        return None
    if isinstance(speed, bool) or not isinstance(speed, int | float):
        raise InvalidInputError("speed", "must be a number, or null")
    try:
        return float(speed)
    except OverflowError:
        raise InvalidInputError("speed", "is more than any clock can do") from None
