"""Status tracking (ステータス管理): current status, history, and the feed to the portal.

The feed merges two inputs, what application management did itself and what the office did, up to the
office's watermark, which is never ahead of the other one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from app_mgmt import metrics
from app_mgmt.handlers.ports import Books, TrackingWork
from app_mgmt.handlers.values import (
    Arrival,
    Forwarded,
    RunKey,
    StatusChange,
    TrackedCase,
    TrackingMessage,
    WatermarkRose,
    WorkDone,
    once_each,
)
from shinsei.domain.identification import resident_number
from shinsei.domain.lifecycle import Action
from shinsei.domain.run import case_id

_IDENTIFY, _REGISTER = Action.IDENTIFY, Action.REGISTER  # asking an enum for a member is slow, and a case has ten steps


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingPorts:
    """What the status path works with."""

    books: Books


async def track(key: RunKey, arrivals: Sequence[Arrival[TrackingMessage]], ports: TrackingPorts) -> None:
    """Takes in a stretch of what the office did; harmless if part of it was taken in before."""
    seed = await ports.books.seed(key)
    if seed is None:
        metrics.IGNORED.labels(reason="unknown run").inc(len(arrivals))
        return
    async with ports.books.tracking(key) as work:
        accepted = await work.accept(arrivals)
        came = once_each(arrivals, accepted)
        fresh = [arrival.body for arrival in came]
        if not fresh:
            return
        done = [body for body in fresh if isinstance(body, WorkDone)]
        known = await work.track(done, _identified_by_hand(seed, done))
        await _feed(work, fresh, known)
    _count(came, known)


async def _feed(work: TrackingWork, fresh: Sequence[TrackingMessage], known: Mapping[str, TrackedCase]) -> None:
    """Passes on what lies before the last watermark, and holds what came behind it."""
    last = max((n for n, body in enumerate(fresh) if isinstance(body, WatermarkRose)), default=-1)
    await work.hold(_done(fresh[last + 1 :], known), known)
    if last < 0:
        return
    watermark = max(body.at for body in fresh if isinstance(body, WatermarkRose))
    if not await work.raise_to(watermark):
        return
    held = await work.take_held(watermark)
    await work.send(merge([*held, *_status_changes(fresh[:last], known)]), watermark)


def merge(changes: Iterable[StatusChange]) -> list[StatusChange]:
    """One change a case with its transitions in order; the cases by (time, rank, submission id)."""
    transitions: dict[str, list[Forwarded]] = defaultdict(list)
    receipts: dict[str, str] = {}
    for change in changes:
        transitions[change.submission_id] += change.transitions
        receipts[change.submission_id] = change.receipt_number
    merged = [
        StatusChange(
            submission_id=name,
            receipt_number=receipts[name],
            transitions=sorted(rows, key=itemgetter(0)),
        )
        for name, rows in transitions.items()
    ]
    return sorted(merged, key=lambda change: (change.transitions[0][0][:2], change.submission_id))


def _status_changes(bodies: Sequence[TrackingMessage], known: Mapping[str, TrackedCase]) -> list[StatusChange]:
    return [
        StatusChange(
            submission_id=body.submission_id,
            receipt_number=known[body.submission_id].receipt_number,
            transitions=[(row.sort_key, message) for row, message in zip(body.transitions, body.messages, strict=True)],
        )
        for body in _done(bodies, known)
    ]


def _done(bodies: Sequence[TrackingMessage], known: Mapping[str, TrackedCase]) -> list[WorkDone]:
    return [body for body in bodies if isinstance(body, WorkDone) and body.submission_id in known]


def _identified_by_hand(seed: int, done: Sequence[WorkDone]) -> dict[str, str]:
    """Resident numbers of the applicants whom a clerk has found by name, date of birth and address."""
    return {
        body.submission_id: resident_number(seed, case_id(body.submission_id))
        for body in done
        if any(row.action is _IDENTIFY for row in body.transitions)
    }


def _count(came: Sequence[Arrival[TrackingMessage]], known: Mapping[str, TrackedCase]) -> None:
    done = [(body, arrival.sent_ms) for arrival in came if isinstance(body := arrival.body, WorkDone)]
    steps = [(body, sent_ms, case) for body, sent_ms in done if (case := known.get(body.submission_id)) is not None]
    metrics.IGNORED.labels(reason="unknown case").inc(len(done) - len(steps))
    metrics.count_transitions((row.action, case.method) for body, _, case in steps for row in body.transitions)
    registered = [
        (case, row.at, sent_ms) for body, sent_ms, case in steps for row in body.transitions if row.action is _REGISTER
    ]
    metrics.observe_registered((case.method, (case.submitted_at, case.stored_at, at)) for case, at, _ in registered)
    metrics.observe_told((case.method, sent_ms) for case, _, sent_ms in registered)
