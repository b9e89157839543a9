"""The stack on which is measured: one that is up, or one of its own, fresh, for the time of a measurement."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shinsei.stack import Stack, StackError, purge, stop, up
from shinsei.stack.paths import default_home


def end_in_order() -> None:
    """Whoever is told to end takes the stack along, as with Ctrl-C."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


@contextmanager
def standing(home: Path | None) -> Iterator[Stack]:
    """The stack of a home, which must be up; without one, a stack on free ports that is gone afterwards.

    Raises:
        StackError: there is none, or it does not start.
    """
    if home is not None:
        found = Stack.find(home)
        if found is None:
            raise StackError(f"no stack is up in {home}: `shinsei up --home {home}`")
        yield found
        return
    place = default_home() / "bench"
    stop(place)
    purge(place)
    print(f"starting a stack in {place}", flush=True)
    end_in_order()
    try:
        yield up(place, ports="free")
    finally:
        stop(place)
        purge(place)
