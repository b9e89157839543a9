"""What a worker measures between two ticks: counters of applications, and calls under constant names.

Two series for each name: from the intended moment, which is what an applicant lives through, and from the moment at
which the call was sent (service time), which is all that whoever waits for answers ever hears of.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import psutil

from loadtest.wall import now_s
from shinsei.loadtest.books import (
    BUSY,
    DROPPED,
    FAILED,
    OK,
    REFUSED,
    SUBMIT,
    SUBMIT_BATCH,
    UPLOAD,
    Request,
    kept_as,
)
from shinsei.loadtest.grouping import Groups
from shinsei.loadtest.histogram import Histogram

if TYPE_CHECKING:
    from locust.env import Environment

_FILES = frozenset({SUBMIT, SUBMIT_BATCH, UPLOAD})
"""Calls with which somebody files."""


class CallFailedError(Exception):
    """A call ended with another status than OK; it has been counted."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Meter:
    """The books of one worker."""

    def __init__(self) -> None:
        self.environment: Environment | None = None
        self.in_flight = 0
        self.measured_from_s = 0.0
        """Intended moment from which calls are timed; what was to be done before is warm-up, however late it is."""
        self._counts: Counter[str] = Counter()
        self._by_group: dict[str, Counter[str]] = {}
        self._latencies: dict[str, Histogram] = {}
        self._lag = Histogram()
        self._sent = Histogram()
        self._uploaded: set[float] = set()
        """Intended moments of applications whose attachment has been sent: the next call is not their first."""
        self._requests: dict[str, Request] = {}
        self._process = psutil.Process()
        self._csv: Any = None
        self._csv_file: IO[str] | None = None

    def write_requests(self, folder: str, worker: int) -> None:
        """From now on there is a line about every call."""
        self._csv_file = (Path(folder) / f"requests-{worker}.csv").open(
            "w", encoding="utf-8", newline="", buffering=1 << 16
        )
        self._csv = csv.writer(self._csv_file)
        self._csv.writerow(("intended_s", "sent_s", "done_s", "name", "code"))

    def count(self, counter: str) -> None:
        """Counts something that is no application."""
        self._counts[counter] += 1

    def count_timed(self, counter: str, filed: Sequence[Groups], intended_s: float) -> None:
        """Counts applications for something that is timed; what was to be done in the warm-up is not."""
        if intended_s >= self.measured_from_s:
            self.count_filed(counter, filed)

    def reached(self, series: str, filed: Sequence[Groups], intended_s: float) -> None:
        """Applications have come so far at this moment: a time for each, under its method and its procedure."""
        if intended_s >= self.measured_from_s:
            latency_s = now_s() - intended_s
            for group in (group for groups in filed for group in groups):
                self._latencies.setdefault(f"{series}/{group}", Histogram()).record(latency_s)

    def count_filed(self, counter: str, filed: Sequence[Groups]) -> None:
        """Counts applications, each under its method and its procedure too."""
        if filed:
            self._counts[counter] += len(filed)
            self._by_group.setdefault(counter, Counter()).update(group for groups in filed for group in groups)

    @contextmanager
    def answered(self, filed: Sequence[Groups]) -> Iterator[None]:
        """Whatever keeps these applications from being accepted is counted: refused, or else failed."""
        try:
            yield
        except CallFailedError as failure:
            self.count_filed(REFUSED if failure.code == BUSY else FAILED, filed)
            raise
        except Exception:
            self.count_filed(FAILED, filed)
            raise

    def add_lag(self, lag: Histogram) -> None:
        """How late dispatchers were."""
        self._lag.add(lag)

    def called(self, name: str, code: str, *, intended_s: float, sent_s: float) -> None:
        """A call has been answered at this moment."""
        done_s = now_s()
        kept = kept_as(name, code)
        request = self._requests.setdefault(kept, Request())
        request.codes[code] += 1
        if intended_s >= self.measured_from_s:
            request.response.record(done_s - intended_s)
            request.service.record(done_s - sent_s)
            self._note_sent(name, code, intended_s, sent_s)
        if self._csv is not None:
            self._csv.writerow((f"{intended_s:.6f}", f"{sent_s:.6f}", f"{done_s:.6f}", name, code))
        if self.environment is not None:
            self.environment.events.request.fire(
                request_type="gRPC",
                name=kept,
                response_time=(done_s - intended_s) * 1e3,
                response_length=0,
                # Constant texts, so that the master's table of errors does not grow.
                exception=None if code == OK else RuntimeError(code),
                context={},
            )

    def _note_sent(self, name: str, code: str, intended_s: float, sent_s: float) -> None:
        """What lies before the first call of an application is the generator's own time, and no system's."""
        if name not in _FILES:
            return
        if intended_s in self._uploaded:
            self._uploaded.discard(intended_s)
            return
        self._sent.record(sent_s - intended_s)
        if (name, code) == (UPLOAD, OK):
            self._uploaded.add(intended_s)

    def found_no_slot(self, kind: str, arrivals: int) -> None:
        """Arrivals have been dropped: no call was made, so only this shows them on Locust's page."""
        if self.environment is None:
            return
        for _ in range(arrivals):
            self.environment.events.request.fire(
                request_type="arrival",
                name=f"{kind} ({DROPPED})",
                response_time=None,
                response_length=0,
                exception=RuntimeError(DROPPED),
                context={},
            )

    def forget(self) -> None:
        """Measures a new test: what has not been told of the one before stays untold."""
        self._counts, self._lag, self._sent, self._requests = Counter(), Histogram(), Histogram(), {}
        self._by_group, self._latencies = {}, {}

    def tick(self, worker: int, idle: int, later: int) -> Mapping[str, Any]:
        """What has been measured since the last tick."""
        counts, lag, sent, requests = self._counts, self._lag, self._sent, self._requests
        by_group, latencies = self._by_group, self._latencies
        self.forget()
        if self._csv_file is not None:
            self._csv_file.flush()  # a worker may end without a word
        return {
            "worker": worker,
            "at_s": round(now_s(), 3),
            "in_flight": self.in_flight,
            "idle": idle,
            "later": later,
            "rss_mib": self._process.memory_info().rss >> 20,
            "counts": dict(counts),
            "by_group": {counter: dict(found) for counter, found in by_group.items()},
            "lag": lag.as_json(),
            "sent": sent.as_json(),
            "latencies": {name: found.as_json() for name, found in latencies.items()},
            "requests": {
                name: {
                    "codes": dict(request.codes),
                    "response": request.response.as_json(),
                    "service": request.service.as_json(),
                }
                for name, request in requests.items()
            },
        }


METER = Meter()
"""Of this process."""
