"""Metrics and log lines behind ``Observer``."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter

import structlog

from linkage_server import metrics
from shinsei.domain.polling import EntryKind
from shinsei.domain.run import TakenAs
from shinsei.runtime.retry import describe

log = structlog.get_logger(__name__)

_LABELS = {kind: kind.name.lower() for kind in EntryKind} | {EntryKind.SUBMISSION: "case"}


class Telemetry:
    """Implements ``Observer``."""

    def polled(self, count: int, failed: int) -> None:
        """Polls have been committed, some of them in an outage."""
        metrics.LISTINGS.inc()
        metrics.POLLS.labels("up").inc(count - failed)
        metrics.POLLS.labels("down").inc(failed)

    def struck(self, count: int) -> None:
        """Entries were listed again though taken."""
        metrics.STRUCK.inc(count)

    @contextmanager
    def getting(self) -> Iterator[None]:
        """Applications are being got."""
        started = perf_counter()
        yield
        metrics.GET_SECONDS.observe(perf_counter() - started)

    @contextmanager
    def handing_on(self, cases: int) -> Iterator[None]:
        """So many cases of committed polls are being got and published."""
        started = perf_counter()
        yield
        metrics.observe_fetched(perf_counter() - started, cases)

    def published(self, entries: Mapping[EntryKind, int]) -> None:
        """Entries have been handed on."""
        for kind, count in entries.items():
            metrics.ENTRIES.labels(_LABELS[kind]).inc(count)

    def taken(self, states: Mapping[TakenAs, int]) -> None:
        """So many cases have been taken over in each state."""
        for state, count in states.items():
            metrics.TAKEN.labels(state.lower()).inc(count)

    def stored(self, case: dict[str, str], name: str, size: int, problem: str) -> None:
        """An attachment of a case has been stored, or held back for a reason."""
        metrics.PAYLOADS.labels("quarantined" if problem else "stored").inc()
        if problem:
            log.warning("attachment_quarantined", **case, payload_name=name, reason=problem)
        else:
            metrics.PAYLOAD_BYTES.inc(size)

    def pushed(self, updates: int) -> None:
        """A push has been taken by the portal."""
        metrics.PUSHES.labels("cases" if updates else "watermark").inc()
        metrics.UPDATES.inc(updates)

    def serving(self, runs: int) -> None:
        """How many runs this process serves."""
        metrics.RUNS.set(runs)

    def failed(self, part: str, run: dict[str, str], error: BaseException) -> None:
        """Work on a run failed and begins anew from the database."""
        metrics.FAILURES.labels(part).inc()
        log.error("run_work_failed", part=part, **run, error=describe(error), exc_info=error)

    def refused(self, run: dict[str, str], error: BaseException) -> None:
        """A run cannot be served here."""
        metrics.FAILURES.labels("refused").inc()
        log.error("run_refused", **run, error=describe(error))
