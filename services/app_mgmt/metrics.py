"""What application management counts; simulated seconds carry ``clock="sim"``."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import SECOND_MS, SimTime
from shinsei.runtime import observability
from shinsei.runtime.levels import NO_METHOD, SIM, STAGE_SECONDS, observe_handed_over

Did = tuple[Action, LinkageMethod | None]
"""What was done, on which route."""
Moments = tuple[SimTime, SimTime, SimTime]
"""At which a case was submitted, stored and registered."""

DECISIONS = observability.counter(
    "shinsei_app_mgmt_decisions_total",
    "Applications stored, by the outcome of automatic identification and the method chosen.",
    ("outcome", "linkage_method"),
)
TRANSITIONS = observability.counter(
    "shinsei_app_mgmt_transitions_total", "What the office did, by action.", ("action", "linkage_method")
)
LEAD_TIME = observability.histogram(
    "shinsei_app_mgmt_lead_time_seconds",
    "From the portal's acceptance to registration (simulated time).",
    ("linkage_method", "clock"),
    observability.STAGE_BUCKETS_S,
)
HELD = observability.gauge("shinsei_app_mgmt_held_statuses", "Transitions that wait for the office's watermark.")
DUPLICATES = observability.counter("shinsei_app_mgmt_duplicates_total", "Applications that were stored before.")
DEAD_LETTERS = observability.counter("shinsei_app_mgmt_dead_letters_total", "Messages that could not be used.")
IGNORED = observability.counter("shinsei_app_mgmt_ignored_total", "Messages without an effect.", ("reason",))
REGISTRY_REFRESHES = observability.counter(
    "shinsei_app_mgmt_registry_refreshes_total", "Refreshes of the registry's mapping pulled."
)


def count_decisions(outcomes: Iterable[Did]) -> None:
    """Applications were decided about when they were stored."""
    for (action, method), count in Counter(outcomes).items():
        DECISIONS.labels(outcome=action, linkage_method=method or NO_METHOD).inc(count)


def count_transitions(done: Iterable[Did]) -> None:
    """The office did something; a series is looked up once a step and not once a transition."""
    for (action, method), count in Counter(done).items():
        TRANSITIONS.labels(action=action, linkage_method=method or NO_METHOD).inc(count)


def observe_registered(registered: Iterable[tuple[LinkageMethod | None, Moments]]) -> None:
    """Cases were registered, by route: their lead times, and the stages that add up to them."""
    by_method: defaultdict[str, list[Moments]] = defaultdict(list)
    for method, moments in registered:
        by_method[method or NO_METHOD].append(moments)
    for name, those in by_method.items():
        lead, fetch, office = _stages(name)
        observability.observe_all(lead, Counter((at - submitted) / SECOND_MS for submitted, _, at in those))
        observability.observe_all(fetch, Counter((stored - submitted) / SECOND_MS for submitted, stored, _ in those))
        observability.observe_all(office, Counter((at - stored) / SECOND_MS for _, stored, at in those))


def observe_stored(sent_ms: Iterable[int]) -> None:
    """Cases were stored that the linkage server had handed on at these moments."""
    observe_handed_over("store", NO_METHOD, sent_ms)


def observe_told(registered: Iterable[tuple[LinkageMethod | None, int]]) -> None:
    """Registrations can be seen on the inquiry screen that the office had committed at these moments."""
    sent_ms: defaultdict[str, list[int]] = defaultdict(list)
    for method, moment_ms in registered:
        sent_ms[method or NO_METHOD].append(moment_ms)
    for name, moments in sent_ms.items():
        observe_handed_over("track", name, moments)


@cache
def _stages(name: str) -> tuple[Any, Any, Any]:
    lead = LEAD_TIME.labels(linkage_method=name, clock=SIM)
    return lead, STAGE_SECONDS.labels("fetch", name, SIM), STAGE_SECONDS.labels("office", name, SIM)
