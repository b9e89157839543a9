"""Records of the two topics as the values that the handlers take."""

from app_mgmt.handlers.deciding import inconsistency
from app_mgmt.handlers.values import (
    ChangeArrived,
    IntakeMessage,
    ReactionArrived,
    ReceivedApplication,
    RefusedMessage,
    RunEnded,
    RunKey,
    RunOpened,
    TrackingMessage,
    WatermarkRose,
    WorkDone,
)
from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts import codec
from shinsei.contracts.codec import DecodeError
from shinsei.domain.application_form import INSURED_NUMBER
from shinsei.domain.identification import mapping_key
from shinsei.domain.run import KERNEL_VERSION, RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.runtime.kafka import Record, decode_record

_REACTION = events.ReactionFetched.DESCRIPTOR.full_name


def key_of(record: Record) -> RunKey:
    """The run that a record belongs to."""
    return RunKey(run_id=record.run_id, municipality=record.municipality)


def intake_message(record: Record) -> IntakeMessage:
    """A record of ``application.fetched``; what cannot be read or cannot be true becomes a refused message."""
    try:
        return _intake_message(record)
    except DecodeError as error:
        # A broken reply ends no case.
        about = None if record.type == _REACTION else record.submission_id
        return RefusedMessage(submission_id=about, at=record.at, reason=str(error))


def tracking_message(record: Record) -> TrackingMessage:
    """A record of ``work.completed``.

    Raises:
        DecodeError: it cannot be read, and behind a watermark there is no harmless way past it.
    """
    match decode_record(record):
        case events.WorkProgressed() as progressed if progressed.transitions:
            return WorkDone(
                submission_id=progressed.submission_id,
                transitions=codec.transitions_from_proto(progressed.transitions),
                messages=progressed.transitions,
                payload=record.value,
            )
        case events.Watermark() as watermark:
            return WatermarkRose(at=SimTime(watermark.at_ms))
        case other:
            raise DecodeError(f"{type(other).__name__} has no meaning on {record.topic}")


def _intake_message(record: Record) -> IntakeMessage:
    match decode_record(record):
        case events.ApplicationFetched() as fetched:
            return _application(record, fetched)
        case events.ReactionFetched() as reaction:
            return _reaction(record, reaction)
        case events.Watermark() as watermark:
            return WatermarkRose(at=SimTime(watermark.at_ms))
        case events.ChangeMade() as made:
            return ChangeArrived(change=codec.decode_change(made.change))
        case events.RunStarted() as started:
            return RunOpened(spec=_same_kernel(codec.decode_run(started.spec)))
        case events.RunClosed():
            return RunEnded()
        case other:
            raise DecodeError(f"{type(other).__name__} has no meaning on {record.topic}")


def _same_kernel(spec: RunSpec) -> RunSpec:
    if spec.kernel_version != KERNEL_VERSION:
        raise DecodeError(f"the run asks for kernel {spec.kernel_version}, this is kernel {KERNEL_VERSION}")
    return spec


def _reaction(record: Record, reaction: events.ReactionFetched) -> ReactionArrived:
    if reaction.run_id != record.run_id or not reaction.submission_id.startswith(f"{record.municipality}-"):
        raise DecodeError(f"{reaction.submission_id!r} of run {reaction.run_id!r} is in a log that is not its own")
    if not 0 < reaction.filed_at_ms <= reaction.fetched_at_ms:
        raise DecodeError(f"filed at {reaction.filed_at_ms}, fetched at {reaction.fetched_at_ms}")
    return ReactionArrived(
        submission_id=reaction.submission_id,
        receipt_number=reaction.receipt_number,
        kind=codec.REACTIONS.from_proto(reaction.kind),
        n=reaction.n,
        filed_at=SimTime(reaction.filed_at_ms),
        fetched_at=SimTime(reaction.fetched_at_ms),
    )


def _application(record: Record, fetched: events.ApplicationFetched) -> IntakeMessage:
    message = fetched.application
    received = ReceivedApplication(
        submission_id=message.submission_id,
        receipt_number=message.receipt_number,
        procedure=message.procedure,
        serial_number=mapping_key(
            serial=message.serial_number,
            by_proxy=message.filed_by_proxy,
            procedure=message.procedure,
            insured_number=message.fields.get(INSURED_NUMBER, ""),
            birth_date=message.applicant.birth_date,
        ),
        submitted_at=SimTime(message.submitted_at_ms),
        fetched_at=SimTime(fetched.fetched_at_ms),
        payload=message.SerializeToString(),
        taken_as=codec.taken_as_from_proto(fetched.taken_as),
        fields=message.fields,
    )
    problem = inconsistency(key_of(record), received, message.run_id, message.municipality)
    if problem is None:
        return received
    return RefusedMessage(
        submission_id=record.submission_id,
        receipt_number=message.receipt_number,
        at=record.at,
        reason=problem,
        payload=received.payload,
    )
