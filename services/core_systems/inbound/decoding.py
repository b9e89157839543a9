"""Records of ``work.requested`` as the values that the handlers take."""

from core_systems.handlers.values import (
    CaseRequested,
    ChangeArrived,
    CoreMessage,
    ReactionArrived,
    RefusedMessage,
    RunEnded,
    RunKey,
    RunOpened,
    WatermarkRose,
)
from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts import codec
from shinsei.contracts.codec import DecodeError
from shinsei.domain.catalogue import procedure
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.run import KERNEL_VERSION, RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.runtime.kafka import Record, decode_record

_REACTION = events.ReactionFetched.DESCRIPTOR.full_name


def key_of(record: Record) -> RunKey:
    """The run that a record belongs to."""
    return RunKey(run_id=record.run_id, municipality=record.municipality)


def core_message(record: Record) -> CoreMessage:
    """A record of ``work.requested``; what cannot be read or cannot be true becomes a refused message."""
    try:
        return _core_message(record)
    except (DecodeError, InvalidInputError) as error:
        # A broken reply ends no case.
        about = None if record.type == _REACTION else record.submission_id
        return RefusedMessage(submission_id=about, at=record.at, reason=str(error))


def _core_message(record: Record) -> CoreMessage:
    match decode_record(record):
        case events.WorkRequested() as request:
            return _case(record, request)
        case events.ReactionFetched() as reaction:
            return _reaction(record, reaction)
        case events.Watermark() as watermark:
            return WatermarkRose(at=SimTime(watermark.at_ms), accepted_before=SimTime(watermark.accepted_before_ms))
        case events.ChangeMade() as made:
            return ChangeArrived(change=codec.decode_change(made.change))
        case events.RunStarted() as started:
            return RunOpened(spec=_same_kernel(codec.decode_run(started.spec)))
        case events.RunClosed():
            return RunEnded()
        case other:
            raise DecodeError(f"{type(other).__name__} has no meaning on {record.topic}")


def _reaction(record: Record, reaction: events.ReactionFetched) -> ReactionArrived:
    if reaction.run_id != record.run_id or not reaction.submission_id.startswith(f"{record.municipality}-"):
        raise DecodeError(f"{reaction.submission_id!r} of run {reaction.run_id!r} is in a log that is not its own")
    return ReactionArrived(
        submission_id=reaction.submission_id,
        kind=codec.REACTIONS.from_proto(reaction.kind),
        n=reaction.n,
        filed_at=SimTime(reaction.filed_at_ms),
        fetched_at=SimTime(reaction.fetched_at_ms),
    )


def _case(record: Record, request: events.WorkRequested) -> CaseRequested:
    if request.run_id != record.run_id or not request.submission_id.startswith(f"{record.municipality}-"):
        raise DecodeError(f"case {request.submission_id!r} of run {request.run_id!r} is in a log that is not its own")
    return CaseRequested(
        submission_id=request.submission_id,
        receipt_number=request.receipt_number,
        procedure=procedure(request.procedure).number,
        method=codec.METHODS.from_proto(request.method),
        resident_number=request.resident_number,
        identified=request.identified,
        submitted_at=SimTime(request.submitted_at_ms),
        opened_at=SimTime(request.opened_at_ms),
        fields=dict(request.fields),
        taken_as=codec.taken_as_from_proto(request.taken_as),
    )


def _same_kernel(spec: RunSpec) -> RunSpec:
    if spec.kernel_version != KERNEL_VERSION:
        raise DecodeError(f"the run asks for kernel {spec.kernel_version}, this is kernel {KERNEL_VERSION}")
    return spec
