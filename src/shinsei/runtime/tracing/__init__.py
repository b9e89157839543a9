"""Traces, one a case, from its submission to its registration and back; off unless a service is told where to.

A case travels in batches, through four databases, and is repeated after kills. So its trace is not only carried along
(``traceparent``, W3C, in gRPC's metadata and in the headers of Kafka) but can be told from the case by whoever writes
of it: the ids are hashes of the case and of the event. A step that is repeated is the same span again, and which cases
are traced is the same choice in every service. Whoever reads follows the header. Off, a batch costs one comparison.
"""

from shinsei.runtime.tracing.identity import Identity
from shinsei.runtime.tracing.spans import (
    configure,
    handled,
    is_on,
    is_traced,
    may_be_traced,
    shut_down,
    submitted,
    with_trace_id,
)

__all__ = [
    "Identity",
    "configure",
    "handled",
    "is_on",
    "is_traced",
    "may_be_traced",
    "shut_down",
    "submitted",
    "with_trace_id",
]
