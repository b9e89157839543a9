"""How long a call waits until this process takes it up, by calls to its own server.

gRPC keeps a queue for each method and takes up one call of it after the other. Nothing in this process can see those
that wait: an event loop that has all its time for the calls it knows looks idle, and a call of another method is taken
up at once however long the queue of this one is. So a service stands in the queue itself, again and again.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable

import grpc

from shinsei.runtime.clock import Clock, sleep
from shinsei.runtime.identity import open_channel
from shinsei.runtime.observability import histogram
from shinsei.runtime.rpc import GrpcServer
from shinsei.runtime.rpc_interceptor import TURN

SECONDS = histogram("shinsei_grpc_server_turn_seconds", "Real time for which a call waits until it is taken up.")

_EVERY_S = 0.2
_TIMEOUT_S = 10.0
_LAST = 2
"""Calls that must all have waited: a wait that passes by itself is none."""


class Turns:
    """Measures it (a lifespan component, behind the server).

    Args:
        server: this process's own.
        method: in whose queues it stands: ``/package.Service/Method``, no stream.
        clock: real time.
    """

    def __init__(self, server: Callable[[], GrpcServer], method: str, clock: Clock) -> None:
        self._server = server
        self._method = method
        self._clock = clock
        self._queues: list[_Queue] = []

    async def start(self) -> None:
        """Begin to ask."""
        server = self._server()
        targets = server.queue_targets or [server.own_target]
        self._queues = [_Queue(target, self._method, self._clock) for target in targets]

    async def stop(self) -> None:
        """Ask no more."""
        for queue in self._queues:
            queue.task.cancel()
        await asyncio.gather(*(queue.task for queue in self._queues), return_exceptions=True)

    @property
    def wait_s(self) -> float:
        """That of the queue in which a call waits longest."""
        return max((queue.wait_s for queue in self._queues), default=0.0)


class _Queue:
    def __init__(self, target: str, method: str, clock: Clock) -> None:
        self._clock = clock
        self._waited_s = deque([0.0] * _LAST, maxlen=_LAST)
        self._asked_s: float | None = None
        self.task = asyncio.create_task(self._stand(target, method), name="turns")

    @property
    def wait_s(self) -> float:
        """The shortest wait of the last calls, or of the one that waits now if that is longer already."""
        under_way_s = 0.0 if self._asked_s is None else self._clock.monotonic_s() - self._asked_s
        return max(min(self._waited_s), under_way_s)

    async def _stand(self, target: str, method: str) -> None:
        async with open_channel(target) as channel:
            call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(method)
            while True:
                self._asked_s = self._clock.monotonic_s()
                with contextlib.suppress(grpc.RpcError):
                    await call(b"", timeout=_TIMEOUT_S, metadata=(TURN,))
                waited_s = self._clock.monotonic_s() - self._asked_s
                self._asked_s = None
                self._waited_s.append(waited_s)
                SECONDS.observe(waited_s)
                await sleep(_EVERY_S)
