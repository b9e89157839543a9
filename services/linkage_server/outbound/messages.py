"""What the linkage server writes to ``application.fetched``, and what it pushes."""

from collections.abc import Sequence

from linkage_server.handlers.model import BufferedUpdate, Handed, RunRow, TakenEntry
from linkage_server.handlers.polls import poll_after
from shinsei.api.events.v1 import events_pb2 as events
from shinsei.api.portal.v1.portal_pb2 import PushStatusRequest
from shinsei.contracts.codec import REACTIONS, encode_change, event_id, taken_as_to_proto
from shinsei.contracts.wire import field, number_field
from shinsei.domain.polling import EntryKind, reaction_of
from shinsei.domain.simtime import SimTime
from shinsei.runtime.outbox import OutMessage

_FETCHED = events.ApplicationFetched.DESCRIPTOR.full_name
_FETCHED_AT, _APPLICATION, _PAYLOAD, _TAKEN_AS = 1, 2, 3, 4
"""Its fields."""


def run_started(run: RunRow) -> OutMessage:
    """The head of a municipality's log."""
    return OutMessage.of(
        events.RunStarted(run_id=run.run_id, municipality=run.municipality, spec=run.spec_bytes),
        event_id=event_id(run.run_id, run.municipality, "started"),
        at=run.spec.start,
    )


def run_closed(run: RunRow) -> OutMessage:
    """Its end."""
    return OutMessage.of(
        events.RunClosed(run_id=run.run_id, municipality=run.municipality),
        event_id=event_id(run.run_id, run.municipality, "closed"),
        at=poll_after(run.spec, run.poll.polled),
    )


def watermark(run: RunRow, at: SimTime, accepted_before: SimTime | None) -> OutMessage:
    """Nothing earlier than ``at`` follows; every case accepted before ``accepted_before`` has been sent."""
    message = events.Watermark(
        run_id=run.run_id, municipality=run.municipality, at_ms=at, accepted_before_ms=accepted_before or 0
    )
    return OutMessage.of(message, event_id=event_id(run.run_id, run.municipality, "watermark", at), at=at)


def handed(run: RunRow, item: Handed) -> OutMessage:
    """A case, a reply, a withdrawal or a change."""
    entry = item.entry
    if entry.kind is EntryKind.SUBMISSION:
        name = event_id(run.run_id, entry.submission_id, "fetched")
        return OutMessage(_FETCHED, _fetched(item), name, entry.fetched_at)
    if entry.change is None:
        return _reaction(run, entry)
    made = events.ChangeMade(
        run_id=run.run_id,
        municipality=run.municipality,
        at_ms=entry.change.at,
        n=entry.change.n,
        change=encode_change(entry.change),
    )
    name = event_id(run.run_id, run.municipality, "change", entry.change.n)
    return OutMessage.of(made, event_id=name, at=entry.change.at)


def _fetched(item: Handed) -> bytes:
    """An ``ApplicationFetched``, put together of bytes so that the application is not copied to be encoded."""
    at, taken_as = item.entry.fetched_at, taken_as_to_proto(item.taken_as)
    payloads = b"".join([field(_PAYLOAD, name.encode()) for name in item.payloads]) if item.payloads else b""
    return (
        (number_field(_FETCHED_AT, at) if at else b"")
        + field(_APPLICATION, item.application.SerializeToString(deterministic=True))
        + payloads
        + (number_field(_TAKEN_AS, taken_as) if taken_as else b"")
    )


def _reaction(run: RunRow, entry: TakenEntry) -> OutMessage:
    kind, n = reaction_of(entry.n)
    message = events.ReactionFetched(
        run_id=run.run_id,
        submission_id=entry.submission_id,
        receipt_number=entry.receipt_number,
        kind=REACTIONS.to_proto(kind),  # type: ignore[arg-type]
        n=n,
        filed_at_ms=entry.stamp,
        fetched_at_ms=entry.fetched_at,
    )
    identity = event_id(run.run_id, entry.submission_id, f"fetched-{kind.lower()}", n)
    return OutMessage.of(message, event_id=identity, at=entry.fetched_at)


def push_request(run: RunRow, updates: Sequence[BufferedUpdate], at: SimTime) -> PushStatusRequest:
    """Buffered statuses as the portal takes them: each is filled in where it stands, as a copy costs a case's steps."""
    request = PushStatusRequest(run_id=run.run_id, municipality=run.municipality, watermark_ms=at)
    for update in updates:
        changed = events.StatusChanged.FromString(update.payload)
        request.updates.add(number=update.number, submission_id=changed.submission_id).transitions.MergeFrom(
            changed.transitions
        )
    return request
