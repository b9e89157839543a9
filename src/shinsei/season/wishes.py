"""The speed that somebody in the operations room wants of a season: a small file in the home of the stack.

A season looks at it whenever it asks how far it may go; it decides the pace and nothing else.
"""

import json
from collections.abc import Callable
from math import isfinite
from pathlib import Path

from shinsei.domain.errors import InvalidInputError, UnavailableError

Wished = Callable[[], float | None]
"""The speed wanted now: 0 stands still, None is what the season was started with."""
MAX_SPEED = 1e7


def nothing_wished() -> float | None:
    """A season that nobody watches."""
    return None


def wished_speed(file: Path) -> float | None:
    """What the file says; None where there is none, or where it cannot be read."""
    try:
        speed = json.loads(file.read_text(encoding="utf-8"))["speed"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return float(speed) if isinstance(speed, int | float) and isfinite(speed) and 0 <= speed <= MAX_SPEED else None


def wish_speed(file: Path, speed: float | None) -> None:
    """Leave a wish; None takes it back.

    Raises:
        InvalidInputError: no speed.
        UnavailableError: the disk is full, or the file may not be written.
    """
    if speed is not None and not (isfinite(speed) and 0 <= speed <= MAX_SPEED):
        raise InvalidInputError("speed", f"must be from 0 (stands still) to {MAX_SPEED:,.0f}, not {speed:g}")
    try:
        if speed is None:
            file.unlink(missing_ok=True)
            return
        new = file.with_suffix(".new")
        new.write_text(json.dumps({"speed": speed}), encoding="utf-8")
        new.replace(file)
    except OSError as error:
        raise UnavailableError(f"the wish cannot be left in {file}: {error.strerror or error}") from error
