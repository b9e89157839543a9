"""Faults of the machine that a service runs on: its clock goes wrong, its processor is busy with something else."""

import asyncio
import time
from typing import Final

from shinsei.runtime import clock
from shinsei.runtime.faults.board import Standing

_EVERY_S: Final = 1.0


def skew_the_clock(standing: Standing | None) -> None:
    """The clock goes wrong by the seconds of the flag, and right again without it."""
    if standing is not None:
        standing.strike()
    clock.skew(0 if standing is None else standing.value * 1_000)


def block_the_loop(standing: Standing | None) -> None:
    """Once a second nothing else gets its turn for the milliseconds of the flag."""
    if standing is not None:
        asyncio.get_running_loop().call_soon(_block, standing)


def _block(standing: Standing) -> None:
    if standing.over.is_set():
        return
    standing.strike()
    time.sleep(standing.value / 1_000)
    asyncio.get_running_loop().call_later(_EVERY_S, _block, standing)
