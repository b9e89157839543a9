"""``summary.json`` of a load test: every figure by name, with what it is a figure of."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

from shinsei.domain.simtime import DAY_MS
from shinsei.loadtest.apart_figures import apart_figures
from shinsei.loadtest.arrivals import RateProfile
from shinsei.loadtest.books import (
    ACCEPTED,
    CALLERS_DROPPED,
    DROPPED,
    ENDED,
    FAILED,
    OFFERED,
    REFUSED,
    REGISTERED,
    STORED,
    VISIBLE,
    Books,
)
from shinsei.loadtest.finding import Found
from shinsei.loadtest.gates import Gate, GateResult, check
from shinsei.loadtest.grouping import number_of, procedure_of, rows_by_group
from shinsei.loadtest.growth import memory_growth_mib
from shinsei.loadtest.histogram import Histogram
from shinsei.loadtest.outcome import Outcome
from shinsei.loadtest.preset import Offices, Preset
from shinsei.loadtest.search_section import Asks
from shinsei.loadtest.step_figures import DIGITS, rounded, step_figures
from shinsei.season.ledger import ENDS, RunLedger

INFRASTRUCTURE = "Infrastructure ceiling, offices without queues: not a linkage method's capacity."
OFFICE = "Capacity of an office with this staff, these hours and this method; not of the infrastructure."
MOST_SENT_SHARE = 0.1
"""Of the p99 of acceptance, that the generator itself may have taken until it had sent."""
_QUANTILES: Mapping[str, float] = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p999": 0.999}
_SERIES = (ACCEPTED, STORED, REGISTERED, VISIBLE)
_COUNTS: Mapping[str, str] = {
    "offered": OFFERED,
    "accepted": ACCEPTED,
    "completed": REGISTERED,
    "dropped": DROPPED,
    "refused": REFUSED,
    "failed": FAILED,
}
"""What became of the applications, and the counter that is behind it."""
_LEDGER = ("accepted", *ENDS, "in_flight", "unaccounted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a summary says beside what was measured."""

    run_id: str
    preset: Preset
    profile: RateProfile
    busiest_hour_per_s: float
    """Online filings a real second in the busiest hour of the preset's reference scenario."""
    config_hash: str
    command: str
    commit: str | None
    """Of the checkout; None outside of one."""
    conditions: Mapping[str, str] = field(default_factory=dict)
    """What figures depend on beside: machine, settings of the stack, moments of a trace."""
    processes: int
    municipalities: int
    planned: Mapping[str, Found] = field(default_factory=dict)
    """What the planner finds of each method's office, where a test searches for that."""


def summarise(outcome: Outcome, context: Context) -> dict[str, Any]:
    """All figures, and what became of the gates."""
    file, books = context.preset.file, outcome.books
    # A search decides on rates itself and a trace has its moments; rates in their presets say nothing.
    peak_per_s = None if file.search is not None or file.arrivals.trace else context.profile.peak_per_s
    summary: dict[str, Any] = {
        "kind": "loadtest",
        "run_id": context.run_id,
        "preset": context.preset.name,
        "title": file.title,
        "heading": heading(context.preset),
        "offices": str(file.offices),
        "clock_speed": file.clock_speed,
        "time_share": context.preset.time_share,
        "methods": [str(method) for method in file.methods],
        "municipalities": context.municipalities,
        "partial": outcome.partial,
        **_counts(outcome),
        "offered_s": round(outcome.asked_s, 1),
        "drained_s": round(outcome.drained_s, 1),
        "peak_offered_per_s": peak_per_s,
        "busiest_hour": None if peak_per_s is None else _busiest(context, peak_per_s),
        **_search(outcome.found, context),
        **apart_figures(
            outcome.apart,
            partial(_busiest, context),
            is_confirmed=outcome.is_confirmed,
            confirmed_per_s=outcome.confirmed_per_s,
        ),
        **_offices(outcome, context),
        "latency_s": _latencies(books),
        **_latencies_by_group(books),
        "requests": {
            name: {
                "codes": dict(request.codes),
                "response_s": quantiles(request.response),
                "service_s": quantiles(request.service),
            }
            for name, request in sorted(books.requests.items())
        },
        "generator_lag_s_p99": rounded(books.lag.quantile(0.99)),
        **_sent(books),
        "generator_memory_mib": max((mib for _, mib in books.memory_mib), default=0),
        "generator_memory_growth_mib": memory_growth_mib(books.memory_mib),
        "processes": context.processes,
        **_ledger(outcome),
        "config_hash": context.config_hash,
        "commit": context.commit,
        "conditions": dict(context.conditions),
        "command": context.command,
    }
    summary["gates"] = [asdict(result) for result in check(all_gates(context.preset, outcome.partial), summary)]
    return summary


