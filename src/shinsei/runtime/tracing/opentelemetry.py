"""The bridge to OpenTelemetry: spans with ids of ours, in batches, on a thread of its own."""

from typing import Self

from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    TraceFlags,
    set_span_in_context,
)

from shinsei.runtime.tracing.identity import Identity
from shinsei.runtime.tracing.spans import Span

_NS_PER_MS = 1_000_000
_QUEUE = 16_384
"""Spans that wait to be sent; what is more is dropped, for a trace must never hold up a case."""
_TIMEOUT_S = 5


class _Given(IdGenerator):
    """Ids that are given before each span; a span begins in one step, so no other comes in between."""

    next: Identity

    def generate_trace_id(self) -> int:
        return self.next.trace_id

    def generate_span_id(self) -> int:
        return self.next.span_id


class Sink:
    """Takes spans that are over."""

    def __init__(self, service: str, exporter: SpanExporter) -> None:
        self._ids = _Given()
        self._provider = TracerProvider(
            resource=Resource.create({"service.name": service, "service.namespace": "shinsei"}),
            id_generator=self._ids,
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=_QUEUE))
        self._tracer = self._provider.get_tracer("shinsei")

    @classmethod
    def to(cls, service: str, endpoint: str) -> Self:
        """Over OTLP, without TLS: a collector stands on the same machine or in the same network."""
        return cls(service, OTLPSpanExporter(endpoint=endpoint, insecure=True, timeout=_TIMEOUT_S))

    def put(self, span: Span, link: Identity | None = None) -> None:
        """One span, begun and ended."""
        self._ids.next = span.identity
        parent = None if span.parent is None else set_span_in_context(NonRecordingSpan(_context(span.parent)))
        started = self._tracer.start_span(
            span.name,
            context=parent,
            kind=SpanKind.SERVER if span.parent is None else SpanKind.CONSUMER,
            attributes=span.attributes,
            links=() if link is None else (Link(_context(link)),),
            start_time=span.began_ms * _NS_PER_MS,
        )
        started.end(end_time=span.ended_ms * _NS_PER_MS)

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()


def _context(identity: Identity) -> SpanContext:
    return SpanContext(
        trace_id=identity.trace_id,
        span_id=identity.span_id,
        is_remote=True,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )
