"""gRPC between processes, of the library and of the world in memory: one suite for both."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from grpc.aio import AioRpcError

from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.api.portal.v1 import portal_pb2_grpc as api_grpc
from shinsei.domain.errors import InvalidInputError, NotFoundError
from shinsei.runtime import makers as makers_module
from shinsei.runtime import rpc
from shinsei.runtime.makers import LIBRARIES, Makers
from shinsei.runtime.rpc import GrpcServer, channel, to_domain
from shinsei.stack.ports import free_port
from shinsei.testing import eventually
from shinsei.testing.simulated import World
from shinsei.testing.simulated.parts import Parts


class Fixed:
    """Stands in for the context variable: the makers are these in every context."""

    def __init__(self, makers: Makers) -> None:
        self.get = lambda: makers


@pytest.fixture(params=["library", "in memory"], autouse=True)
def makers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts the one or the other under the runtime."""
    if request.param == "library":
        yield LIBRARIES
        return
    world = World(0)
    found = Parts(world).makers(world.process)
    for module in (rpc, makers_module):
        monkeypatch.setattr(module, "MAKERS", Fixed(found))
    yield found
    world.loop.close()


class Portal(api_grpc.PortalServiceServicer):
    """Answers by the receipt number that it is asked about."""

    def __init__(self) -> None:
        self.came, self.gone = asyncio.Event(), asyncio.Event()

    async def GetStatus(self, request: Any, context: Any) -> Any:  # noqa: N802
        match request.receipt_number:
            case "none":
                raise NotFoundError("application", "なし")
            case "wrong":
                raise InvalidInputError("receipt_number", "is wrong")
            case "whose":
                return api.GetStatusResponse(receipt_number=str(dict(context.invocation_metadata())["authorization"]))
            case "refused":
                await context.abort(grpc.StatusCode.PERMISSION_DENIED, "not yours")
            case "slow":
                self.came.set()
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    self.gone.set()
                    raise
        return api.GetStatusResponse(receipt_number=request.receipt_number)

    async def WatchStatus(self, request: Any, context: Any) -> AsyncIterator[Any]:  # noqa: N802
        for number in range(3):
            yield api.WatchStatusResponse(transition=api.VisibleTransition(visible_from_ms=number))
        if request.receipt_number == "breaks":
            raise NotFoundError("transition", "3")


@pytest.fixture
async def portal() -> Portal:
    return Portal()


@pytest.fixture
async def stub(portal: Portal) -> AsyncIterator[Any]:
    def add(server: grpc.aio.Server) -> None:
        api_grpc.add_PortalServiceServicer_to_server(portal, server)

    server = GrpcServer("127.0.0.1", 0, [add], ["shinsei.api.portal.v1.PortalService"])
    await server.start()
    opened = channel(server.own_target)
    yield api_grpc.PortalServiceStub(opened)
    await opened.close()
    await server.stop()


def asked(number: str) -> api.GetStatusRequest:
    return api.GetStatusRequest(receipt_number=number)


async def test_an_answer_is_that_of_the_request_and_of_what_came_with_it(stub: Any) -> None:
    answers = await asyncio.gather(*(stub.GetStatus(asked(str(number))) for number in range(5)))
    assert [answer.receipt_number for answer in answers] == ["0", "1", "2", "3", "4"]
    answer = await stub.GetStatus(asked("whose"), metadata=(("authorization", "Bearer x"),))
    assert answer.receipt_number == "Bearer x"


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        ("none", grpc.StatusCode.NOT_FOUND, "なし"),
        ("wrong", grpc.StatusCode.INVALID_ARGUMENT, "is wrong"),
        ("refused", grpc.StatusCode.PERMISSION_DENIED, "not yours"),
    ],
)
async def test_an_error_comes_with_its_status_and_its_details(
    stub: Any, number: str, code: grpc.StatusCode, text: str
) -> None:
    with pytest.raises(AioRpcError) as failed:
        await stub.GetStatus(asked(number))
    assert failed.value.code() is code
    assert text in str(to_domain(failed.value))


async def test_a_stream_gives_all_before_it_ends_or_fails(stub: Any) -> None:
    def at(update: Any) -> int:
        return int(update.transition.visible_from_ms)

    watched = api.WatchStatusRequest(receipt_number="whole")
    assert [at(update) async for update in stub.WatchStatus(watched)] == [0, 1, 2]
    breaking = stub.WatchStatus(api.WatchStatusRequest(receipt_number="breaks"))
    updates = aiter(breaking)
    assert [at(await anext(updates)) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(AioRpcError) as failed:
        await anext(updates)
    assert failed.value.code() is grpc.StatusCode.NOT_FOUND


async def test_a_deadline_ends_a_call_and_the_server_hears_of_it(stub: Any, portal: Portal) -> None:
    with pytest.raises(AioRpcError) as failed:
        await stub.GetStatus(asked("slow"), timeout=0.2)
    assert failed.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    await eventually(portal.gone.is_set)


async def test_a_caller_who_goes_away_is_noticed(stub: Any, portal: Portal) -> None:
    async def call() -> None:
        await stub.GetStatus(asked("slow"))

    calling = asyncio.create_task(call())
    await eventually(portal.came.is_set)
    calling.cancel()
    await eventually(portal.gone.is_set)


async def test_where_nobody_listens_a_call_is_answered_with_unavailable() -> None:
    opened = channel(f"127.0.0.1:{free_port()}")
    with pytest.raises(AioRpcError) as failed:
        await api_grpc.PortalServiceStub(opened).GetStatus(asked("1"), timeout=5)
    assert failed.value.code() is grpc.StatusCode.UNAVAILABLE
    await opened.close()
