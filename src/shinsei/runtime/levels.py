"""What stands open in a service: gauges that are measured every few seconds rather than moved by every message.

Gauges that several services have in common stand here, so that one rule covers every stage. Municipalities are
counted together by prefecture, so the number of series does not grow with the number of municipalities.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from math import nan
from typing import Final, Protocol

import structlog
from prometheus_client import Gauge, Histogram

from shinsei.runtime.clock import RealClock
from shinsei.runtime.lifespan import cancel
from shinsei.runtime.observability import STAGE_BUCKETS_S, counter, gauge, histogram, is_on, observe_all
from shinsei.runtime.retry import describe

log = structlog.get_logger(__name__)

EVERY_S: Final = 5.0
PATIENCE_S: Final = 10.0
"""After this, a database that does not answer is one that cannot be asked."""
SIM: Final = "sim"
"""The label of simulated time."""
REAL: Final = "real"
"""The label of real time, where a family has both."""
NO_METHOD: Final = "none"
"""Before a method is chosen."""

WATERMARK = gauge(
    "shinsei_watermark_timestamp_seconds",
    "The lowest watermark of a stage over its open runs (simulated time, as a Unix time); 0 without an open run.",
    ("stage", "clock"),
)
PENDING = gauge(
    "shinsei_pending_cases",
    "Cases that wait at a stage, by prefecture and the route that they are on.",
    ("stage", "linkage_method", "prefecture"),
)
OLDEST = gauge(
    "shinsei_oldest_pending_age_seconds",
    "Age of the case that has waited longest at a stage, and not for its applicant, since submission (simulated time).",
    ("stage", "linkage_method", "prefecture", "clock"),
)
STAGE_SECONDS = histogram(
    "shinsei_stage_duration_seconds",
    "What the stages of a case take: fetch and office in simulated time, and in real time each that machines have.",
    ("stage", "linkage_method", "clock"),
    STAGE_BUCKETS_S,
)
BLIND = gauge("shinsei_levels_blind", "1: what waits here could not be measured, and is not told meanwhile.")
FAILURES = counter("shinsei_levels_failures_total", "Measurements of what waits that failed.")

Labels = tuple[str, ...]
_CLOCK: Final = RealClock()


def observe_handed_over(stage: str, method: str, sent_ms: Iterable[int]) -> None:
    """Cases are through a stage, into which the one before it had given them at these moments (real time)."""
    if is_on():
        now_ms = _CLOCK.now_ms()
        took_s = Counter(max(0, now_ms - one) / 1000 for one in sent_ms)
        observe_all(real_stage(stage, method), took_s)


@cache
def real_stage(stage: str, method: str = NO_METHOD) -> Histogram:
    """What a stage takes in real time."""
    return STAGE_SECONDS.labels(stage, method, REAL)


class Group:
    """One gauge whose label values come and go: what is not measured any more falls to 0 and is not forgotten."""

    def __init__(self, one: Gauge, *fixed: str) -> None:
        """Takes the gauge, and the values of its last labels where these are always the same."""
        self._gauge = one
        self._fixed = fixed
        self._known: set[Labels] = set()

    def put(self, values: Mapping[Labels, float]) -> None:
        """Sets the gauge to what was measured."""
        self._known |= values.keys()
        for labels in self._known:
            self._gauge.labels(*labels, *self._fixed).set(values.get(labels, 0.0))

    def blind(self) -> None:
        """Nobody could measure: the last value may be wrong by now, and 0 would be a value too."""
        for labels in self._known:
            self._gauge.labels(*labels, *self._fixed).set(nan)


class Levels(Protocol):
    """What a service measures."""

    async def measure(self) -> None:
        """Set the gauges."""
        ...

    def blind(self) -> None:
        """Tell nothing of what a measurement that failed should have told."""
        ...


class Measured:
    """Measures every few seconds (a lifespan component); a measurement that fails is tried again, never in the way."""

    def __init__(self, levels: Levels, every_s: float = EVERY_S, patience_s: float = PATIENCE_S) -> None:
        self._levels = levels
        self._every_s = every_s
        self._patience_s = patience_s
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to measure."""
        if is_on():
            self._task = asyncio.create_task(self._run(), name="levels")

    async def stop(self) -> None:
        """Stop measuring."""
        if self._task is not None:
            await cancel(self._task)

    async def _run(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._patience_s):
                    await self._levels.measure()
                BLIND.set(0)
            except Exception as error:  # noqa: BLE001 - whoever only watches must never end a service
                self._levels.blind()
                BLIND.set(1)
                FAILURES.inc()
                log.warning("levels_not_measured", error=describe(error))
            await asyncio.sleep(self._every_s)