def _sent(books: Books) -> dict[str, Any]:
    """How much of the latency is the generator's own: until it has sent what was due."""
    sent_s = books.sent.quantile(0.99)
    accepted_s = books.latencies.get("accepted", Histogram()).quantile(0.99)
    share = None if sent_s is None or not accepted_s else sent_s / accepted_s
    return {
        "intended_to_sent_s_p99": rounded(sent_s),
        "intended_to_sent_share": rounded(share),
        "is_sent_late": share is not None and share > MOST_SENT_SHARE,
    }


def _counts(outcome: Outcome) -> dict[str, Any]:
    """What became of the applications, of all calls, and of what people were to do later."""
    books, totals = outcome.books, outcome.books.totals
    by_method, by_procedure = rows_by_group(books.by_group, _COUNTS)
    return {
        **{name: totals[counter] for name, counter in _COUNTS.items()},
        "counts_by_method": by_method,
        "counts_by_procedure": by_procedure,
        "calls_failed": books.calls_failed,
        "unexplained": totals[OFFERED] - sum(totals[name] for name in (ACCEPTED, DROPPED, REFUSED, FAILED)),
        "later_dropped": books.later_dropped,
        "callers_dropped": totals[CALLERS_DROPPED],
        "feed_unreadable": outcome.feed_unreadable,
        "ended_otherwise": totals[ENDED],
        "refused_share": _share(totals[REFUSED], totals[OFFERED]),
        "completed_share": _share(totals[REGISTERED] + totals[ENDED], totals[ACCEPTED]),
        "open_at_the_end": books.open_cases,
    }


def all_gates(preset: Preset, partial: str = "") -> list[Gate]:
    """The gates of a preset, and those of every load test: nothing lost or dead, a generator that keeps its time."""
    lag_s = preset.file.most_generator_lag / 1e3
    always = [
        Gate(metric="accepted", at_least=1),
        Gate(metric="unaccounted", at_most=0),
        Gate(metric="dead_lettered", at_most=0),
        Gate(metric="accepted_not_kept", at_most=0),
        Gate(metric="completed_not_kept", at_most=0),
        Gate(metric="generator_lag_s_p99", at_most=lag_s),
    ]
    # Of what was under way when a test broke off, nobody knows what would have become.
    counted = [Gate(metric="unexplained", at_least=0, at_most=0)]
    counted += [Gate(metric=name, at_most=0) for name in ("kept_unexplained", "completed_unseen")]
    return [*always, *([] if partial else counted), *preset.gates()]


def missed(summary: Mapping[str, Any]) -> list[GateResult]:
    """The gates that were not passed."""
    return [GateResult(**gate) for gate in summary["gates"] if not gate["passed"]]


def heading(preset: Preset) -> str:
    """What kind of figures these are: the two must never be mixed."""
    return INFRASTRUCTURE if preset.file.offices is Offices.UNLIMITED else OFFICE


def quantiles(histogram: Histogram, still_open: int = 0) -> dict[str, Any]:
    """Percentiles of a series in seconds, and of how many.

    What is still open at the end will take longer than what is done: it counts as above every percentile. One that
    falls among the open, and mean and highest where any is open, nobody knows.
    """
    of = histogram.count + still_open
    done = histogram.count / of if of else 1.0
    known = {name: share / done for name, share in _QUANTILES.items() if share <= done}
    return {
        **{name: rounded(histogram.quantile(known[name])) if name in known else None for name in _QUANTILES},
        "max": rounded(histogram.highest_s if histogram.count and not still_open else None),
        "mean": rounded(None if still_open else histogram.mean_s),
        "count": histogram.count,
        "of": of,
    }


def _latencies(books: Books, group: str = "") -> dict[str, Any]:
    """Percentiles of each series, in all or of a method or procedure."""
    names = {series: f"{series}/{group}" if group else series for series in _SERIES}
    return {
        series: quantiles(books.latencies.get(name, Histogram()), books.still_open(series, group))
        for series, name in names.items()
    }


def _latencies_by_group(books: Books) -> dict[str, dict[str, Any]]:
    """The same by method and by procedure; acceptance is by application then, and not by call."""
    found: dict[str, dict[str, Any]] = {"latency_s_by_method": {}, "latency_s_by_procedure": {}}
    for group in sorted(books.groups, key=number_of):
        one = procedure_of(group)
        name, key = ("method", group) if one is None else ("procedure", one.key)
        found[f"latency_s_by_{name}"][key] = _latencies(books, group)
    return found


