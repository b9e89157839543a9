"""How long a call waits until it is taken up, as a service finds out by calls to its own server."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from shinsei.runtime.rpc import GrpcServer
from shinsei.runtime.turns import Turns
from shinsei.testing import ManualClock, eventually


class Health(health_pb2_grpc.HealthServicer):  # type: ignore[misc]
    """Takes nobody up until it is told to."""

    def __init__(self) -> None:
        self.calls = 0
        self.open = asyncio.Event()

    async def Check(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.calls += 1
        await self.open.wait()
        return health_pb2.HealthCheckResponse()


@pytest.fixture
async def health() -> Health:
    return Health()


@pytest.fixture
async def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def turns(health: Health, clock: ManualClock) -> AsyncIterator[Turns]:
    server = grpc.aio.server()
    health_pb2_grpc.add_HealthServicer_to_server(health, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    turns = Turns(lambda: GrpcServer("127.0.0.1", port, [], []), clock)
    await turns.start()
    yield turns
    await turns.stop()
    await server.stop(None)


async def asked(health: Health, times: int) -> None:
    async def so_often() -> bool:
        return health.calls >= times

    await eventually(so_often)


async def test_a_call_that_waits_is_seen_while_it_waits(turns: Turns, health: Health, clock: ManualClock) -> None:
    await asked(health, 1)
    assert turns.wait_s == 0
    clock.advance(2.0)
    assert turns.wait_s == pytest.approx(2.0)


async def test_a_wait_that_passes_by_itself_is_soon_forgotten(turns: Turns, health: Health, clock: ManualClock) -> None:
    await asked(health, 1)
    clock.advance(2.0)
    health.open.set()
    await asked(health, 2)

    async def is_over() -> bool:
        return turns.wait_s == 0

    await eventually(is_over)


async def test_a_server_that_is_away_keeps_nobody_waiting(clock: ManualClock) -> None:
    turns = Turns(lambda: GrpcServer("127.0.0.1", 1, [], []), clock)
    await turns.start()
    assert turns.wait_s == 0
    await turns.stop()
