"""How long a call waits until it is taken up, as a service finds out by calls to its own server."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest

from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.api.portal.v1.portal_pb2_grpc import (
    PortalServiceServicer,
    PortalServiceStub,
    add_PortalServiceServicer_to_server,
)
from shinsei.runtime.rpc import GrpcServer
from shinsei.runtime.rpc_interceptor import TURN
from shinsei.runtime.turns import Turns
from shinsei.testing import ManualClock, eventually

METHOD = "/line.Line/Wait"


class Line(grpc.GenericRpcHandler):
    """A server's method that takes nobody up until it is told to."""

    def __init__(self) -> None:
        self.calls = 0
        self.open = asyncio.Event()

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        if handler_call_details.method == METHOD and TURN in handler_call_details.invocation_metadata:
            return grpc.unary_unary_rpc_method_handler(self.wait)
        return None

    async def wait(self, _request: bytes, _context: Any) -> bytes:
        self.calls += 1
        await self.open.wait()
        return b""


@pytest.fixture
async def line() -> Line:
    return Line()


@pytest.fixture
async def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def turns(line: Line, clock: ManualClock) -> AsyncIterator[Turns]:
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((line,))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    turns = Turns(lambda: GrpcServer("127.0.0.1", port, [], []), METHOD, clock)
    await turns.start()
    yield turns
    await turns.stop()
    await server.stop(None)


async def asked(line: Line, times: int) -> None:
    async def so_often() -> bool:
        return line.calls >= times

    await eventually(so_often)


async def test_a_call_that_waits_is_seen_while_it_waits(turns: Turns, line: Line, clock: ManualClock) -> None:
    await asked(line, 1)
    assert turns.wait_s == 0
    clock.advance(2.0)
    assert turns.wait_s == pytest.approx(2.0)


async def test_a_wait_that_passes_by_itself_is_soon_forgotten(turns: Turns, line: Line, clock: ManualClock) -> None:
    await asked(line, 1)
    clock.advance(2.0)
    line.open.set()
    await asked(line, 2)

    async def is_over() -> bool:
        return turns.wait_s == 0

    await eventually(is_over)


async def test_a_server_that_is_away_keeps_nobody_waiting(clock: ManualClock) -> None:
    turns = Turns(lambda: GrpcServer("127.0.0.1", 1, [], []), METHOD, clock)
    assert turns.wait_s == 0
    await turns.start()
    assert turns.wait_s == 0
    await turns.stop()


class Portal(PortalServiceServicer):
    """Counts what it is asked."""

    def __init__(self) -> None:
        self.submitted = 0

    async def Submit(self, request: api.SubmitRequest, context: Any) -> api.SubmitResponse:  # noqa: N802
        self.submitted += 1
        return api.SubmitResponse(receipt_number="7")


async def test_each_queue_of_a_method_is_stood_in_and_the_method_not_called(clock: ManualClock) -> None:
    portal = Portal()

    def add(server: grpc.aio.Server) -> None:
        add_PortalServiceServicer_to_server(portal, server)

    server = GrpcServer("127.0.0.1", 0, [add], [], queues=3)
    await server.start()
    answers = []
    for target in server.queue_targets:
        async with grpc.aio.insecure_channel(target) as channel:
            submit: Any = channel.unary_unary("/shinsei.api.portal.v1.PortalService/Submit")
            answers.append(await submit(b"no message at all", metadata=(TURN,)))
    assert answers == [b""] * 3
    assert portal.submitted == 0
    async with grpc.aio.insecure_channel(server.own_target) as channel:
        assert (await PortalServiceStub(channel).Submit(api.SubmitRequest())).receipt_number == "7"
    await server.stop()


async def test_the_wait_is_that_of_the_longest_queue(line: Line, clock: ManualClock) -> None:
    quick = Line()
    quick.open.set()
    servers, ports = [], []
    for one in (quick, line):
        server = grpc.aio.server()
        server.add_generic_rpc_handlers((one,))
        ports.append(server.add_insecure_port("127.0.0.1:0"))
        await server.start()
        servers.append(server)
    asked_of = GrpcServer("127.0.0.1", 0, [], [])
    asked_of.queue_targets += [f"127.0.0.1:{port}" for port in ports]
    turns = Turns(lambda: asked_of, METHOD, clock)
    await turns.start()
    await asked(line, 1)
    clock.advance(3.0)
    assert turns.wait_s == pytest.approx(3.0)
    await turns.stop()
    for server in servers:
        await server.stop(None)