def _search(found: Found | None, context: Context) -> dict[str, Any]:
    if found is None:
        return {"max_sustained_per_s": None}
    per_s = found.sustained_per_s
    return {
        "max_sustained_per_s": rounded(per_s),
        "max_sustained_is_lower_bound": found.is_lower_bound,
        "max_sustained_is": str(Asks.INFRASTRUCTURE),
        "max_sustained_busiest_hour": _busiest(context, per_s),
        "search_is_whole": found.is_whole,
        "steps": [step_figures(one) for one in found.tried],
    }


def _offices(outcome: Outcome, context: Context) -> dict[str, Any]:
    """What each method's office sustains, beside what the planner says of the same office."""
    if not outcome.offices:
        return {}
    return {
        "max_sustained_is": str(Asks.OFFICE),
        "search_is_whole": all(found.is_whole for found in outcome.offices.values()),
        "max_sustained": {
            method: _office(found, context.planned.get(method), context) for method, found in outcome.offices.items()
        },
    }


def _office(found: Found, planned: Found | None, context: Context) -> dict[str, Any]:
    per_s, above = found.sustained_per_s, found.lowest_broken
    planned_per_s = None if planned is None else planned.sustained_per_s
    return {
        "per_working_day": _per_day(per_s, context),
        "is_lower_bound": found.is_lower_bound,
        "not_sustained_per_working_day": None if above is None else _per_day(above.per_s, context),
        "not_sustained_because": [] if above is None else list(above.broken),
        "planned_per_working_day": _per_day(planned_per_s, context),
        "over_planned": rounded(per_s / planned_per_s) if per_s and planned_per_s else None,
        "busiest_hour": _busiest(context, per_s),
        "steps": [step_figures(one) for one in found.tried],
    }


def _per_day(per_s: float | None, context: Context) -> float | None:
    """Applications of a simulated day at a real rate."""
    return None if per_s is None else round(per_s * DAY_MS / 1e3 / context.preset.file.clock_speed, 1)


def _busiest(context: Context, per_s: float | None) -> dict[str, Any]:
    """A rate as a multiple of the busiest hour of the reference scenario, in the run's own clock."""
    reference = context.busiest_hour_per_s
    is_office = context.preset.file.offices is Offices.STAFFED
    # An office lives in simulated time: a real second is so many of its own.
    shown = None if per_s is None else per_s / context.preset.file.clock_speed if is_office else per_s
    return {
        "scenario": context.preset.file.reference,
        "per_s": rounded(reference),
        "multiple": None if shown is None else round(shown / reference, 2),
    }


def ledger_of(ledgers: Sequence[RunLedger]) -> dict[str, int]:
    """The ledgers of all municipalities together."""
    return {name: sum(getattr(one.ledger, name) for one in ledgers) for name in _LEDGER}


def _by_method(ledgers: Sequence[RunLedger]) -> dict[str, dict[str, int]]:
    """The same by linkage method, of what application management has stored: before that a case has none."""
    found: dict[str, Counter[str]] = {}
    for one in ledgers:
        for method, lines in one.by_method.items():
            if method:
                found.setdefault(method, Counter()).update(lines)
    return {method: dict(lines) for method, lines in sorted(found.items())}


def _ledger(outcome: Outcome) -> dict[str, Any]:
    total, totals = ledger_of(outcome.ledgers) if outcome.ledgers else None, outcome.books.totals
    beyond = None if total is None else total["accepted"] - totals[ACCEPTED]
    # The ledger is read behind the feed's last message: what happened in between only it knows.
    unseen = None if total is None else total["registered"] - totals[REGISTERED]
    is_over = outcome.books.open_cases <= 0
    return {
        "ledger": total,
        "by_method": _by_method(outcome.ledgers),
        "unaccounted": None if total is None else total["unaccounted"],
        "dead_lettered": None if total is None else total["dead_lettered"],
        # What applicants were told is accepted and the portal's database does not hold.
        "accepted_not_kept": None if beyond is None else max(-beyond, 0),
        # What it holds beyond that and beyond what failed: a call whose answer was lost may have been kept.
        "kept_unexplained": None if beyond is None else max(beyond - totals[FAILED], 0),
        # What the status feed told of as registered and the database does not hold as such.
        "completed_not_kept": None if unseen is None else max(-unseen, 0),
        # What it holds beyond that and beyond what failed, where the feed told of the end of every accepted case.
        "completed_unseen": None if unseen is None else max(unseen - totals[FAILED], 0) if is_over else 0,
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, DIGITS) if whole else None
