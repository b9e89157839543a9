"""What application management counts; simulated seconds carry ``clock="sim"``."""

from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import SECOND_MS, SimTime
from shinsei.runtime import observability
from shinsei.runtime.levels import NO_METHOD, SIM, STAGE_SECONDS

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


def count_decision(action: Action, method: LinkageMethod | None) -> None:
    """An application was decided about when it was stored."""
    DECISIONS.labels(outcome=action, linkage_method=method or NO_METHOD).inc()


def count_transition(action: Action, method: LinkageMethod | None) -> None:
    """The office did something."""
    TRANSITIONS.labels(action=action, linkage_method=method or NO_METHOD).inc()


def observe_registered(method: LinkageMethod | None, submitted_at: SimTime, stored_at: SimTime, at: SimTime) -> None:
    """A case was registered: its lead time, and the stages that add up to it."""
    name = method or NO_METHOD
    LEAD_TIME.labels(linkage_method=name, clock=SIM).observe((at - submitted_at) / SECOND_MS)
    STAGE_SECONDS.labels("fetch", name, SIM).observe((stored_at - submitted_at) / SECOND_MS)
    STAGE_SECONDS.labels("office", name, SIM).observe((at - stored_at) / SECOND_MS)
