"""How long a call waits until this process takes it up, by calls to its own server.

gRPC takes up one call after the other in this process, and nothing here can see those that wait before it: an event
loop that has all its time for the calls it knows looks idle. So a service stands in its own queue, again and again.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from shinsei.runtime.clock import Clock, sleep
from shinsei.runtime.identity import open_channel
from shinsei.runtime.observability import histogram
from shinsei.runtime.rpc import GrpcServer

SECONDS = histogram("shinsei_grpc_server_turn_seconds", "Real time for which a call waits until it is taken up.")

_EVERY_S = 0.1
_TIMEOUT_S = 10.0
_LAST = 3
"""Calls that must all have waited: a wait that passes by itself is none."""


class Turns:
    """Measures it (a lifespan component, behind the server).

    Args:
        server: this process's own.
        clock: real time.
    """

    def __init__(self, server: Callable[[], GrpcServer], clock: Clock) -> None:
        self._server = server
        self._clock = clock
        self._waited_s = deque([0.0] * _LAST, maxlen=_LAST)
        self._asked_s: float | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to ask."""
        self._task = asyncio.create_task(self._ask(), name="turns")

    async def stop(self) -> None:
        """Ask no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @property
    def wait_s(self) -> float:
        """The shortest wait of the last calls, or of the one that waits now if that is longer already."""
        under_way_s = 0.0 if self._asked_s is None else self._clock.monotonic_s() - self._asked_s
        return max(min(self._waited_s), under_way_s)

    async def _ask(self) -> None:
        async with open_channel(self._server().own_target) as channel:
            health = health_pb2_grpc.HealthStub(channel)
            while True:
                self._asked_s = self._clock.monotonic_s()
                with contextlib.suppress(grpc.RpcError):
                    await health.Check(health_pb2.HealthCheckRequest(), timeout=_TIMEOUT_S)
                waited_s = self._clock.monotonic_s() - self._asked_s
                self._asked_s = None
                self._waited_s.append(waited_s)
                SECONDS.observe(waited_s)
                await sleep(_EVERY_S)
