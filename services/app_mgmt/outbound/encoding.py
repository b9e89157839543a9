"""Application management's values as messages of the spine and as rows of its tables."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import cast

from google.protobuf.message import Message

from app_mgmt.handlers.values import (
    ChangeArrived,
    Forwarded,
    Outgoing,
    ReactionArrived,
    ReceivedApplication,
    RunEnded,
    RunKey,
    RunOpened,
    StatusChange,
    WatermarkRose,
    WorkRequest,
)
from shinsei.api.application.v1 import application_pb2 as application
from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts import codec
from shinsei.domain.history import CaseTransition
from shinsei.domain.linkage_method import READ_FROM_THE_SCREEN
from shinsei.domain.simtime import SimTime
from shinsei.runtime.outbox import OutMessage

_NO_FIELDS: Mapping[str, str] = MappingProxyType({})


def encode_transitions(run_id: str, submission_id: str, transitions: Sequence[CaseTransition]) -> bytes:
    """A row of a case's history: the same bytes that the office sends about its steps."""
    return codec.encode_progress(run_id, submission_id, transitions)


def decode_transitions(payload: bytes) -> tuple[CaseTransition, ...]:
    """The transitions of a row of a case's history."""
    return codec.transitions_from_proto(events.WorkProgressed.FromString(payload).transitions)


def forwarded(payload: bytes) -> list[Forwarded]:
    """The same for passing on."""
    transitions = events.WorkProgressed.FromString(payload).transitions
    return [(codec.transition_place(transition), transition) for transition in transitions]


def outgoing_message(key: RunKey, body: Outgoing) -> OutMessage:
    """What application management sends to the core systems."""
    run_id, municipality = key.run_id, key.municipality
    match body:
        case RunOpened():
            message: Message = events.RunStarted(
                run_id=run_id, municipality=municipality, spec=codec.encode_run(body.spec)
            )
            return _out(key, message, municipality, "run-started", body.spec.start)
        case ChangeArrived(change=change):
            message = events.ChangeMade(
                run_id=run_id,
                municipality=municipality,
                at_ms=change.at,
                n=change.n,
                change=codec.encode_change(change),
            )
            return _out(key, message, municipality, "change", change.at, n=change.n)
        case WorkRequest():
            return _out(
                key,
                _work_requested(run_id, body),
                body.application.submission_id,
                "work-requested",
                body.application.fetched_at,
            )
        case ReactionArrived():
            return _reaction(key, body)
        case WatermarkRose():
            return watermark_message(key, body)
        case RunEnded():
            message = events.RunClosed(run_id=run_id, municipality=municipality)
            return _out(key, message, municipality, "run-closed", SimTime(0))


def watermark_message(key: RunKey, watermark: WatermarkRose) -> OutMessage:
    """A watermark behind what it covers."""
    message = events.Watermark(
        run_id=key.run_id,
        municipality=key.municipality,
        at_ms=watermark.at,
        accepted_before_ms=watermark.accepted_before,
    )
    return _out(key, message, key.municipality, "watermark", watermark.at, n=watermark.at)


def status_message(key: RunKey, change: StatusChange) -> OutMessage:
    """Transitions of one case on their way to the portal."""
    (at, _, n), first = change.transitions[0]
    message = events.StatusChanged(
        run_id=key.run_id,
        submission_id=change.submission_id,
        receipt_number=change.receipt_number,
        transitions=[transition for _, transition in change.transitions],
    )
    step = f"status-{codec.ACTIONS.from_proto(first.action)}"
    return _out(key, message, change.submission_id, step, SimTime(at), n=n)


def _reaction(key: RunKey, body: ReactionArrived) -> OutMessage:
    message = events.ReactionFetched(
        run_id=key.run_id,
        submission_id=body.submission_id,
        receipt_number=body.receipt_number,
        kind=codec.REACTIONS.to_proto(body.kind),  # type: ignore[arg-type]
        n=body.n,
        filed_at_ms=body.filed_at,
        fetched_at_ms=body.fetched_at,
    )
    return _out(key, message, body.submission_id, f"work-{body.kind.lower()}", body.fetched_at, n=body.n)


def _work_requested(run_id: str, request: WorkRequest) -> events.WorkRequested:
    case = request.application
    reads = request.method in READ_FROM_THE_SCREEN
    return events.WorkRequested(
        submission_id=case.submission_id,
        receipt_number=case.receipt_number,
        procedure=case.procedure,
        method=codec.METHODS.to_proto(request.method),  # type: ignore[arg-type]
        resident_number=request.resident_number,
        submitted_at_ms=case.submitted_at,
        opened_at_ms=case.fetched_at,
        fields=_NO_FIELDS if reads else _fields(case),
        identified=request.identified,
        run_id=run_id,
        taken_as=codec.taken_as_to_proto(case.taken_as),
    )


def _fields(case: ReceivedApplication) -> Mapping[str, str]:
    if case.fields is not None:
        return cast("Mapping[str, str]", case.fields)
    return application.Application.FromString(case.payload).fields


def _out(key: RunKey, message: Message, subject: str, step: str, at: SimTime, *, n: int = 0) -> OutMessage:
    return OutMessage.of(message, event_id=codec.event_id(key.run_id, subject, step, n), at=at)
