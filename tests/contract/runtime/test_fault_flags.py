"""Fault flags over gRPC: how they are switched, and what befalls calls while they are set."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import grpc
import pytest
from grpc.aio import AioRpcError
from tests.contract.runtime.test_rpc import Portal, serving, submit

from shinsei.api.control.v1 import control_pb2, control_pb2_grpc
from shinsei.domain.errors import UnavailableError
from shinsei.runtime.faults import Board
from shinsei.runtime.retry import ExponentialBackoff
from shinsei.runtime.rpc import retrying
from shinsei.testing.flags import fault_flags
from shinsei.testing.waiting import eventually

QUICK = ExponentialBackoff(first_s=0.01, max_s=0.02)


@pytest.fixture
def board() -> Iterator[Board]:
    with fault_flags("portal_sim") as allowed:
        yield allowed


@pytest.fixture
async def portal() -> Portal:
    return Portal()


@pytest.fixture
async def served(portal: Portal) -> AsyncIterator[grpc.aio.Channel]:
    async with serving(portal) as (_, to_server):
        yield to_server


async def refused(calling: Any) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(AioRpcError) as raised:
        await calling
    return raised.value.code(), raised.value.details() or ""


async def test_a_flag_is_set_listed_and_cleared_by_the_switch_of_its_service(
    board: Board, served: grpc.aio.Channel
) -> None:
    switch = control_pb2_grpc.FaultServiceStub(served)
    await switch.SetFault(control_pb2.SetFaultRequest(flag="portal-slow", value=50, for_ms=60_000))
    listed = await switch.ListFaults(control_pb2.ListFaultsRequest())
    assert listed.is_allowed
    assert [(one.flag, one.value) for one in listed.faults] == [("portal-slow", 50)]
    assert 0 < listed.faults[0].left_ms <= 60_000
    assert (await switch.ClearFault(control_pb2.ClearFaultRequest())).cleared == ["portal-slow"]
    assert not (await switch.ListFaults(control_pb2.ListFaultsRequest())).faults


@pytest.mark.parametrize(
    ("flag", "value", "for_ms"), [("portal-slow", 0, 0), ("nothing", 1, 0), ("portal-slow", 5, -1)]
)
async def test_what_cannot_be_set_is_an_invalid_argument(
    board: Board, served: grpc.aio.Channel, flag: str, value: int, for_ms: int
) -> None:
    switch = control_pb2_grpc.FaultServiceStub(served)
    request = control_pb2.SetFaultRequest(flag=flag, value=value, for_ms=for_ms)
    code, _ = await refused(switch.SetFault(request))
    assert code is grpc.StatusCode.INVALID_ARGUMENT


async def test_a_service_that_was_started_without_flags_refuses_them(served: grpc.aio.Channel) -> None:
    switch = control_pb2_grpc.FaultServiceStub(served)
    code, text = await refused(switch.SetFault(control_pb2.SetFaultRequest(flag="portal-slow", value=50)))
    assert code is grpc.StatusCode.FAILED_PRECONDITION
    assert "FAULT_FLAGS=true" in text
    assert not (await switch.ListFaults(control_pb2.ListFaultsRequest())).is_allowed


async def test_a_slow_portal_takes_calls_up_late(board: Board, portal: Portal, served: grpc.aio.Channel) -> None:
    board.set_flag("portal-slow", 10_000)
    calling = asyncio.ensure_future(submit(served))
    await eventually(lambda: board.standing()[0].struck == 1)
    assert portal.calls == 0
    board.clear()
    await asyncio.wait_for(calling, 5)
    assert portal.calls == 1


async def test_a_refusing_portal_does_nothing_and_says_that_it_is_away(
    board: Board, portal: Portal, served: grpc.aio.Channel
) -> None:
    board.set_flag("portal-refusing", 100)
    assert (await refused(submit(served)))[0] is grpc.StatusCode.UNAVAILABLE
    assert portal.calls == 0
    board.clear()
    await submit(served)


async def test_an_answer_that_is_lost_is_of_a_call_that_was_done(
    board: Board, portal: Portal, served: grpc.aio.Channel
) -> None:
    board.set_flag("answer-lost", 90, seed=1)
    outcomes = [await asyncio.gather(submit(served), return_exceptions=True) for _ in range(10)]
    lost = [one for (one,) in outcomes if isinstance(one, AioRpcError)]
    assert portal.calls == 10
    assert {one.code() for one in lost} == {grpc.StatusCode.UNAVAILABLE}
    assert len(lost) == board.standing()[0].struck > 5
    board.clear()
    await submit(served)


async def test_a_cut_network_lets_no_call_leave_until_it_is_whole(portal: Portal, served: grpc.aio.Channel) -> None:
    with fault_flags("linkage_server") as board:
        board.set_flag("calls-cut", 100)
        calling = asyncio.create_task(retrying(lambda: submit(served), policy=QUICK))
        await eventually(lambda: board.standing()[0].struck > 2)
        assert portal.calls == 0
        with pytest.raises(UnavailableError, match="the network is cut"):
            await retrying(lambda: submit(served), policy=QUICK, give_up_after_s=0.05)
        board.clear()
        await asyncio.wait_for(calling, 5)
    assert portal.calls == 1


async def test_a_slow_network_lets_calls_leave_late(portal: Portal, served: grpc.aio.Channel) -> None:
    with fault_flags("linkage_server") as board:
        board.set_flag("calls-slow", 10_000)
        calling = asyncio.create_task(retrying(lambda: submit(served), policy=QUICK))
        await eventually(lambda: board.standing()[0].struck == 1)
        assert portal.calls == 0
        board.clear()
        await asyncio.wait_for(calling, 5)
