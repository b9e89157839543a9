"""The life of a service process: start in order, serve, stop gracefully, leave with an honest exit code."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, runtime_checkable

import structlog
import uvloop

from shinsei.domain.errors import ShinseiError
from shinsei.runtime import tracing
from shinsei.runtime.crash_points import arm
from shinsei.runtime.errors import StartError
from shinsei.runtime.faults import BOARD
from shinsei.runtime.held import hold
from shinsei.runtime.observability import configure_logging, silence, start_metrics
from shinsei.runtime.reference_cycles import search_rarely
from shinsei.runtime.retry import describe
from shinsei.runtime.settings import ServiceSettings

log = structlog.get_logger(__name__)

S = TypeVar("S", bound=ServiceSettings)

STOP_TIMEOUT_S = 15.0
"""What a component may take to stop before the next one is stopped."""
STOP_WITHIN_S = 75.0
"""What all of them together may take, so that whoever has asked a service to stop knows how long to wait: this, and a
component's time more for traces and what is under way (``stop_grace_period`` and its like in ``deploy``)."""
_AT_LEAST_S = 0.5
"""Even the last of many that hang is asked to let go."""


class Component(Protocol):
    """A part of a service that lives as long as it."""

    async def start(self) -> None:
        """Be ready when this returns."""
        ...

    async def stop(self) -> None:
        """Finish what has been begun and let go; may be called without a start."""
        ...


@runtime_checkable
class Beginning(Protocol):
    """A component that is told when all of them have started."""

    async def began(self) -> None:
        """Tell others."""
        ...


@runtime_checkable
class Draining(Protocol):
    """A component that stops taking on work before anything is stopped (health becomes NOT_SERVING)."""

    async def drain(self) -> None:
        """Take on nothing new."""
        ...


@runtime_checkable
class Watched(Protocol):
    """A component that can fail while the service runs."""

    async def watch(self) -> None:
        """Return when it has ended; raise when it has failed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service as its composition root builds it."""

    name: str
    """Package name; the prefix of its settings."""
    components: tuple[Component, ...]
    """In the order of starting; stopped in reverse."""


class BackgroundTask:
    """Runs one coroutine for the life of the service; never restarts it, and its failure stops the service."""

    def __init__(self, name: str, body: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._name = name
        self._body = body
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._body(), name=self._name)

    async def stop(self) -> None:
        """Cancel and wait."""
        if self._task is not None:
            await cancel(self._task)

    async def watch(self) -> None:
        """End with the coroutine; raise what it raised."""
        if self._task is not None:
            await asyncio.wait({self._task})
            if not self._task.cancelled():
                self._task.result()


async def cancel(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks and wait until they are gone; what they raised is not of interest any more."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def run(build: Callable[[S], Service], settings: S) -> None:
    """Run a service until SIGTERM or SIGINT; ends the process.

    Exit code 0 after a signal; 1, with one clear line, when it could not start or failed while running.
    """
    try:
        service = build(settings)
        arm(settings.crash_points)
        BOARD.allow(service.name if settings.fault_flags else "")
    except ShinseiError as error:
        _complain("service", error)
        raise SystemExit(1) from None
    configure_logging(service.name, settings.log_format, settings.log_level)
    search_rarely()
    hold()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        raise SystemExit(runner.run(serve(service, settings)))


async def serve(service: Service, settings: ServiceSettings, stop: asyncio.Event | None = None) -> int:
    """Start, wait and stop; returns the exit code. ``stop`` takes the place of the signals in tests."""
    stopping = stop or _stop_on_signals()
    started: list[Component] = []
    try:
        try:
            metrics_port = _start_telemetry(service, settings)
            if not await _start(service, started, stopping):
                return 0
        except Exception as error:
            if not isinstance(error, ShinseiError):
                log.critical("start_failed", error=describe(error), exc_info=error)
            _complain(service.name, error)
            return 1
        log.info("service_started", metrics_port=metrics_port)
        return await _wait(service, stopping)
    finally:
        await _stop(started)
        await asyncio.to_thread(tracing.shut_down)
        log.info("service_stopped")


def _start_telemetry(service: Service, settings: ServiceSettings) -> int | None:
    """Traces and metrics; the port of the latter."""
    if not settings.telemetry:
        silence()
        return None
    tracing.configure(service.name, settings.traces_to, settings.traces_share)
    return start_metrics(settings.metrics_port, settings.metrics_host)


async def _start(service: Service, started: list[Component], stopping: asyncio.Event) -> bool:
    """Start every component; False if a signal came in between."""
    for component in service.components:
        started.append(component)
        starting = asyncio.ensure_future(component.start())
        signalled = asyncio.create_task(stopping.wait())
        await asyncio.wait({starting, signalled}, return_when=asyncio.FIRST_COMPLETED)
        signalled.cancel()
        if not starting.done():
            await cancel(starting)
            return False
        starting.result()
    for component in service.components:
        if isinstance(component, Beginning):
            await component.began()
    return True


async def _wait(service: Service, stopping: asyncio.Event) -> int:
    """Wait for a signal (0) or for a component to fail (1)."""
    signalled = asyncio.create_task(stopping.wait(), name="signal")
    watches = [asyncio.create_task(part.watch()) for part in service.components if isinstance(part, Watched)]
    try:
        pending: set[asyncio.Task[Any]] = {signalled, *watches}
        while signalled in pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {signalled}:
                if error := task.exception():
                    log.critical("component_failed", error=describe(error), exc_info=error)
                    _complain(service.name, error)
                    return 1
        return 0
    finally:
        await cancel(signalled, *watches)


async def _stop(started: Sequence[Component]) -> None:
    until = asyncio.get_running_loop().time() + STOP_WITHIN_S
    for component in started:
        if isinstance(component, Draining):
            await _bounded(component, component.drain(), until)
    for component in reversed(started):
        await _bounded(component, component.stop(), until)


async def _bounded(component: Component, ending: Awaitable[None], until: float) -> None:
    """A component that hangs or fails while stopping must not keep the others from stopping."""
    left_s = until - asyncio.get_running_loop().time()
    try:
        await asyncio.wait_for(ending, max(min(STOP_TIMEOUT_S, left_s), _AT_LEAST_S))
    except Exception as error:  # noqa: BLE001 - whatever it is, the others must still be stopped
        log.warning("stop_failed", component=type(component).__name__, error=describe(error))


def _stop_on_signals() -> asyncio.Event:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError, RuntimeError):
            loop.add_signal_handler(number, stopping.set)
    return stopping


def _complain(service: str, error: BaseException) -> None:
    """The one line for whoever started the service."""
    line = error.line(service) if isinstance(error, StartError) else f"{service}: {describe(error)}"
    print(line, file=sys.stderr, flush=True)
