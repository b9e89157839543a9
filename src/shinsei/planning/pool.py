"""Work spread over processes, its results in the order of the tasks, whatever finishes first.

Fresh processes, never forked ones: a planner may be called where threads run already. They end with whoever
started them, also if that one is killed, and Ctrl-C ends them without a word.
"""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from types import TracebackType
from typing import Self, TypeVar

from shinsei.domain.errors import UnavailableError
from shinsei.runtime.spawned import end_with_parent

T = TypeVar("T")
R = TypeVar("R")

_AHEAD = 2
"""Tasks handed out a process: one at work and one waiting, so that stopping early wastes little."""


class StoppedError(Exception):
    """The work was given up from elsewhere."""


class Workers:
    """A number of processes; with one, the work is done in this process."""

    def __init__(self, jobs: int = 1, *, niceness: int = 0) -> None:
        """Takes the number of processes, and by how much they give way to others."""
        self.jobs = jobs
        self._stopped = False
        self._pool: ProcessPoolExecutor | None = None
        if jobs > 1:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(niceness,))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def stop(self) -> None:
        """Gives up, from whichever thread: whoever waits for a result gets a ``StoppedError`` with the next one."""
        self._stopped = True

    def in_order(self, work: Callable[[T], R], tasks: Iterable[T]) -> Iterator[R]:
        """The results of the tasks, in their order; whoever stops asking stops the work.

        Args:
            work: a function of a module; task and result travel between processes.
            tasks: taken as they are needed, and may be endless.

        Raises:
            UnavailableError: a process was killed, by lack of memory as a rule.
        """
        if self._pool is None:
            for task in tasks:
                if self._stopped:
                    raise StoppedError
                yield work(task)
            return
        coming = iter(tasks)
        waiting: deque[Future[R]] = deque()
        try:
            self._hand_out(waiting, work, coming, self.jobs * _AHEAD)
            while waiting:
                result = waiting.popleft().result()
                if self._stopped:
                    raise StoppedError
                self._hand_out(waiting, work, coming, 1)
                yield result
        except BrokenProcessPool:
            raise UnavailableError("a process was killed; there may be too little memory for --jobs") from None
        finally:
            for future in waiting:
                future.cancel()

    def _hand_out(self, waiting: "deque[Future[R]]", work: Callable[[T], R], tasks: Iterator[T], count: int) -> None:
        if self._pool is not None:
            waiting.extend(self._pool.submit(work, task) for task in islice(tasks, count))


def _begin(niceness: int) -> None:
    os.nice(niceness)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    end_with_parent()
