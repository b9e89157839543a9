"""Fault flags for tests: allowed for the length of a block, all cleared at its end."""

from collections.abc import Iterator
from contextlib import contextmanager

from shinsei.runtime.faults import BOARD, Board


@contextmanager
def fault_flags(service: str) -> Iterator[Board]:
    """The board of this process, as that of a service that was started with fault flags."""
    BOARD.allow(service)
    try:
        yield BOARD
    finally:
        BOARD.allow("")
