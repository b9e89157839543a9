"""A connection that dies without a word: nobody closes it, and nothing that is sent is answered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import grpc
import pytest
from grpc.aio import AioRpcError
from grpc_health.v1 import health_pb2, health_pb2_grpc

from shinsei.runtime import rpc
from shinsei.runtime.rpc import GrpcServer, channel

WITHIN_S = 20.0


class Line:
    """Passes bytes on to a server, until it is silent."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._may_pass = asyncio.Event()
        self._may_pass.set()
        self._calls: set[asyncio.Task[None]] = set()

    def fall_silent(self) -> None:
        """Passes nothing on any more, and closes nothing."""
        self._may_pass.clear()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        """The port on which it takes calls."""
        server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        async with server:
            yield server.sockets[0].getsockname()[1]
            for call in self._calls:
                call.cancel()
            await asyncio.gather(*self._calls, return_exceptions=True)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        for one in (self._pass(reader, back), self._pass(there, writer)):
            call = asyncio.create_task(one)
            self._calls.add(call)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            try:
                while data := await reader.read(1 << 16):
                    await self._may_pass.wait()
                    writer.write(data)
                    await writer.drain()
            finally:
                writer.close()


@pytest.fixture
async def server() -> AsyncIterator[GrpcServer]:
    server = GrpcServer("127.0.0.1", 0, [], [])
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pings as clients do, but a hundred times as often."""
    sooner = {"grpc.keepalive_time_ms", "grpc.keepalive_timeout_ms", "grpc.http2.ping_timeout_ms"}
    pings = [(name, value // 100 if name in sooner else value) for name, value in rpc._PINGS]
    assert sooner <= {name for name, _ in pings}
    monkeypatch.setattr(rpc, "_PINGS", pings)


@pytest.mark.usefixtures("impatient")
async def test_a_stream_on_a_connection_that_died_without_a_word_ends(server: GrpcServer) -> None:
    """A stream has no deadline: without pings it would wait for ever."""
    line = Line(server.port)
    async with line.open() as port, channel(f"127.0.0.1:{port}") as to_server:
        stream = health_pb2_grpc.HealthStub(to_server).Watch(health_pb2.HealthCheckRequest())
        await stream.read()
        line.fall_silent()
        with pytest.raises(AioRpcError) as raised:
            await asyncio.wait_for(stream.read(), WITHIN_S)
    assert raised.value.code() is grpc.StatusCode.UNAVAILABLE


def test_a_server_lets_clients_ping_as_often_as_they_do() -> None:
    """What comes more often than it wants is taken for an attack, and the connection closed."""
    pings, lets = dict(rpc._PINGS), dict(rpc.LETS_PING)
    assert pings["grpc.keepalive_time_ms"] >= 2 * lets["grpc.http2.min_ping_interval_without_data_ms"]
    assert lets["grpc.keepalive_permit_without_calls"] == pings["grpc.keepalive_permit_without_calls"]
