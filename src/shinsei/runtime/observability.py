"""Logs and metrics: how a service says what it does.

Logs carry receipt numbers and ids, never personal data. Metrics are named ``shinsei_…`` in seconds and totals; those in
simulated seconds carry ``clock="sim"``. Labels come from closed sets only.
"""

import asyncio
import logging
import sys
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import structlog
from prometheus_client import REGISTRY, Counter, Gauge, Histogram, disable_created_metrics
from structlog.typing import EventDict, Processor, WrappedLogger

from shinsei.runtime.clock import Clock, RealClock
from shinsei.runtime.errors import StartError
from shinsei.runtime.exposition import serve
from shinsei.runtime.tracing import with_trace_id

RPC_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""For calls between machines."""

# fmt: off
STAGE_BUCKETS_S = (
    0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0,
    28_800.0, 86_400.0, 172_800.0, 259_200.0, 604_800.0, 1_209_600.0, 2_592_000.0, 5_184_000.0,
)
"""For stages at the scale of people and batch windows: from a file's twentieth of a second to a season's 60 days, with
edges on an hour, a day, and the 14 days after which a case is said to have waited too long."""
# fmt: on

SIZE_BUCKETS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
"""For batches."""

PERSONAL = frozenset(
    {"name", "birth_date", "address", "applicant", "serial_number", "resident_number", "fields", "person", "payload"}
)
"""Keys that a log event may carry only as a redaction mark."""

M = TypeVar("M", Counter, Gauge, Histogram)


def counter(name: str, documentation: str, labels: Sequence[str] = ()) -> Counter:
    """The process's counter of this name (``…_total``)."""
    return _existing(Counter, name) or Counter(name, documentation, labels)


def gauge(name: str, documentation: str, labels: Sequence[str] = ()) -> Gauge:
    """The process's gauge of this name."""
    return _existing(Gauge, name) or Gauge(name, documentation, labels)


def histogram(
    name: str, documentation: str, labels: Sequence[str] = (), buckets: Sequence[float] = RPC_BUCKETS_S
) -> Histogram:
    """The process's histogram of this name; the one place to change when Python gets native histograms."""
    return _existing(Histogram, name) or Histogram(name, documentation, labels, buckets=buckets)


def observe_all(one: Histogram, values: Mapping[float, int]) -> None:
    """Observes values with how often there are: a batch costs a step for each value, not one for each case."""
    if not is_on():
        return
    for value, count in values.items():
        one._buckets[bisect_left(one._upper_bounds, value)].inc(count)  # noqa: SLF001 - the library takes one at a time
    one._sum.inc(sum(value * count for value, count in values.items()))  # noqa: SLF001 - see above


def _existing(kind: type[M], name: str) -> M | None:
    found = REGISTRY._names_to_collectors.get(name)  # noqa: SLF001 - the registry has no public way to ask
    return found if isinstance(found, kind) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One family of metrics, as the documentation and its test see it."""

    name: str
    """As it is served: counters end in ``_total``."""
    kind: str
    labels: tuple[str, ...]
    documentation: str


def instruments() -> list[Instrument]:
    """Every family of Shinsei's own that the modules imported so far have declared, by name."""
    collectors = {id(one): one for one in REGISTRY._names_to_collectors.values()}  # noqa: SLF001 - see _existing
    found = [
        Instrument(
            name=one._name + "_total" * isinstance(one, Counter),  # noqa: SLF001 - names have no public reader
            kind=type(one).__name__.lower(),
            labels=tuple(one._labelnames),  # noqa: SLF001 - see above
            documentation=one._documentation,  # noqa: SLF001 - see above
        )
        for one in collectors.values()
        if isinstance(one, Counter | Gauge | Histogram)
    ]
    return sorted((one for one in found if one.name.startswith("shinsei_")), key=lambda one: one.name)


class _Telemetry:
    """What is on in this process."""

    is_on: bool = True


_COUNTING: Mapping[type[Counter | Gauge | Histogram], tuple[str, ...]] = {
    Counter: ("inc",),
    Gauge: ("inc", "dec", "set"),
    Histogram: ("observe",),
}


def silence() -> None:
    """Count nothing any more in this process: what is left of an instrument is a call that does nothing."""
    _Telemetry.is_on = False
    for kind, names in _COUNTING.items():
        for name in names:
            setattr(kind, name, _count_nothing)
        setattr(kind, "labels", _itself)  # noqa: B010 - a method is replaced, which mypy would not have


def is_on() -> bool:
    """Whether anything is counted in this process."""
    return _Telemetry.is_on


def _count_nothing(_instrument: Counter | Gauge | Histogram, *_amounts: Any) -> None:
    """In the place of what counts."""


def _itself(instrument: M, *_values: Any, **_labels: Any) -> M:
    """In the place of the choice of a series."""
    return instrument


def start_metrics(port: int, host: str = "127.0.0.1") -> int:
    """Serve ``/metrics``; returns the port.

    Raises:
        StartError: the port is in use.
    """
    # A second series for each counter, which says when it began, is of no use here.
    disable_created_metrics()  # type: ignore[no-untyped-call]
    try:
        return serve(port, host)
    except OSError as error:
        problem = f"metrics cannot listen on {host}:{port} ({error.strerror or error})"
        raise StartError(problem, remedy="stop what uses the port", setting="metrics_port") from error


def configure_logging(service: str, log_format: Literal["json", "console"], level: str) -> None:
    """Send everything that is logged, libraries included, to standard error in one form."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        with_trace_id,
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    ending: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if log_format == "json"
        else [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    handler.addFilter(NotAgain("aiokafka"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("aiokafka", "asyncio", "grpc"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(service=service)


class NotAgain(logging.Filter):
    """Lets a library say a thing once in a while only: in an outage aiokafka repeats itself many times a second."""

    def __init__(self, library: str, every_s: float = 10.0, clock: Clock | None = None) -> None:
        super().__init__()
        self._library = library
        self._every_s = every_s
        self._clock = clock or RealClock()
        self._said: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is logged."""
        if record.name.partition(".")[0] != self._library:
            return True
        said, now_s = (record.name, str(record.msg)), self._clock.monotonic_s()
        if now_s - self._said.get(said, -self._every_s) < self._every_s:
            return False
        self._said[said] = now_s
        return True


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace personal data that found its way into a log event."""
    for key in PERSONAL & event.keys():
        event[key] = "[redacted]"
    return event


EVENT_LOOP_LAG = histogram("shinsei_event_loop_lag_seconds", "How late the event loop wakes up (real time).")


class EventLoopLag:
    """Measures how late the event loop is: the first sign of too much work in one process."""

    def __init__(self, every_s: float = 0.5, clock: Clock | None = None) -> None:
        self._every_s = every_s
        self._clock = clock or RealClock()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to measure."""
        if is_on():
            self._task = asyncio.create_task(self._measure(), name="event-loop-lag")

    async def stop(self) -> None:
        """Stop measuring."""
        if self._task is not None:
            self._task.cancel()

    async def _measure(self) -> None:
        while True:
            due_s = self._clock.monotonic_s() + self._every_s
            await asyncio.sleep(self._every_s)
            EVENT_LOOP_LAG.observe(max(0.0, self._clock.monotonic_s() - due_s))
