"""The books of a load test: what the generator says it did, and what the status feed says became of it.

Counters go by the second, latencies into histograms: what is kept grows with the length of a test, never with the
number of its applications. What was offered, accepted, dropped or refused is the generator's word; stored, registered
and ended is the server's.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shinsei.loadtest.histogram import Histogram
from shinsei.loadtest.search import Step

OFFERED, ACCEPTED, DROPPED, REFUSED, FAILED = "offered", "accepted", "dropped", "refused", "failed"
STORED, REGISTERED, ENDED = "stored", "registered", "ended"
COUNTERS = (OFFERED, ACCEPTED, DROPPED, REFUSED, FAILED, STORED, REGISTERED, ENDED)
CALLERS_DROPPED, LATER_DROPPED = "callers_dropped", "later_dropped"
VISIBLE, WATCHED, WATCHED_OTHERWISE = "visible", "watched", "watched_otherwise"
"""A registration that its applicant sees; watches that begin; those that end well without one."""
_TICK_COUNTERS = (*COUNTERS[:5], CALLERS_DROPPED, LATER_DROPPED, WATCHED, WATCHED_OTHERWISE)


@dataclass(slots=True, kw_only=True)
class Second:
    """What happened in one second of a test."""

    counts: Counter[str] = field(default_factory=Counter)
    accepted: Histogram = field(default_factory=Histogram)
    """From the intended moment to the portal's answer."""
    registered: Histogram = field(default_factory=Histogram)
    """From the intended moment to registration, of what was registered in this second."""
    lag: Histogram = field(default_factory=Histogram)
    """How late dispatchers were."""


@dataclass(slots=True, kw_only=True)
class Request:
    """What became of the calls under one name."""

    codes: Counter[str] = field(default_factory=Counter)
    """Calls by gRPC status."""
    response: Histogram = field(default_factory=Histogram)
    """From the intended moment."""
    service: Histogram = field(default_factory=Histogram)
    """From the moment at which it was sent."""


class Tally:
    """What workers have said, added up: all that it holds, however long a test is, are a few numbers of each worker."""

    def __init__(self, started_s: float, warm_up_s: float = 0.0) -> None:
        self.started_s = started_s
        self._measured_from_s = started_s + warm_up_s
        self.totals: Counter[str] = Counter()
        self.by_group: dict[str, Counter[str]] = {}
        """By counter, how many of each linkage method and of each procedure: either adds up to the total."""
        self.lag = Histogram()
        """How late dispatchers were."""
        self.sent = Histogram()
        """From the intended moment until the first call of an application was sent: dispatcher, slot and signing."""
        self.workers: dict[int, int] = {}
        """Resident memory of each worker, in MiB, as it said last."""
        self.heard_s: dict[int, float] = {}
        """When each worker was last heard of."""
        self.later: dict[int, int] = {}
        """Things that each worker's people were to do later, as it said last."""
        self.calls_failed = 0
        """Calls of whatever name that failed; who was refused, or withdrew too late, is none of them."""

    def begin(self, started_s: float, warm_up_s: float) -> None:
        """Load begins now: everything is told in seconds from here."""
        self.started_s = started_s
        self._measured_from_s = started_s + warm_up_s

    def take(self, tick: Mapping[str, Any]) -> None:
        """Takes what a worker has done in the last second."""
        for name in _TICK_COUNTERS:
            self.totals[name] += int(tick["counts"].get(name, 0))
        for name, found in tick["by_group"].items():
            self.count_groups(name, found)
        at_s, worker = float(tick["at_s"]), int(tick["worker"])
        if at_s >= self._measured_from_s:
            self.lag.add(Histogram.of(tick["lag"]))
            self.sent.add(Histogram.of(tick["sent"]))
        self.workers[worker] = int(tick["rss_mib"])
        self.heard_s[worker] = at_s
        self.later[worker] = int(tick["later"])
        failed = (content["codes"] for name, content in tick["requests"].items() if has_failed(name))
        self.calls_failed += sum(sum(codes.values()) for codes in failed)

    def count_groups(self, counter: str, found: Mapping[str, int] | Iterable[str]) -> None:
        """Counts methods and procedures, beside the total of this counter."""
        self.by_group.setdefault(counter, Counter()).update(found)

    def silent(self, since_s: float) -> list[int]:
        """The workers that have not been heard of since a moment."""
        return sorted(worker for worker, heard_s in self.heard_s.items() if heard_s < since_s)

    @property
    def later_dropped(self) -> int:
        """What people were to do later and did not: there was no free slot, or no time left."""
        return self.totals[LATER_DROPPED] + sum(self.later.values())


