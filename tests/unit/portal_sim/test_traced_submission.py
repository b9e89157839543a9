"""The trace of whoever calls the portal is linked from the trace of the case that the call files."""

from collections.abc import Sequence
from typing import Any, cast

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from portal_sim.handlers.model import Accepted
from portal_sim.inbound.portal import PortalServicer
from shinsei.api.application.v1.application_pb2 import Application
from shinsei.api.portal.v1.portal_pb2 import SubmitRequest
from shinsei.contracts.headers import TRACEPARENT
from shinsei.domain.simtime import SimTime
from shinsei.runtime import tracing
from shinsei.runtime.tracing import Identity, spans
from shinsei.runtime.tracing.opentelemetry import Sink
from shinsei.testing.simulated.network import ServerContext

CALLER = Identity(trace_id=11, span_id=12)
REQUEST = SubmitRequest(application=Application(run_id="r", submission_id="482013-0007"))


class Everybody:
    """Refuses nobody."""

    def admit(self, wanted: object) -> None:
        """Let them in."""


class Intake:
    """Accepts everything, for the first time or again."""

    def __init__(self, *, knows_it: bool) -> None:
        self._knows_it = knows_it

    async def submit(self, items: Sequence[object]) -> list[Accepted]:
        """Accepts all of them."""
        return [Accepted(receipt_number="1", submitted_at=SimTime(1), duplicate=self._knows_it) for _ in items]


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What a submission does not ask for."""
    monkeypatch.setattr("portal_sim.inbound.decode.submission", lambda item, _: item)
    return cast("Any", None)


async def told(others: Any, metadata: dict[str, str], *, knows_it: bool = False) -> tuple[ReadableSpan, ...]:
    """The spans of one call."""
    exporter = InMemorySpanExporter()
    spans.use(Sink("portal_sim", exporter), 1.0, "portal_sim")
    intake = cast("Any", Intake(knows_it=knows_it))
    portal = PortalServicer(others, cast("Any", Everybody()), intake, others, others, others)
    try:
        await portal.Submit(REQUEST, cast("Any", ServerContext(tuple(metadata.items()))))
    finally:
        tracing.shut_down()
    return exporter.get_finished_spans()


async def test_a_caller_s_own_trace_is_linked_from_the_case_s(others: Any) -> None:
    (root,) = await told(others, {TRACEPARENT: CALLER.header})
    case = Identity.of_case("r", "482013-0007")
    assert root.context is not None
    assert (root.context.trace_id, root.context.span_id) == (case.trace_id, case.span_id)
    assert [(link.context.trace_id, link.context.span_id) for link in root.links] == [(11, 12)]


@pytest.mark.parametrize("metadata", [{}, {TRACEPARENT: "nonsense"}], ids=repr)
async def test_a_caller_without_a_trace_is_linked_to_nothing(others: Any, metadata: dict[str, str]) -> None:
    (root,) = await told(others, metadata)
    assert not root.links


async def test_what_was_accepted_before_is_no_second_case(others: Any) -> None:
    assert await told(others, {TRACEPARENT: CALLER.header}, knows_it=True) == ()
