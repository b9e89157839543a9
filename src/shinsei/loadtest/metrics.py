"""What a load test tells a Prometheus while it runs, from the books and once a second.

Nothing is counted here: whoever calls the system has no more to do, and a scrape finds what the last second has left.
"""

from collections import Counter
from typing import Final

from shinsei.loadtest.books import ACCEPTED, COUNTERS, REGISTERED, STORED, VISIBLE, Books
from shinsei.loadtest.histogram import Histogram
from shinsei.runtime import observability

APPLICATIONS = observability.counter(
    "shinsei_loadtest_applications_total",
    "Applications of a load test by what became of them; one that is registered was stored, accepted and offered too.",
    ("state",),
)
PLANNED = observability.gauge(
    "shinsei_loadtest_planned_per_second", "Applications that are to be offered a second now."
)
LAG = observability.gauge(
    "shinsei_loadtest_dispatcher_lag_seconds",
    "How late what was due in the last second was begun (p99), or how long a worker has been silent (real time).",
)
LAG_LIMIT = observability.gauge(
    "shinsei_loadtest_dispatcher_lag_limit_seconds", "How late the preset allows the generator to be (real time)."
)
LATENCY = observability.histogram(
    "shinsei_loadtest_latency_seconds",
    "From when an application was to be filed until it has come so far (real time); without the warm-up.",
    ("stage",),
    (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3_600.0),
)

EVERY_S: Final = 1.0
STAGES: Final = (ACCEPTED, STORED, REGISTERED, VISIBLE)
_SPEAKS_WITHIN_S: Final = 2.0
"""A worker says each second what it has done, and is heard a moment later."""


class Telling:
    """Tells of one load test.

    Args:
        most_lag_s: how late its generator may be.
    """

    def __init__(self, most_lag_s: float) -> None:
        LAG_LIMIT.set(most_lag_s)
        self._told_s = 0.0
        self._totals = Counter[str]()
        self._latencies = {stage: Histogram() for stage in STAGES}

    def tell(self, books: Books, now_s: float) -> None:
        """Sets everything to what the books say, if that is due."""
        if now_s - self._told_s < EVERY_S:
            return
        self._told_s = now_s
        PLANNED.set(books.planned_per_s)
        LAG.set(_late_s(books, now_s))
        for state in COUNTERS:
            APPLICATIONS.labels(state).inc(books.totals[state] - self._totals[state])
        self._totals = Counter(books.totals)
        for stage in STAGES:
            found = books.latencies.get(stage, Histogram())
            observability.observe_all(LATENCY.labels(stage), found.since(self._latencies[stage]))
            self._latencies[stage] = found.copy()


def _late_s(books: Books, now_s: float) -> float:
    """How late the generator is; a worker that stands still cannot say how late it is, and begins nothing either."""
    late_s = books.lag_s(now_s - EVERY_S, now_s) or 0.0
    silent_s = now_s - min(books.heard_s.values(), default=now_s)
    return max(late_s, silent_s) if books.planned_per_s and silent_s > _SPEAKS_WITHIN_S else late_s
