"""What a call may cost: bytes of a request, real time; what is no request is the caller's mistake."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from grpc.aio import AioRpcError
from prometheus_client import REGISTRY

from shinsei.api.app_mgmt.v1 import app_mgmt_pb2
from shinsei.api.control.v1 import control_pb2
from shinsei.api.core_systems.v1 import core_systems_pb2
from shinsei.api.events.v1.events_pb2 import RunStarted
from shinsei.api.portal.v1 import portal_pb2, portal_pb2_grpc
from shinsei.runtime import rpc_interceptor, rpc_limits
from shinsei.runtime.kafka.producer import MAX_VALUE_BYTES
from shinsei.runtime.rpc import GrpcServer, channel
from shinsei.runtime.rpc_limits import BYTES, MAX_MESSAGE_BYTES, OPEN_ENDED, USUAL_BYTES
from shinsei.testing import eventually

APIS = (portal_pb2, control_pb2, app_mgmt_pb2, core_systems_pb2)
PROCEDURES = {
    method.name for api in APIS for service in api.DESCRIPTOR.services_by_name.values() for method in service.methods
}


class Portal(portal_pb2_grpc.PortalServiceServicer):
    """Takes what comes, as slowly as it is told."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def Submit(self, request: Any, context: Any) -> Any:  # noqa: N802
        await self.may_answer.wait()
        return portal_pb2.SubmitResponse()

    async def UploadAttachment(self, request_iterator: Any, context: Any) -> Any:  # noqa: N802
        size = sum([len(request.chunk) async for request in request_iterator])
        return portal_pb2.UploadAttachmentResponse(size=size)

    async def WatchStatus(self, request: Any, context: Any) -> AsyncIterator[Any]:  # noqa: N802
        yield portal_pb2.WatchStatusResponse()
        await self.may_answer.wait()
        yield portal_pb2.WatchStatusResponse()


class Pull(portal_pb2_grpc.PullServiceServicer):
    """Gives the first bytes of a file, then what it is told."""

    def __init__(self) -> None:
        self.is_endless = False

    async def DownloadAttachment(self, request: Any, context: Any) -> AsyncIterator[Any]:  # noqa: N802
        yield portal_pb2.DownloadAttachmentResponse(chunk=b"a")
        while self.is_endless:
            yield portal_pb2.DownloadAttachmentResponse(chunk=bytes(1 << 20))
        await asyncio.Event().wait()


@pytest.fixture
async def portal() -> Portal:
    return Portal()


@pytest.fixture
async def pull() -> Pull:
    return Pull()


