"""One process that works things out beside the room, at the lowest priority: it gives way to everything else.

It is spawned, never forked, and ends with the room: by itself when the room has gone, at once when it is told to. It
has a session of its own, since a session is what has a priority (``runtime.priority``), and the room keeps its own. One
that does not answer in time is killed and started anew: nobody may wait for it for ever.
"""

import asyncio
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Final, TypeVar

from shinsei.domain.errors import UnavailableError
from shinsei.room import metrics
from shinsei.runtime.priority import give_way
from shinsei.runtime.reference_cycles import search_rarely
from shinsei.runtime.spawned import end_with_parent

T = TypeVar("T")

PATIENCE_S: Final = 600.0
"""Real time for one piece of work: four times what a remedy takes of a processor for a city of 3.7 million [A]."""


class Worker:
    """Does one piece of work at a time; started when it is first asked, and anew after it was killed."""

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        """Takes the real time that one piece of work may take."""
        self._patience_s = patience_s
        self._process: multiprocessing.process.BaseProcess | None = None
        self._line: Connection | None = None

    async def ask(self, work: Callable[..., T], *arguments: Any) -> tuple[T, float]:
        """The result of a function of a module, and the seconds of a processor that it took.

        Raises:
            UnavailableError: the process was killed, the work failed, or it took too long.
        """
        return await asyncio.to_thread(self._ask, work, arguments)

    def end(self) -> None:
        """Ends it, whatever it is at."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None

    def _ask(self, work: Callable[..., T], arguments: tuple[Any, ...]) -> tuple[T, float]:
        line = self._opened()
        try:
            line.send((work, arguments))
            if not line.poll(self._patience_s):
                self.end()
                metrics.ASKED.labels("overdue").inc()
                raise UnavailableError(f"no forecast in {self._patience_s:g} s; its process is begun anew")
            done, result, cpu_s = line.recv()
        except (OSError, EOFError):
            self.end()
            metrics.ASKED.labels("gone").inc()
            raise UnavailableError("the process that works out the forecast has gone") from None
        metrics.ASKED.labels("done" if done else "failed").inc()
        if not done:
            raise UnavailableError(result)
        return result, cpu_s

    def _opened(self) -> Connection:
        if self._process is None or self._line is None or not self._process.is_alive():
            context = multiprocessing.get_context("spawn")
            self._line, far_end = context.Pipe()
            self._process = context.Process(target=_serve, args=(far_end,), daemon=True)
            self._process.start()
            far_end.close()
        return self._line


def _serve(line: Connection) -> None:
    os.setsid()
    give_way()
    search_rarely()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()  # whoever ends the room's session does not reach this one
    while True:
        try:
            work, arguments = line.recv()
        except EOFError:
            return
        began_s = time.process_time()
        try:
            done, result = True, work(*arguments)
        except Exception as error:  # noqa: BLE001 - the room tells it
            done, result = False, f"{type(error).__name__}: {error}"
        line.send((done, result, time.process_time() - began_s))
