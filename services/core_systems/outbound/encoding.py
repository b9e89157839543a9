"""What an office did, as messages of the spine."""

from core_systems.handlers.values import CaseStep, RunKey, Step
from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts import codec
from shinsei.runtime.outbox import OutMessage

_WORK_PROGRESSED = events.WorkProgressed.DESCRIPTOR.full_name


def outgoing_messages(key: RunKey, step: Step) -> list[OutMessage]:
    """One message a case, then the watermark behind them."""
    messages = [_progressed(key, done) for done in step.done]
    if step.watermark is not None:
        at = step.watermark.at
        watermark = events.Watermark(run_id=key.run_id, municipality=key.municipality, at_ms=at)
        identity = codec.event_id(key.run_id, key.municipality, "office-watermark", at)
        messages.append(OutMessage.of(watermark, event_id=identity, at=at))
    return messages


def _progressed(key: RunKey, done: CaseStep) -> OutMessage:
    first = done.transitions[0]
    identity = codec.event_id(key.run_id, done.submission_id, f"work-{first.action}", first.n)
    value = codec.encode_progress(key.run_id, done.submission_id, done.transitions)
    return OutMessage(type=_WORK_PROGRESSED, value=value, event_id=identity, at=first.at)
