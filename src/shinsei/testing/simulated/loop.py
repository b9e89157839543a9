"""An event loop in virtual time, for several processes at once.

Time stands still while anybody has something to do, and then jumps to the next timer. Each process has its own queue,
which goes in order, as in a loop of its own; whose turn it is, chance decides. A process that dies takes its queue with
it: nothing in it runs on, no ``finally`` and no ``except``.
"""

import asyncio
import contextlib
import warnings
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")


class Process:
    """A process: what it has to do next, and whether it lives."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_alive = True
        self.is_frozen = False
        self.queue: deque[asyncio.Handle] = deque()
        self.tasks: list[asyncio.Task[Any]] = []
        """All that it ever began: held, so that none is collected, and so goes on, before the end of the story."""


_PROCESS: ContextVar[Process | None] = ContextVar("process", default=None)


def current() -> Process | None:
    """The process that runs, if one does."""
    return _PROCESS.get()


class Stuck(RuntimeError):  # noqa: N818 - it is the world that is stuck
    """Nothing will ever happen again, or no end is in sight."""


class VirtualLoop(asyncio.BaseEventLoop):
    """The loop.

    Args:
        chance: whose turn it is.
        most_s: virtual seconds after which no end is in sight any more.
        most_steps: the same in steps.
    """

    def __init__(self, chance: Random, *, most_s: float = 600.0, most_steps: int = 1_000_000) -> None:
        super().__init__()
        self.now_s = 0.0
        self.steps = 0
        self.switches = 0
        """How often another process had its turn than before."""
        self._draw = chance.random
        self._most_s = most_s
        self._most_steps = most_steps
        self._busy: list[Process] = []
        self._outside = Process("outside")
        self._last = self._outside
        self._is_over = False
        self._timers: list[tuple[float, int, Process, asyncio.TimerHandle]] = []
        self._order = count()
        self._stopped = False
        self.set_exception_handler(_say_nothing)

    def time(self) -> float:
        """Virtual seconds since the beginning."""
        return self.now_s

    def context_of(self, process: Process, *values: tuple[ContextVar[Any], Any]) -> Context:
        """A context in which everything belongs to a process."""
        context = copy_context()
        context.run(_PROCESS.set, process)
        for variable, value in values:
            context.run(variable.set, value)
        return context

    def create_task(  # type: ignore[override] # the base class takes any name
        self, coro: Any, *, name: str | None = None, context: Context | None = None
    ) -> asyncio.Task[Any]:
        """A task of the current process, or of that of the context."""
        task: asyncio.Task[Any] = super().create_task(coro, name=name, context=context)
        self._owner(context or copy_context()).tasks.append(task)
        return task

    def stop(self) -> None:
        """Ends the running."""
        self._stopped = True
        super().stop()

    def call_soon(  # type: ignore[override] # the base class is generic in what it passes on
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Puts a callback into the queue of its process."""
        context = context or copy_context()
        handle = asyncio.Handle(callback, args, self, context)
        self._queue(self._owner(context), handle)
        return handle

    def call_at(  # type: ignore[override] # likewise
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Puts a callback there at a moment; at the same one in the order of asking."""
        context = context or copy_context()
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        heappush(self._timers, (max(when, self.now_s), next(self._order), self._owner(context), timer))
        return timer

    call_soon_threadsafe = call_soon  # type: ignore[assignment] # there is one thread

    def run_in_executor(  # type: ignore[override] # the base class is generic in what it passes on
        self, executor: Any, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """Does the work of a thread at once."""
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - whoever waits for the thread gets it
            future.set_exception(error)
        return future

    def kill(self, process: Process) -> None:
        """Ends a process where it stands."""
        process.is_alive = False
        self._drop(process)
        process.queue.clear()

    def freeze(self, process: Process, for_s: float, context: Context) -> None:
        """Lets a process stand still for a while."""
        process.is_frozen = True
        self._drop(process)
        self.call_later(for_s, self._thaw, process, context=context)

    def bury(self, processes: list[Process]) -> None:
        """At the end of a story, closes what dead and living processes left behind, in silence."""
        self._is_over = True
        with warnings.catch_warnings():
            # What clean-up code begins now has no loop to run in.
            warnings.simplefilter("ignore", RuntimeWarning)
            for process in [*processes, self._outside]:
                process.is_alive = False
                for task in process.tasks:
                    _close(task)
                process.tasks.clear()

    def _asyncgen_finalizer_hook(self, agen: Any) -> None:
        """A generator that nobody reads any more is closed by whoever let go of it, unless the story is over."""
        if not self._is_over:
            super()._asyncgen_finalizer_hook(agen)  # type: ignore[misc] # of the base class

    def _owner(self, context: Context) -> Process:
        return context.get(_PROCESS) or self._outside

    def _queue(self, process: Process, handle: asyncio.Handle) -> None:
        if not process.is_alive:
            return
        if not process.queue and not process.is_frozen:
            self._busy.append(process)
        process.queue.append(handle)

    def _drop(self, process: Process) -> None:
        with contextlib.suppress(ValueError):
            self._busy.remove(process)

    def _thaw(self, process: Process) -> None:
        process.is_frozen = False
        if process.queue and process.is_alive:
            self._busy.append(process)

    def _run_once(self) -> None:
        """Runs until somebody says stop."""
        busy, timers, draw = self._busy, self._timers, self._draw
        self._stopped = False
        while not self._stopped:
            if not busy or (timers and timers[0][0] <= self.now_s):
                self._ring()
            place = int(draw() * len(busy)) if len(busy) > 1 else 0
            process = busy[place]
            handle = process.queue.popleft()
            if not process.queue:
                busy[place] = busy[-1]
                busy.pop()
            self.steps += 1
            self.switches += process is not self._last
            self._last = process
            if not handle.cancelled():
                handle._run()  # noqa: SLF001 - a loop runs handles, and they have no other way
            if self.steps > self._most_steps:
                raise Stuck(f"no end after {self.steps:,} steps")

    def _ring(self) -> None:
        """Queues what is due; if that is nothing and nobody has anything to do, lets time pass."""
        timers = self._timers
        while True:
            while timers and (timers[0][0] <= self.now_s or timers[0][3].cancelled()):
                _, _, process, timer = heappop(timers)
                if not timer.cancelled():
                    self._queue(process, timer)
            if self._busy:
                return
            if not timers:
                raise Stuck("nothing will ever happen again")
            self.now_s = timers[0][0]
            if self.now_s > self._most_s:
                raise Stuck(f"no end after {self.now_s:,.0f} virtual seconds")

    def _process_events(self, event_list: Any) -> None:
        """There is nothing outside that could happen."""

    def _write_to_self(self) -> None:
        """There is one thread."""


def _close(task: asyncio.Task[Any]) -> None:
    """Ends a task that will never go on."""
    if task.done():
        return
    task._log_destroy_pending = False  # type: ignore[attr-defined] # noqa: SLF001 - kill -9 leaves tasks pending
    with contextlib.suppress(BaseException):
        coroutine: Coroutine[Any, Any, Any] = task.get_coro()  # type: ignore[assignment]
        coroutine.close()


def _say_nothing(_: asyncio.AbstractEventLoop, __: dict[str, Any]) -> None:
    """What nobody asks for any more is no error of the story; what matters shows in the trace."""