class Books(Tally):
    """Everything that is measured; times are wall clock in seconds."""

    def __init__(self, started_s: float, warm_up_s: float = 0.0) -> None:
        super().__init__(started_s, warm_up_s)
        self._has_begun = False
        self._offered_until_s = started_s
        self._done_s = started_s
        """When the last case so far was registered or ended otherwise."""
        self._left_behind = 0
        self.is_ready = False
        """Whether all users of the generator wait for something to do."""
        self.planned_per_s = 0.0
        """Applications that are to be offered a second, as the conductor has said last."""
        self.seconds: dict[int, Second] = {}
        self.requests: dict[str, Request] = {}
        self.latencies: dict[str, Histogram] = {}
        """By series: ``accepted``, ``stored``, ``registered``, ``visible``, ``registered/<method>``, …"""
        self.failing_since_s: float | None = None
        """Since when applications fail and none is accepted or refused by back-pressure; None: they do not."""
        self._ticks: dict[int, list[tuple[float, int]]] = {}
        """By worker: when it spoke, and how much it had offered until then."""
        self.memory_mib: list[tuple[float, int]] = []
        """(seconds from the start, resident memory of all workers together), at most one a second."""

    def begin(self, started_s: float, warm_up_s: float) -> None:
        """Load begins now; what workers have said before is of no second."""
        super().begin(started_s, warm_up_s)
        self._has_begun, self._offered_until_s, self._done_s = True, started_s, started_s
        self.seconds.clear()
        self.memory_mib.clear()

    def follow(self, tick: Mapping[str, Any], warm_up_s: float) -> None:
        """Takes a tick as the conductor has written it down: it says when load has begun, and how much is planned."""
        self.is_ready, start_s = bool(tick["is_ready"]), tick["start_s"]
        self.planned_per_s = float(tick["planned_per_s"])
        if not self._has_begun and start_s is not None and tick["at_s"] >= start_s:
            self.begin(float(start_s), warm_up_s)
        self.take(tick)

    def take(self, tick: Mapping[str, Any]) -> None:
        """Takes what a worker has done in the last second."""
        super().take(tick)
        at_s = float(tick["at_s"])
        if tick["counts"].get(OFFERED):
            self._offered_until_s = max(self._offered_until_s, at_s)
        second = self._second(at_s)
        for name in _TICK_COUNTERS:
            second.counts[name] += int(tick["counts"].get(name, 0))
        second.lag.add(Histogram.of(tick["lag"]))
        self._note_failing(at_s, tick["counts"])
        ticks = self._ticks.setdefault(int(tick["worker"]), [])
        ticks.append((at_s, (ticks[-1][1] if ticks else 0) + int(tick["counts"].get(OFFERED, 0))))
        for name, content in tick["latencies"].items():
            self.latencies.setdefault(name, Histogram()).add(Histogram.of(content))
        for name, content in tick["requests"].items():
            self._take_request(name, content, second, is_measured=at_s >= self._measured_from_s)
        total = sum(self.workers.values())
        since_s = round(at_s - self.started_s)
        if self.memory_mib and self.memory_mib[-1][0] >= since_s:
            self.memory_mib[-1] = (self.memory_mib[-1][0], total)
        else:
            self.memory_mib.append((since_s, total))

    def _note_failing(self, at_s: float, counts: Mapping[str, int]) -> None:
        if counts.get(ACCEPTED) or counts.get(REFUSED):
            self.failing_since_s = None
        elif counts.get(FAILED) and self.failing_since_s is None:
            self.failing_since_s = at_s

    def offered(self, at_s: float, count: int) -> None:
        """Takes applications that came and were accepted, where nothing else is known of them."""
        for name in (OFFERED, ACCEPTED):
            self._second(at_s).counts[name] += count
            self.totals[name] += count

    def saw(self, event: str, at_s: float, *, intended_s: float | None = None, groups: Sequence[str] = ()) -> None:
        """Takes an event of the status feed.

        Args:
            event: stored, registered or ended.
            at_s: when the server committed it.
            intended_s: when the case was to be filed; its latency is not counted where this is not known.
            groups: names under which event and latency are counted beside the event's own.
        """
        second = self._second(at_s)
        second.counts[event] += 1
        self.totals[event] += 1
        self.count_groups(event, groups)
        if event in {REGISTERED, ENDED}:
            self._done_s = max(self._done_s, at_s)
        if event == ENDED or intended_s is None or intended_s < self._measured_from_s:
            return
        latency_s = at_s - intended_s
        if event == REGISTERED:
            second.registered.record(latency_s)
        for series in (event, *(f"{event}/{group}" for group in groups)):
            self.latencies.setdefault(series, Histogram()).record(latency_s)

    @property
    def open_cases(self) -> int:
        """Accepted and neither registered nor ended, as far as both sides have said."""
        return self.totals[ACCEPTED] - self.totals[REGISTERED] - self.totals[ENDED]

    def still_open(self, series: str, group: str = "") -> int:
        """How many of a series have begun and are not over: nobody knows how long they take.

        Args:
            series: a name of ``latencies``; of ``accepted`` whatever has no answer yet stands under other counts.
            group: a method or a procedure; none: all.
        """
        accepted, stored, registered, ended, watched, otherwise = (
            self.by_group.get(name, Counter())[group] if group else self.totals[name]
            for name in (ACCEPTED, STORED, REGISTERED, ENDED, WATCHED, WATCHED_OTHERWISE)
        )
        open_cases = accepted - registered - ended
        seen = self.latencies.get(f"{VISIBLE}/{group}" if group else VISIBLE, Histogram()).count
        found = {
            # Some may have ended before anybody stored them.
            STORED: min(accepted - stored, open_cases),
            REGISTERED: open_cases,
            VISIBLE: watched - otherwise - seen,
        }
        return max(found.get(series, 0), 0)

    @property
    def awaited_cases(self) -> int:
        """Open cases that may still be done: without those of runs that were closed over them."""
        return self.open_cases - self._left_behind

    def leave_behind(self) -> None:
        """All runs are closed: what is open now stays so, and nobody waits for it any more."""
        self._left_behind = max(self.open_cases, 0)

    @property
    def offered_s(self) -> float:
        """Seconds during which something was offered, to the second."""
        return self._offered_until_s - self.started_s

    def drained_s(self, offered_s: float, now_s: float) -> float:
        """Seconds that the last case took behind so many of load; until now, where some are open still."""
        until_s = now_s if self.open_cases > 0 else self._done_s
        return max(until_s - self.started_s - offered_s, 0.0)

    @property
    def groups(self) -> list[str]:
        """Methods and procedures of which anything is timed."""
        return sorted({group for _, _, group in (series.partition("/") for series in self.latencies) if group})

    def oldest_s(self, at_s: float) -> float:
        """Age of the oldest open case at a moment, if cases are served in the order in which they came.

        One that others overtake looks younger: whom a completion concerns, the generator's counts do not tell.
        """
        upto = int(at_s)
        done = sum(
            second.counts[REGISTERED] + second.counts[ENDED] for at, second in self.seconds.items() if at <= upto
        )
        for at in sorted(self.seconds):
            if at > upto:
                break
            done -= self.seconds[at].counts[ACCEPTED]
            if done < 0:
                return max(at_s - at - 0.5, 0.0)
        return 0.0

    def step(self, from_s: float, until_s: float) -> Step:
        """What the whole seconds of a span brought."""
        span = range(int(from_s), int(until_s))
        seconds = [self.seconds[at] for at in span if at in self.seconds]
        counts = Counter[str]()
        for second in seconds:
            counts.update(second.counts)
        registered = Histogram.sum_of(second.registered for second in seconds)
        length_s = max(len(span), 1)
        return Step(
            offered_per_s=self._offered_per_s(from_s, until_s) or counts[OFFERED] / length_s,
            completed_per_s=counts[REGISTERED] / length_s,
            refused_per_s=(counts[REFUSED] + counts[FAILED] + counts[DROPPED]) / length_s,
            oldest_at_start_s=self.oldest_s(from_s),
            oldest_at_end_s=self.oldest_s(until_s),
            p50_s=registered.quantile(0.5),
            p99_s=registered.quantile(0.99),
            lag_p99_s=self.lag_s(from_s, until_s),
        )

    def lag_s(self, from_s: float, until_s: float) -> float | None:
        """How late dispatchers were between two moments (p99); None where nothing was dispatched."""
        span = range(int(from_s), int(until_s) + 1)  # a tick tells of the second before it
        return Histogram.sum_of(self.seconds[at].lag for at in span if at in self.seconds).quantile(0.99)

    def _offered_per_s(self, from_s: float, until_s: float) -> float:
        """What workers offered between two ticks near these moments; 0 where there are no two.

        A tick tells of the time since the one before it, so the seconds of a span alone would hold a tick too many or
        too few at each end.
        """
        found = 0.0
        for ticks in self._ticks.values():
            before, last = (bisect_left(ticks, at_s, key=lambda one: one[0]) - 1 for at_s in (from_s, until_s))
            if 0 <= before < last:
                (began_s, already), (ended_s, upto) = ticks[before], ticks[last]
                found += (upto - already) / (ended_s - began_s)
        return found

    def _second(self, at_s: float) -> Second:
        return self.seconds.setdefault(int(at_s), Second())

    def _take_request(self, name: str, content: Mapping[str, Any], second: Second, *, is_measured: bool) -> None:
        request = self.requests.setdefault(name, Request())
        request.codes.update(content["codes"])
        if not is_measured:
            return
        response = Histogram.of(content["response"])
        request.response.add(response)
        request.service.add(Histogram.of(content["service"]))
        series = SERIES_OF_REQUEST.get(name)
        if series is not None:
            self.latencies.setdefault(series, Histogram()).add(response)
        if series == ACCEPTED:
            second.accepted.add(response)


