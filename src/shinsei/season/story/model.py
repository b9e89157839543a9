"""The story of one case as values: on the simulated clock its steps and waits, on the real one its messages."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from shinsei.domain.history import CaseTransition
from shinsei.domain.lifecycle import LEDGER_ENDS
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import HOUR_MS, SimTime, isoformat
from shinsei.season.story.waits import Stretch


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One record of Kafka that was about the case."""

    topic: str
    partition: int
    offset: int
    number: int
    type: str
    """Name of the message."""
    at: SimTime
    """Simulated time of the event."""
    sent_ms: int
    """Real time at which its writer committed it."""
    arrived_ms: int
    """Real time at which the broker had it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """How the linkage server took one entry of the case over."""

    n: int
    """0 is the submission; others are replies and the withdrawal."""
    filed_at: SimTime
    poll_at: SimTime
    fetched_at: SimTime
    """Behind the line and the virus check."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One case."""

    receipt_number: str
    submission_id: str
    run_id: str
    municipality: str
    procedure: int
    method: LinkageMethod | None
    """Chosen when it was stored; None before that, or at a dead letter."""
    steps: tuple[CaseTransition, ...]
    visible_from: tuple[SimTime | None, ...]
    """From when the applicant could see each step; None for not yet."""
    stretches: tuple[Stretch, ...]
    fetches: tuple[Fetch, ...]
    messages: tuple[Message, ...] = ()
    sent_again: int = 0
    """Messages that were written to Kafka more than once, and recognised by their numbers."""
    registration: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    """Sources that did not answer."""

    @property
    def lead_time_ms(self) -> int | None:
        """From acceptance to the first end; None while it is in flight."""
        end = next((step.at for step in self.steps if step.status in LEDGER_ENDS), None)
        return None if end is None else end - self.steps[0].at

    def time_by(self) -> dict[str, tuple[int, int]]:
        """Where the time went: milliseconds by resource, in office hours and outside them, most first."""
        opened: Counter[str] = Counter()
        closed: Counter[str] = Counter()
        for stretch in self.stretches:
            opened[stretch.wait.resource] += stretch.open_ms
            closed[stretch.wait.resource] += stretch.closed_ms
        return {
            name: (opened[name], closed[name]) for name, _ in sorted((opened + closed).items(), key=lambda one: -one[1])
        }

    def values(self) -> dict[str, Any]:
        """As plain values, for programs and the operations room."""
        return {
            "receipt_number": self.receipt_number,
            "submission_id": self.submission_id,
            "run_id": self.run_id,
            "municipality": self.municipality,
            "procedure": self.procedure,
            "method": self.method,
            "status": str(self.steps[-1].status),
            "lead_time_h": None if self.lead_time_ms is None else round(self.lead_time_ms / HOUR_MS, 3),
            "steps": [
                {
                    "at": isoformat(step.at),
                    "action": str(step.action),
                    "status": str(step.status),
                    "method": step.method,
                    "detail": step.detail,
                    "visible_from": None if seen is None else isoformat(seen),
                }
                for step, seen in zip(self.steps, self.visible_from, strict=True)
            ],
            "waits": [_wait(one) for one in self.stretches],
            "time_by_resource_h": {
                name: {"office_open": round(opened / HOUR_MS, 3), "office_closed": round(closed / HOUR_MS, 3)}
                for name, (opened, closed) in self.time_by().items()
            },
            "fetches": [
                {
                    "n": one.n,
                    "filed_at": isoformat(one.filed_at),
                    "poll_at": isoformat(one.poll_at),
                    "fetched_at": isoformat(one.fetched_at),
                }
                for one in self.fetches
            ],
            "messages": [_message(one) for one in self.messages],
            "sent_again": self.sent_again,
            "registration": self.registration,
            "missing": list(self.missing),
        }


def _wait(one: Stretch) -> dict[str, Any]:
    return {
        "since": isoformat(one.since),
        "until": isoformat(one.until),
        "status": str(one.status),
        "for": one.wait.what.en,
        "for_ja": one.wait.what.ja,
        "resource": one.wait.resource,
        "hours": round(one.took_ms / HOUR_MS, 3),
        "office_hours": round(one.open_ms / HOUR_MS, 3),
    }


def _message(one: Message) -> dict[str, Any]:
    return {
        "topic": one.topic,
        "partition": one.partition,
        "offset": one.offset,
        "number": one.number,
        "type": one.type,
        "at": isoformat(one.at),
        "sent_real_ms": one.sent_ms,
        "arrived_real_ms": one.arrived_ms,
    }
