"""A collector of traces that keeps what it is sent: OTLP over gRPC, as a real one listens."""

from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as api
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import (
    TraceServiceServicer,
    add_TraceServiceServicer_to_server,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A span as it arrived."""

    service: str
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    """Empty for the root."""
    began_ns: int
    ended_ns: int
    attributes: dict[str, str]


@dataclass(kw_only=True)
class Collector(TraceServiceServicer):
    """Everything by trace."""

    address: str = ""
    traces: dict[str, dict[str, Kept]] = field(default_factory=lambda: defaultdict(dict))
    """Spans by their ids, by the ids of their traces."""

    def Export(  # noqa: N802 - named by the service
        self, request: api.ExportTraceServiceRequest, context: grpc.ServicerContext
    ) -> api.ExportTraceServiceResponse:
        """Keeps the spans of one process."""
        for group in request.resource_spans:
            named = {one.key: one.value.string_value for one in group.resource.attributes}
            for scope in group.scope_spans:
                for span in scope.spans:
                    kept = Kept(
                        service=named["service.name"],
                        name=span.name,
                        trace_id=span.trace_id.hex(),
                        span_id=span.span_id.hex(),
                        parent_id=span.parent_span_id.hex(),
                        began_ns=span.start_time_unix_nano,
                        ended_ns=span.end_time_unix_nano,
                        attributes={one.key: one.value.string_value for one in span.attributes},
                    )
                    self.traces[kept.trace_id][kept.span_id] = kept
        return api.ExportTraceServiceResponse()


@contextmanager
def running_collector() -> Iterator[Collector]:
    """A collector on a free port of this machine."""
    server = grpc.server(ThreadPoolExecutor(max_workers=2))
    collector = Collector()
    add_TraceServiceServicer_to_server(collector, server)  # type: ignore[no-untyped-call]
    collector.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        yield collector
    finally:
        server.stop(grace=0).wait()
