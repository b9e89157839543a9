"""The spans themselves, sent by OpenTelemetry's SDK, which is loaded only where tracing is on."""

from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shinsei.domain.simtime import to_datetime
from shinsei.runtime.errors import StartError
from shinsei.runtime.tracing.identity import Identity, is_chosen, may_be_chosen

if TYPE_CHECKING:
    from shinsei.runtime.kafka import Record
    from shinsei.runtime.tracing.opentelemetry import Sink


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One step of one case, in real time."""

    name: str
    identity: Identity
    parent: Identity | None
    began_ms: int
    ended_ms: int
    attributes: dict[str, str | int]


class _Tracing:
    """What is on in this process."""

    sink: "Sink | None" = None
    share: float = 0.0
    service: str = ""


def configure(service: str, endpoint: str, share: float) -> None:
    """Send spans to an OTLP endpoint (gRPC, ``host:port``); an empty one turns tracing off.

    Raises:
        StartError: the libraries are not installed.
    """
    shut_down()
    if not endpoint:
        return
    try:
        from shinsei.runtime.tracing.opentelemetry import Sink  # noqa: PLC0415 - only where tracing is on
    except ImportError as error:
        problem = f"tracing needs {error.name}, which is not installed"
        raise StartError(problem, remedy="pip install 'shinsei[tracing]'", setting="traces_to") from error
    use(Sink.to(service, endpoint), share, service)


def use(sink: "Sink", share: float, service: str) -> None:
    """Give spans to a sink that is there already."""
    _Tracing.sink, _Tracing.share, _Tracing.service = sink, share, service


def shut_down() -> None:
    """Send what is left, and turn tracing off."""
    if _Tracing.sink is not None:
        _Tracing.sink.close()
        _Tracing.sink = None


def is_on() -> bool:
    """Whether any case may be traced here."""
    return _Tracing.sink is not None


def is_traced(run_id: str, submission_id: str) -> Identity | None:
    """The root of a case's trace if it is traced here, else None."""
    if _Tracing.sink is None:
        return None
    return Identity.of_case(run_id, submission_id) if is_chosen(run_id, submission_id, _Tracing.share) else None


def may_be_traced(run_id: str, event_id: str) -> bool:
    """Whether a case that is traced here may be what an event is about; so quick that it is asked first."""
    return _Tracing.sink is not None and may_be_chosen(run_id, event_id, _Tracing.share)


def submitted(cases: Iterable[tuple[str, str]], began_ms: int, ended_ms: int, caller: str = "") -> None:
    """The root span of every case (run, submission) that the portal has accepted in a call.

    Args:
        cases: those that were accepted for the first time.
        began_ms: real time at which the call came.
        ended_ms: real time at which its transaction was committed.
        caller: the caller's own ``traceparent``; becomes a link.
    """
    if _Tracing.sink is None:
        return
    for run_id, submission_id in cases:
        case = is_traced(run_id, submission_id)
        if case is not None:
            attributes: dict[str, str | int] = {"shinsei.run": run_id, "shinsei.submission": submission_id}
            span = Span(
                name="submit",
                identity=case,
                parent=None,
                began_ms=began_ms,
                ended_ms=max(began_ms, ended_ms),
                attributes=attributes,
            )
            _Tracing.sink.put(span, link=Identity.read(caller))


def handled(records: "Sequence[Record]", ended_ms: int) -> str:
    """The spans of records that have been handled: each from its writer's commit to now.

    Which are of a case that is traced their writer has said: of nearly all nothing is asked but whether he has.

    Returns:
        The trace id of the last one that is traced, for an exemplar; empty if none is.
    """
    if _Tracing.sink is None:
        return ""
    last = ""
    for record in records:
        parent = Identity.read(record.traceparent) if record.traceparent else None
        if parent is None or record.submission_id is None:
            continue
        step = record.event_id.removeprefix(f"{record.run_id}/{record.submission_id}/").partition("/")[0]
        span = Span(
            name=f"{record.topic} {step}",
            identity=parent.child(record.event_id, _Tracing.service),
            parent=parent,
            began_ms=record.sent_ms,
            ended_ms=max(record.sent_ms, ended_ms),
            attributes={
                "shinsei.run": record.run_id,
                "shinsei.submission": record.submission_id,
                "shinsei.simulated_time": to_datetime(record.at).isoformat(),
                "messaging.system": "kafka",
                "messaging.destination.name": record.topic,
                "messaging.destination.partition.id": record.partition,
                "messaging.kafka.offset": record.offset,
            },
        )
        _Tracing.sink.put(span)
        last = f"{parent.trace_id:032x}"
    return last


def with_trace_id(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Adds the trace of the case that a log event names by ``run_id`` and ``submission_id``, if it is traced."""
    run_id, submission_id = event.get("run_id"), event.get("submission_id")
    case = is_traced(run_id, submission_id) if run_id and submission_id else None
    if case is not None:
        event["trace_id"] = f"{case.trace_id:032x}"
    return event