SUBMIT, SUBMIT_BATCH, WATCH, WITHDRAW = "Submit", "SubmitBatch", "WatchStatus until registered", "Withdraw"
UPLOAD = "UploadAttachment"
OK, BUSY, ILLEGAL, ERROR = "OK", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ERROR"
"""Codes of calls: three of gRPC's, and one for what no call has come to."""
SERIES_OF_REQUEST: Mapping[str, str] = {SUBMIT: ACCEPTED, SUBMIT_BATCH: ACCEPTED, WATCH: VISIBLE}
"""Requests whose latency is a series of its own."""


def kept_as(name: str, code: str) -> str:
    """The name under which a call's times are kept.

    Whoever is refused, fails or comes too late hears of it at another pace than who is served: seconds of a time limit
    or the milliseconds of a refusal are no latency of what was accepted.
    """
    if code == OK:
        return name
    if (name, code) == (WITHDRAW, ILLEGAL):
        return f"{name} (too late)"
    return f"{name} ({REFUSED if code == BUSY else FAILED})"


def has_failed(kept: str) -> bool:
    """Whether this is the name under which calls that failed are kept."""
    return kept.endswith(f" ({FAILED})")


def ended_otherwise(name: str) -> str:
    """The name of a stream that ended well, but without what it was kept open for."""
    return f"{name} (ended otherwise)"
