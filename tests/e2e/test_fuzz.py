"""Every procedure of every service, on the stack as it runs, with whatever anybody could send."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import strategies as st
from tests.fuzzing import NASTY_TEXT, fuzz, messages, within_limits

from shinsei.api.app_mgmt.v1 import app_mgmt_pb2
from shinsei.api.control.v1 import control_pb2
from shinsei.api.core_systems.v1 import core_systems_pb2
from shinsei.api.portal.v1 import portal_pb2
from shinsei.cli.targets import targets_of
from shinsei.contracts.roles import MAY_CALL, SERVED_BY
from shinsei.runtime.rpc import channel
from shinsei.stack import Stack

pytestmark = within_limits
CITY = "489018"
"""Of no other test; nothing that is made up here is of a run, unless it makes one itself."""
SECONDS = 6.0
CALL_S = 0.3
APIS = (portal_pb2, control_pb2, app_mgmt_pb2, core_systems_pb2)
HONEST = {
    grpc.StatusCode.OK,
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.FAILED_PRECONDITION,
    grpc.StatusCode.ALREADY_EXISTS,
    grpc.StatusCode.PERMISSION_DENIED,
    grpc.StatusCode.UNAUTHENTICATED,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.DEADLINE_EXCEEDED,
}
"""Statuses of a service that has understood what is wrong; UNKNOWN and INTERNAL are those of one that has not."""
ENDED_WHILE_WRITTEN = "Internal error from Core"
"""What the client's own library says where the server has ended a stream that it was still writing."""
KNOWN: dict[str, st.SearchStrategy[Any]] = {
    "municipality": st.sampled_from((CITY, "482013", "000000")),
    "run_id": st.sampled_from(("fuzz", "")),
    "receipt_number": st.sampled_from(("1000000000000008", "0" * 16)),
    "submission_id": st.sampled_from((f"{CITY}-10-1", "482013-10-1")),
    "procedure": st.integers(0, 32),
    "wait_ms": st.just(0),
}
PROCEDURES = [
    (service, method, target)
    for api in APIS
    for service in api.DESCRIPTOR.services_by_name.values()
    for method in service.methods
    for target in SERVED_BY[service.full_name]
]


class Caller:
    """Calls from an event loop in a thread of its own, one after the other."""

    def __init__(self, targets: dict[str, str]) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._channels = {
            (service, part): self.run(self._open(service, part, targets[part]))
            for service, parts in SERVED_BY.items()
            for part in parts
        }

    async def _open(self, service: str, part: str, target: str) -> grpc.aio.Channel:
        """As somebody who may call it: others are refused before anything is read."""
        return channel(target, part, role=next(iter(MAY_CALL[service])))

    def run(self, call: Any) -> Any:
        """The result of a coroutine."""
        return asyncio.run_coroutine_threadsafe(call, self._loop).result(timeout=60)

    def call(self, service: Any, method: Any, target: str, requests: list[bytes]) -> tuple[grpc.StatusCode, str]:
        """How a call ends, and why."""
        to = self._channels[service.full_name, target]
        return self.run(self._call(f"/{service.full_name}/{method.name}", method, to, requests))

    async def _call(
        self, path: str, method: Any, to: grpc.aio.Channel, requests: list[bytes]
    ) -> tuple[grpc.StatusCode, str]:
        kind = f"{'stream' if method.client_streaming else 'unary'}_{'stream' if method.server_streaming else 'unary'}"
        stub = getattr(to, kind)(path, request_serializer=bytes)
        started = stub(iter(requests) if method.client_streaming else requests[0], timeout=CALL_S)
        if method.server_streaming:
            with contextlib.suppress(grpc.aio.AioRpcError):
                async for _ in started:
                    pass
        code: grpc.StatusCode = await started.code()
        return code, str(await started.details())

    def close(self) -> None:
        """Ends the thread and its loop."""
        for one in self._channels.values():
            self.run(one.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()


@pytest.fixture
def caller(stack: Stack) -> Iterator[Caller]:
    calling = Caller(targets_of(stack.addresses))
    yield calling
    calling.close()


def requests_of(method: Any) -> st.SearchStrategy[list[bytes]]:
    kind: type[Message] = GetMessageClass(method.input_type)
    one = messages(kind, KNOWN).map(lambda message: message.SerializeToString()) | st.binary(max_size=60)
    return st.lists(one, min_size=1, max_size=3 if method.client_streaming else 1)


CALLS = st.one_of([st.tuples(st.just(one), requests_of(one[1])) for one in PROCEDURES])


def test_whatever_is_sent_every_service_says_what_is_wrong_and_goes_on(stack: Stack, caller: Caller) -> None:
    before = {part.name: part.pid for part in stack.status().parts}

    def check(example: tuple[tuple[Any, Any, str], list[bytes]]) -> None:
        (service, method, target), requests = example
        code, why = caller.call(service, method, target, requests)
        assert code in HONEST or why == ENDED_WHILE_WRITTEN, f"{target} {service.name}.{method.name}: {code} {why}"

    for one in PROCEDURES:
        for raw in (b"", b"\xff"):
            check((one, [raw]))
    assert fuzz("procedures", CALLS, check, SECONDS)
    assert {part.name: part.pid for part in stack.status().parts} == before, "a service has died of it"


@pytest.mark.parametrize("text", NASTY_TEXT)
def test_a_nasty_text_is_no_receipt_number(caller: Caller, text: str) -> None:
    service = portal_pb2.DESCRIPTOR.services_by_name["PortalService"]
    request = portal_pb2.GetStatusRequest(receipt_number=text).SerializeToString()
    code, _ = caller.call(service, service.methods_by_name["GetStatus"], "portal_sim", [request])
    assert code in HONEST - {grpc.StatusCode.OK}