@pytest.fixture
async def served(portal: Portal, pull: Pull, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[grpc.aio.Channel]:
    monkeypatch.setattr(rpc_interceptor._Guard.single, "__defaults__", (0.2,))
    monkeypatch.setattr(rpc_interceptor._Guard.stream, "__defaults__", (0.2,))
    monkeypatch.setattr(rpc_limits, "NEXT_S", 0.2)

    def add(server: grpc.aio.Server) -> None:
        portal_pb2_grpc.add_PortalServiceServicer_to_server(portal, server)
        portal_pb2_grpc.add_PullServiceServicer_to_server(pull, server)

    server = GrpcServer("127.0.0.1", 0, [add], ["shinsei.api.portal.v1.PortalService"])
    await server.start()
    async with channel(f"127.0.0.1:{server.port}") as to_server:
        yield to_server
    await server.stop()


async def refusal(call: Any) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(AioRpcError) as raised:
        await call
    return raised.value.code(), str(raised.value.details())


def test_every_exception_is_of_a_procedure_that_there_is() -> None:
    assert BYTES.keys() | OPEN_ENDED <= PROCEDURES
    assert all(USUAL_BYTES < most <= MAX_MESSAGE_BYTES for most in BYTES.values())


def test_a_run_that_is_taken_can_travel() -> None:
    started = RunStarted(run_id="r" * 200, municipality="482013", spec=bytes(BYTES["StartRun"]))
    assert started.ByteSize() < MAX_VALUE_BYTES


async def test_a_request_larger_than_any_of_its_kind_is_refused(served: grpc.aio.Channel) -> None:
    request = portal_pb2.SubmitRequest()
    request.application.fields["note"] = "x" * USUAL_BYTES
    code, text = await refusal(portal_pb2_grpc.PortalServiceStub(served).Submit(request))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert "at most 65536" in text


@pytest.mark.parametrize("raw", [b"\xff", b"\x0a\xff\xff\xff\xff\x0f", b"\x0a\x05ab"])
async def test_bytes_that_are_no_message_are_the_callers_mistake(served: grpc.aio.Channel, raw: bytes) -> None:
    call: Any = served.unary_unary("/shinsei.api.portal.v1.PortalService/Submit", request_serializer=bytes)
    code, text = await refusal(call(raw))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert "cannot be read" in text


async def test_a_call_that_takes_longer_than_any_may_is_ended(served: grpc.aio.Channel, portal: Portal) -> None:
    portal.may_answer.clear()
    code, text = await refusal(portal_pb2_grpc.PortalServiceStub(served).Submit(portal_pb2.SubmitRequest()))
    assert code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert "has not ended" in text


async def test_an_upload_that_stops_in_the_middle_is_ended(served: grpc.aio.Channel) -> None:
    async def parts() -> AsyncIterator[portal_pb2.UploadAttachmentRequest]:
        yield portal_pb2.UploadAttachmentRequest(chunk=b"a")
        await asyncio.Event().wait()

    code, text = await refusal(portal_pb2_grpc.PortalServiceStub(served).UploadAttachment(parts()))
    assert code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert "nothing has come" in text


async def test_chunks_are_checked_one_by_one(served: grpc.aio.Channel) -> None:
    async def parts(size: int) -> AsyncIterator[portal_pb2.UploadAttachmentRequest]:
        for _ in range(3):
            yield portal_pb2.UploadAttachmentRequest(chunk=bytes(size))

    stub = portal_pb2_grpc.PortalServiceStub(served)
    assert (await stub.UploadAttachment(parts(1 << 20))).size == 3 << 20
    assert (await refusal(stub.UploadAttachment(parts(2 << 20))))[0] is grpc.StatusCode.INVALID_ARGUMENT


async def test_a_stream_of_answers_that_takes_longer_than_any_may_is_ended(served: grpc.aio.Channel) -> None:
    stream = portal_pb2_grpc.PullServiceStub(served).DownloadAttachment(portal_pb2.DownloadAttachmentRequest())
    assert (await stream.read()).chunk == b"a"
    code, text = await refusal(stream.read())
    assert code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert "has not ended" in text


def in_flight(procedure: str) -> float:
    labels = {"service": "shinsei.api.portal.v1.PullService", "method": procedure}
    return REGISTRY.get_sample_value("shinsei_grpc_server_in_flight", labels) or 0.0


async def test_a_stream_whose_answers_nobody_takes_is_ended(served: grpc.aio.Channel, pull: Pull) -> None:
    pull.is_endless = True
    stream = portal_pb2_grpc.PullServiceStub(served).DownloadAttachment(portal_pb2.DownloadAttachmentRequest())
    assert (await stream.read()).chunk == b"a"
    assert in_flight("DownloadAttachment") == 1
    await eventually(lambda: in_flight("DownloadAttachment") == 0, within_s=10)
    stream.cancel()


async def test_a_case_is_watched_for_as_long_as_it_goes_on(served: grpc.aio.Channel, portal: Portal) -> None:
    portal.may_answer.clear()
    watched = portal_pb2_grpc.PortalServiceStub(served).WatchStatus(portal_pb2.WatchStatusRequest())
    await watched.read()
    # A stream with the usual limit that begins later: when that has ended it, the watch has lasted for longer than any.
    limited = portal_pb2_grpc.PullServiceStub(served).DownloadAttachment(portal_pb2.DownloadAttachmentRequest())
    await limited.read()
    assert (await refusal(limited.read()))[0] is grpc.StatusCode.DEADLINE_EXCEEDED
    portal.may_answer.set()
    assert await watched.read() == portal_pb2.WatchStatusResponse()
