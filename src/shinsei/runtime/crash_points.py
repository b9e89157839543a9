"""Crash points: the numbered steps between an effect and its commit at which a process can be made to die.

Off unless the setting ``crash_points`` names a file that is there when the process starts. Each line of it is a point,
by name or number, and how many times it is passed before (``outbox 10``). The first line counts: where it is reached
it is taken from the file, and the process dies as by ``kill -9``. Started again, it goes on with the next line.
"""

import os
import signal
from enum import IntEnum
from pathlib import Path
from typing import Final

import structlog

from shinsei.runtime.errors import StartError

log = structlog.get_logger(__name__)


class CrashPoint(IntEnum):
    """The steps, in the order in which one message passes them."""

    TAKEN = 1
    """A batch has come from Kafka; nothing has been done about it."""
    EFFECT = 2
    """The effect is in the transaction, its messages are not."""
    OUTBOX = 3
    """Its messages are in the transaction too."""
    UNCOMMITTED = 4
    """All statements of a transaction are done; it is not committed."""
    COMMITTED = 5
    """It is committed; nobody knows yet."""
    PUBLISHED = 6
    """Kafka has messages of the outbox, which still has them as well."""
    FORGOTTEN = 7
    """The outbox has let go of them."""
    HANDLED = 8
    """A batch is handled; its offset is not committed."""
    OFFSET = 9
    """The offset is committed."""


class CrashPlan:
    """What is left to happen in a process and those that follow it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        self._next: CrashPoint | None = None
        self._passes = 0
        for line in reversed(self._lines):
            self._next, self._passes = parse(line)

    def reach(self, point: CrashPoint) -> None:
        """Die here if it is time."""
        if point is not self._next:
            return
        if self._passes:
            self._passes -= 1
            return
        log.warning("crash_point", point=point.name.lower(), number=int(point))
        rest = self._file.with_suffix(".rest")
        rest.write_text("".join(f"{line}\n" for line in self._lines[1:]), encoding="utf-8")
        rest.replace(self._file)
        os.kill(os.getpid(), signal.SIGKILL)


def parse(line: str) -> tuple[CrashPoint, int]:
    """A point and how many times it is passed before.

    Raises:
        StartError: it is neither.
    """
    try:
        name, passes = line.split()
        return CrashPoint(int(name)) if name.isdigit() else CrashPoint[name.upper()], int(passes)
    except (KeyError, ValueError):
        known = ", ".join(f"{one} {one.name.lower()}" for one in CrashPoint)
        raise StartError(
            f"{line!r} is no crash point and number of passes (there are {known})", setting=SETTING
        ) from None


SETTING: Final = "crash_points"

_plan: CrashPlan | None = None


def arm(file: Path | None) -> None:
    """Take up what is to happen in this process; without a file nothing is, and a point costs a look at one name.

    Raises:
        StartError: the file cannot be read.
    """
    global _plan  # noqa: PLW0603 - one process has one fate
    try:
        _plan = CrashPlan(file) if file is not None and file.exists() else None
    except OSError as error:
        raise StartError(f"{file} cannot be read ({error.strerror})", setting=SETTING) from error


def reach(point: CrashPoint) -> None:
    """This process has come to a point."""
    if _plan is not None:
        _plan.reach(point)


def is_armed() -> bool:
    """Whether anything is to happen in this process."""
    return _plan is not None
