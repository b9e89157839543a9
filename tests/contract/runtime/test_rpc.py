"""What callers see of every service: statuses with details, health, reflection, deadlines, metrics."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import grpc
import pytest
from grpc.aio import AioRpcError, Metadata
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from prometheus_client import REGISTRY

from shinsei.api.portal.v1 import portal_pb2, portal_pb2_grpc
from shinsei.domain.errors import (
    ConflictError,
    Flaw,
    IllegalTransitionError,
    ImpersonationError,
    InvalidInputError,
    NotFoundError,
    ShinseiError,
    SignatureError,
    UnavailableError,
)
from shinsei.runtime.errors import FencedError, OverloadedError, StartError
from shinsei.runtime.healthcheck import all_serve
from shinsei.runtime.retry import ExponentialBackoff
from shinsei.runtime.rpc import LIVE, STARTED, GrpcServer, channel, retrying, to_domain
from shinsei.testing import eventually

SERVICE = "shinsei.api.portal.v1.PortalService"
QUICK = ExponentialBackoff(first_s=0.01, max_s=0.02)


class Portal(portal_pb2_grpc.PortalServiceServicer):
    """Answers as it is told."""

    def __init__(self) -> None:
        self.outcome: Callable[[Any], Any] = lambda _: portal_pb2.SubmitResponse(receipt_number="1")
        self.calls = 0
        self.pauses = 0

    async def Submit(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.calls += 1
        outcome = self.outcome(context)
        return await outcome if asyncio.iscoroutine(outcome) else outcome

    async def WatchStatus(self, request: Any, context: Any) -> Any:  # noqa: N802
        yield portal_pb2.WatchStatusResponse()
        for _ in range(self.pauses):
            await asyncio.wait({asyncio.create_task(asyncio.Event().wait())}, timeout=0.1)
            yield portal_pb2.WatchStatusResponse()
        self.outcome(context)

    def fails(self, error: BaseException) -> None:
        def outcome(_: Any) -> None:
            raise error

        self.outcome = outcome


@contextlib.asynccontextmanager
async def serving(portal: Portal, *, reflect: bool = False) -> AsyncIterator[tuple[GrpcServer, grpc.aio.Channel]]:
    def add(server: grpc.aio.Server) -> None:
        portal_pb2_grpc.add_PortalServiceServicer_to_server(portal, server)

    server = GrpcServer("127.0.0.1", 0, [add], [SERVICE], reflect=reflect)
    await server.start()
    async with channel(f"127.0.0.1:{server.port}") as to_server:
        yield server, to_server
    await server.stop()


@pytest.fixture
async def portal() -> Portal:
    return Portal()


@pytest.fixture
async def served(portal: Portal) -> AsyncIterator[grpc.aio.Channel]:
    async with serving(portal) as (_, to_server):
        yield to_server


async def submit(to_server: grpc.aio.Channel) -> Any:
    return await portal_pb2_grpc.PortalServiceStub(to_server).Submit(portal_pb2.SubmitRequest())


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidInputError("procedure", "99 is unknown"), grpc.StatusCode.INVALID_ARGUMENT),
        (NotFoundError("receipt number", "X"), grpc.StatusCode.NOT_FOUND),
        (ConflictError("another run is open"), grpc.StatusCode.FAILED_PRECONDITION),
        (IllegalTransitionError("a", "b", "c"), grpc.StatusCode.FAILED_PRECONDITION),
        (OverloadedError("20,000 submissions wait", 250), grpc.StatusCode.RESOURCE_EXHAUSTED),
        (UnavailableError("not yet"), grpc.StatusCode.UNAVAILABLE),
        (FencedError("t", 0, 1), grpc.StatusCode.UNAVAILABLE),
        (asyncpg.ConnectionDoesNotExistError("gone"), grpc.StatusCode.UNAVAILABLE),
        (asyncpg.DiskFullError("full"), grpc.StatusCode.UNAVAILABLE),
        (asyncpg.CharacterNotInRepertoireError("0x00"), grpc.StatusCode.INVALID_ARGUMENT),
        (ConnectionRefusedError(), grpc.StatusCode.UNAVAILABLE),
        (PermissionError("the token is not valid"), grpc.StatusCode.UNAUTHENTICATED),
        (SignatureError(Flaw.EXPIRED, "the certificate has expired"), grpc.StatusCode.UNAUTHENTICATED),
        (ImpersonationError(Flaw.OTHER_SERIAL, "of somebody else"), grpc.StatusCode.PERMISSION_DENIED),
        (ZeroDivisionError("a defect"), grpc.StatusCode.INTERNAL),
    ],
)
async def test_an_error_becomes_the_status_of_its_kind(
    portal: Portal, served: grpc.aio.Channel, error: BaseException, code: grpc.StatusCode
) -> None:
    portal.fails(error)
    with pytest.raises(AioRpcError) as raised:
        await submit(served)
    assert raised.value.code() is code
    assert raised.value.details()


@pytest.mark.parametrize(
    "error",
    [
        InvalidInputError("procedure", "99 is unknown"),
        InvalidInputError("添付書類", "写真.heic は受け付けられません"),
        InvalidInputError("", "nothing was given"),
        NotFoundError("receipt number", "2021-0001"),
        ConflictError("another run is open"),
        UnavailableError("not yet"),
    ],
)
async def test_an_error_arrives_at_the_caller_as_it_was_raised(
    portal: Portal, served: grpc.aio.Channel, error: ShinseiError
) -> None:
    portal.fails(error)
    with pytest.raises(AioRpcError) as raised:
        await submit(served)
    arrived = to_domain(raised.value)
    assert type(arrived) is type(error)
    assert str(arrived) == str(error)
    assert vars(arrived) == vars(error)


async def test_an_overloaded_service_says_when_to_come_back(portal: Portal, served: grpc.aio.Channel) -> None:
    portal.fails(OverloadedError("too many wait", 250))
    with pytest.raises(AioRpcError) as raised:
        await submit(served)
    arrived = to_domain(raised.value)
    assert isinstance(arrived, OverloadedError)
    assert arrived.retry_after_ms == 250


async def test_a_defect_is_not_told_to_the_caller(portal: Portal, served: grpc.aio.Channel) -> None:
    portal.fails(ZeroDivisionError("secret"))
    with pytest.raises(AioRpcError) as raised:
        await submit(served)
    assert "secret" not in (raised.value.details() or "")


async def test_a_status_chosen_by_the_servicer_is_kept(portal: Portal, served: grpc.aio.Channel) -> None:
    portal.outcome = lambda context: context.abort(grpc.StatusCode.UNAUTHENTICATED, "log in first")
    with pytest.raises(AioRpcError) as raised:
        await submit(served)
    assert (raised.value.code(), raised.value.details()) == (grpc.StatusCode.UNAUTHENTICATED, "log in first")
    assert handled("Submit", "UNAUTHENTICATED")


async def test_a_stream_that_fails_has_the_status_of_its_error(portal: Portal, served: grpc.aio.Channel) -> None:
    portal.fails(NotFoundError("receipt number", "X"))
    stream = portal_pb2_grpc.PortalServiceStub(served).WatchStatus(portal_pb2.WatchStatusRequest())
    assert await stream.read() == portal_pb2.WatchStatusResponse()
    with pytest.raises(AioRpcError) as raised:
        await stream.read()
    assert raised.value.code() is grpc.StatusCode.NOT_FOUND


def handled(method: str, code: str) -> float:
    labels = {"service": SERVICE, "method": method, "code": code}
    return REGISTRY.get_sample_value("shinsei_grpc_server_handled_total", labels) or 0


async def test_calls_are_counted_by_status_and_timed(portal: Portal, served: grpc.aio.Channel) -> None:
    before = handled("Submit", "OK"), handled("Submit", "NOT_FOUND")
    await submit(served)
    portal.fails(NotFoundError("receipt number", "X"))
    with pytest.raises(AioRpcError):
        await submit(served)
    assert (handled("Submit", "OK"), handled("Submit", "NOT_FOUND")) == (before[0] + 1, before[1] + 1)
    labels = {"service": SERVICE, "method": "Submit"}
    assert REGISTRY.get_sample_value("shinsei_grpc_server_handling_seconds_count", labels)
    # A caller has its answer a moment before the server is through with the call.
    await eventually(lambda: REGISTRY.get_sample_value("shinsei_grpc_server_in_flight", labels) == 0)


async def test_health_tells_a_process_that_begins_one_that_serves_and_one_that_drains_apart(portal: Portal) -> None:
    async with serving(portal) as (server, to_server):
        health = health_pb2_grpc.HealthStub(to_server)

        async def serving_now() -> set[str]:
            answers = {
                name: await health.Check(health_pb2.HealthCheckRequest(service=name))
                for name in ("", SERVICE, STARTED, LIVE)
            }
            return {name for name, one in answers.items() if one.status == health_pb2.HealthCheckResponse.SERVING}

        assert await serving_now() == {"", SERVICE, LIVE}
        await server.began()
        assert await serving_now() == {"", SERVICE, STARTED, LIVE}
        await server.drain()
        assert await serving_now() == {STARTED, LIVE}


async def reflected(to_server: grpc.aio.Channel) -> set[str]:
    stub = reflection_pb2_grpc.ServerReflectionStub(to_server)
    requests = [reflection_pb2.ServerReflectionRequest(list_services="")]
    answers = [answer async for answer in stub.ServerReflectionInfo(iter(requests))]
    return {service.name for answer in answers for service in answer.list_services_response.service}


async def test_reflection_names_the_services_where_it_is_asked_for(portal: Portal) -> None:
    async with serving(portal, reflect=True) as (_, to_server):
        assert {SERVICE, "grpc.health.v1.Health"} <= await reflected(to_server)


async def test_nobody_is_told_what_there_is_to_call(served: grpc.aio.Channel) -> None:
    with pytest.raises(AioRpcError) as raised:
        await reflected(served)
    assert raised.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_a_call_has_a_deadline_even_if_the_caller_gives_none(portal: Portal) -> None:
    async with serving(portal) as (server, _), channel(f"127.0.0.1:{server.port}", deadline_s=0.2) as hasty:
        portal.outcome = lambda _: asyncio.Event().wait()
        with pytest.raises(AioRpcError) as raised:
            await submit(hasty)
        assert raised.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


async def test_a_stream_outlives_the_deadline_of_calls(portal: Portal) -> None:
    async with serving(portal) as (server, _), channel(f"127.0.0.1:{server.port}", deadline_s=0.1) as hasty:
        portal.pauses = 3
        stub = portal_pb2_grpc.PortalServiceStub(hasty)
        assert len([item async for item in stub.WatchStatus(portal_pb2.WatchStatusRequest())]) == 4


async def test_retrying_waits_for_a_service_that_is_away(portal: Portal, served: grpc.aio.Channel) -> None:
    def outcome(_: Any) -> Any:
        if portal.calls < 3:
            raise UnavailableError("starting")
        return portal_pb2.SubmitResponse(receipt_number="7")

    portal.outcome = outcome
    response = await retrying(lambda: submit(served), policy=QUICK)
    assert response.receipt_number == "7"


async def test_a_call_hears_that_what_it_waited_for_was_given_up(portal: Portal, served: grpc.aio.Channel) -> None:
    """As when a service stops whoever does the work."""
    work = asyncio.get_running_loop().create_future()
    portal.outcome = lambda _: asyncio.wait_for(work, None)
    call = asyncio.create_task(submit(served))
    await eventually(lambda: portal.calls == 1, what="the call is there")
    work.cancel()
    with pytest.raises(AioRpcError) as raised:
        await asyncio.wait_for(call, 5)
    assert raised.value.code() is grpc.StatusCode.UNAVAILABLE


async def test_retrying_calls_again_who_stops_in_the_middle_of_a_call(portal: Portal) -> None:
    """What he has begun is cancelled by him, not by us."""
    portal.outcome = lambda _: asyncio.Event().wait()
    async with serving(portal) as (server, to_server):
        call = asyncio.create_task(retrying(lambda: submit(to_server), policy=QUICK))
        await eventually(lambda: portal.calls == 1, what="the call is there")
        await server.stop(0.05)
        portal.outcome = lambda _: portal_pb2.SubmitResponse(receipt_number="7")
        again = GrpcServer("127.0.0.1", server.port, server._add, [SERVICE])
        await again.start()
        try:
            assert (await asyncio.wait_for(call, 10)).receipt_number == "7"
        finally:
            await again.stop()


@pytest.mark.parametrize(
    "code",
    [
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.DEADLINE_EXCEEDED,
    ],
)
async def test_retrying_calls_again_after_each_status_of_who_is_away(code: grpc.StatusCode) -> None:
    answers = iter((AioRpcError(code, Metadata(), Metadata()), portal_pb2.SubmitResponse(receipt_number="7")))

    async def call() -> Any:
        answer = next(answers)
        if isinstance(answer, AioRpcError):
            raise answer
        return answer

    assert (await retrying(call, policy=QUICK)).receipt_number == "7"


async def test_retrying_raises_at_once_what_will_not_pass(portal: Portal, served: grpc.aio.Channel) -> None:
    portal.fails(NotFoundError("receipt number", "X"))
    with pytest.raises(NotFoundError):
        await retrying(lambda: submit(served), policy=QUICK)
    assert portal.calls == 1


async def test_retrying_gives_up_when_told_to(portal: Portal, served: grpc.aio.Channel) -> None:
    portal.fails(UnavailableError("for good"))
    with pytest.raises(UnavailableError, match="for good"):
        await retrying(lambda: submit(served), policy=QUICK, give_up_after_s=0.05)


async def test_giving_up_on_who_never_answers_says_so(portal: Portal) -> None:
    portal.outcome = lambda _: asyncio.Event().wait()
    async with serving(portal) as (server, _), channel(f"127.0.0.1:{server.port}", deadline_s=0.1) as hasty:
        with pytest.raises(UnavailableError, match="did not answer in time"):
            await retrying(lambda: submit(hasty), policy=QUICK, give_up_after_s=0.05)


@pytest.mark.parametrize("queues", [1, 2])
async def test_a_port_in_use_is_one_clear_line(portal: Portal, queues: int) -> None:
    async with serving(portal) as (server, _):
        second = GrpcServer("127.0.0.1", server.port, [], [], queues=queues)
        with pytest.raises(StartError) as raised:
            await second.start()
    line = raised.value.line("portal_sim")
    where = f"127.0.0.1:{server.port}"
    assert line == f"portal_sim: gRPC cannot listen on {where}: stop what uses the port or set PORTAL_SIM_GRPC_PORT"


async def test_a_port_that_several_queues_share_is_in_use_for_everybody_else() -> None:
    first, second = (GrpcServer("127.0.0.1", 0, [], [], queues=2) for _ in range(2))
    await first.start()
    second.port = first.port
    with pytest.raises(StartError):
        await second.start()
    await first.stop()


async def test_whoever_calls_a_port_is_answered_by_one_of_its_queues(portal: Portal) -> None:
    server = GrpcServer(
        "127.0.0.1",
        0,
        [lambda one: portal_pb2_grpc.add_PortalServiceServicer_to_server(portal, one)],
        [SERVICE],
        queues=4,
    )
    await server.start()
    alone = (("grpc.use_local_subchannel_pool", 1),)
    for _ in range(12):
        async with grpc.aio.insecure_channel(server.own_target, options=alone) as channel:
            await submit(channel)
    assert portal.calls == 12
    await server.stop()


async def test_several_are_healthy_when_each_of_them_is() -> None:
    async with serving(Portal()) as (one, _), serving(Portal()) as (other, _):
        both = f"portal_sim=127.0.0.1:{one.port},app_mgmt=127.0.0.1:{other.port}"
        assert await asyncio.to_thread(all_serve, both)
        await other.drain()
        assert not await asyncio.to_thread(all_serve, both)
        assert await asyncio.to_thread(all_serve, f"127.0.0.1:{one.port}")


async def test_an_answer_that_is_written_already_is_sent_as_it_is(portal: Portal, served: grpc.aio.Channel) -> None:
    portal.outcome = lambda _: portal_pb2.SubmitResponse(receipt_number="7").SerializeToString()
    assert await submit(served) == portal_pb2.SubmitResponse(receipt_number="7")


async def test_calls_under_way_at_several_servers_of_a_process_are_counted_together(portal: Portal) -> None:
    may_answer = asyncio.Event()

    async def answer() -> Any:
        await may_answer.wait()
        return portal_pb2.SubmitResponse()

    portal.outcome = lambda _: answer()
    labels = {"service": SERVICE, "method": "Submit"}
    async with serving(portal) as (_, one), serving(portal) as (_, another):
        calls = [asyncio.ensure_future(submit(to_server)) for to_server in (one, another, another)]
        await eventually(lambda: REGISTRY.get_sample_value("shinsei_grpc_server_in_flight", labels) == 3)
        may_answer.set()
        await asyncio.gather(*calls)
        await eventually(lambda: REGISTRY.get_sample_value("shinsei_grpc_server_in_flight", labels) == 0)
