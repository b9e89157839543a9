"""gRPC as the runtime uses it, between processes of one world: servers by their address, calls that can break off.

Messages are serialised and read again, interceptors run, deadlines hold, a caller who goes away is noticed. What breaks
off with UNAVAILABLE may have been done.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextvars import Context, copy_context
from types import TracebackType
from typing import Any, NamedTuple, NoReturn, Self

import grpc
from grpc.aio import AbortError, AioRpcError

from shinsei.testing.simulated.loop import Process
from shinsei.testing.simulated.world import World

DEADLINE_S = 30.0
"""Of a unary call that states none, as the channels of the runtime have it."""

Pairs = tuple[tuple[str, str | bytes], ...]


def broken(code: grpc.StatusCode, text: str, trailing: Pairs = ()) -> AioRpcError:
    """The error of a call."""
    return AioRpcError(code, (), trailing, details=text)  # type: ignore[arg-type] # pairs will do


def _lost() -> BaseException:
    return broken(grpc.StatusCode.UNAVAILABLE, "Socket closed")


class Network:
    """Who listens where."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.servers: dict[str, Server] = {}
        self.calls: dict[Call, None] = {}
        """Under way, in the order of their beginning."""
        self.last_port = 50_000

    def drop(self, process: Process) -> None:
        """A process has died: its calls break off, in both directions."""
        for target in [target for target, server in self.servers.items() if server.process is process]:
            del self.servers[target]
        for call in list(self.calls):
            if call.server is process:
                call.fail(_lost())
            elif call.client is process:
                call.abandon()

    def shake(self, process: Process) -> None:
        """A connection outlives a while of silence."""

    def lose(self, process: Process) -> None:
        """A connection outlives a while of silence."""

    def hear(self, process: Process) -> None:
        """A connection outlives a while of silence."""

    def port(self, host: str, port: int) -> int:
        """A port for several servers of one process.

        Raises:
            OSError: somebody listens there.
        """
        if not port:
            self.last_port += 1
            return self.last_port
        if f"{host}:{port}" in self.servers:
            raise OSError(f"{host}:{port} is in use")
        return port

    def server(self, process: Process, interceptors: Sequence[Any] = ()) -> "Server":
        """A server of a process."""
        return Server(self, process, interceptors)

    def channel(self, process: Process, target: str) -> "Channel":
        """A channel of a process."""
        return Channel(self, process, target)


class Details(NamedTuple):
    """What an interceptor is told about a call."""

    method: str
    invocation_metadata: Pairs


class ServerContext:
    """What a servicer gets beside a request."""

    def __init__(self, metadata: Pairs) -> None:
        self._metadata = metadata
        self.status: tuple[grpc.StatusCode, str, Pairs] = (grpc.StatusCode.OK, "", ())

    def invocation_metadata(self) -> Pairs:
        """What came with the call."""
        return self._metadata

    def code(self) -> grpc.StatusCode:
        """The status set so far."""
        return self.status[0]

    async def abort(self, code: grpc.StatusCode, details: str = "", trailing_metadata: Pairs = ()) -> NoReturn:
        """Ends the call with a status."""
        self.status = (code, details, trailing_metadata)
        raise AbortError(details)


class Call:
    """A call under way, as both sides see it."""

    def __init__(self, network: Network, client: Process, server: Process) -> None:
        self.client = client
        self.server = server
        self.task: asyncio.Task[None] | None = None
        self.chunks: deque[bytes] = deque()
        self.ended = False
        self.error: BaseException | None = None
        self.moved = asyncio.Event()
        self._network = network
        network.calls[self] = None

    def put(self, chunk: bytes) -> None:
        """A message has come."""
        self.chunks.append(chunk)
        self.moved.set()

    def end(self) -> None:
        """The other side has said everything."""
        self.ended = True
        self._network.calls.pop(self, None)
        self.moved.set()

    def fail(self, error: BaseException) -> None:
        """It has ended with an error."""
        if not self.ended:
            self.error = error
            self.end()

    def abandon(self) -> None:
        """The caller has gone."""
        self._network.calls.pop(self, None)
        if self.task is not None:
            self.task.cancel()


class Server:
    """A gRPC server."""

    def __init__(self, network: Network, process: Process, interceptors: Sequence[Any]) -> None:
        self.process = process
        self._network = network
        self._interceptors = interceptors
        self._handlers: dict[str, Any] = {}
        self._targets: list[str] = []
        self._context: Context = copy_context()

    def add_generic_rpc_handlers(self, handlers: Sequence[Any]) -> None:
        """The same handlers come registered, too."""

    def add_registered_method_handlers(self, service: str, handlers: Mapping[str, Any]) -> None:
        """Takes the methods of a service."""
        self._handlers |= {f"/{service}/{name}": handler for name, handler in handlers.items()}

    def add_insecure_port(self, address: str) -> int:
        """Will listen there.

        Raises:
            RuntimeError: somebody does.
        """
        host, _, wanted = address.rpartition(":")
        port = int(wanted) or self._network.port(host, 0)
        there = self._network.servers.get(f"{host}:{port}")
        if there is not None and there.process is not self.process:
            raise RuntimeError(f"{address} is in use")
        self._targets.append(f"{host}:{port}")
        return port

    async def start(self) -> None:
        """Listens; where several of its process do, whoever comes goes to the last of them."""
        for target in self._targets:
            self._network.servers[target] = self

    async def stop(self, grace: float | None) -> None:
        """Listens no more."""
        for target in self._targets:
            self._network.servers.pop(target, None)

    def take(self, client: Process, method: str, raw: bytes, metadata: Pairs) -> Call:
        """Begins to answer a call."""
        call = Call(self._network, client, self.process)
        answer = self._answer(call, method, raw, metadata)
        call.task = asyncio.get_running_loop().create_task(answer, context=self._context.copy())
        return call

    async def _answer(self, call: Call, method: str, raw: bytes, metadata: Pairs) -> None:
        context = ServerContext(metadata)
        try:
            handler = await self._handler(method, metadata)
            request = handler.request_deserializer(raw)
            if handler.response_streaming:
                async for response in handler.unary_stream(request, context):
                    call.put(handler.response_serializer(response))
            else:
                call.put(handler.response_serializer(await handler.unary_unary(request, context)))
            call.end()
        except AbortError:
            call.fail(broken(*context.status))
        except asyncio.CancelledError:
            call.fail(broken(grpc.StatusCode.CANCELLED, "the caller has gone"))
            raise
        except Exception as error:  # noqa: BLE001 - as a server answers what its boundary let through
            call.fail(broken(grpc.StatusCode.UNKNOWN, repr(error)))

    async def _handler(self, method: str, metadata: Pairs) -> Any:
        async def registered(_: Any) -> Any:
            return self._handlers.get(method)

        found: Callable[[Any], Any] = registered
        for interceptor in self._interceptors:
            handler = await interceptor.intercept_service(found, Details(method, metadata))
            if handler is not None:
                return handler
        handler = await found(None)
        if handler is None:
            raise NotImplementedError(method)
        return handler


class Channel:
    """A channel to an address."""

    def __init__(self, network: Network, process: Process, target: str) -> None:
        self._network = network
        self._process = process
        self._target = target

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held."""

    async def close(self, grace: float | None = None) -> None:
        """Nothing is held."""

    def unary_unary(self, method: str, **codecs: Any) -> Callable[..., Any]:
        """A method with one answer."""
        write, read = codecs["request_serializer"], codecs["response_deserializer"]

        async def call(request: Any, *, timeout: float | None = None, metadata: Pairs | None = None) -> Any:  # noqa: ASYNC109 - as gRPC has it
            async def answered() -> Any:
                taken = self._take(method, write(request), metadata)
                try:
                    async with asyncio.timeout(timeout or DEADLINE_S):
                        while not taken.ended:
                            taken.moved.clear()
                            await taken.moved.wait()
                except TimeoutError:
                    taken.abandon()
                    raise broken(grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded") from None
                except asyncio.CancelledError:
                    taken.abandon()
                    raise
                if taken.error is not None:
                    raise taken.error
                return read(taken.chunks[0])

            return await self._network.world.exchange(self._process, _told(method), answered, _lost)

        return call

    def unary_stream(self, method: str, **codecs: Any) -> Callable[..., AsyncIterator[Any]]:
        """A method with many answers; a connection that breaks does so behind the last of them."""
        write, read = codecs["request_serializer"], codecs["response_deserializer"]

        async def call(request: Any, *, metadata: Pairs | None = None, **limit: float | None) -> AsyncIterator[Any]:
            taken: list[Call] = []
            within_s = limit.get("timeout")
            until = None if within_s is None else asyncio.get_running_loop().time() + within_s

            async def begun() -> Call:
                taken.append(self._take(method, write(request), metadata))
                return taken[0]

            try:
                one = await self._network.world.exchange(self._process, _told(method), begun, _lost)
                while one.chunks or not one.ended:
                    while one.chunks:
                        yield read(one.chunks.popleft())
                    if not one.ended:
                        one.moved.clear()
                        async with asyncio.timeout_at(until):
                            await one.moved.wait()
                if one.error is not None:
                    raise one.error
            except TimeoutError:
                raise broken(grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded") from None
            finally:
                if taken and not taken[0].ended:
                    taken[0].abandon()

        return call

    def stream_unary(self, method: str, **_: Any) -> Callable[..., Any]:
        """A method with many requests; a season has none."""

        async def call(*_: Any, **__: Any) -> Any:
            raise broken(grpc.StatusCode.UNIMPLEMENTED, f"{method} takes a stream")

        return call

    def _take(self, method: str, raw: bytes, metadata: Pairs | None) -> Call:
        server = self._network.servers.get(self._target)
        if server is None:
            raise broken(grpc.StatusCode.UNAVAILABLE, f"failed to connect to {self._target}")
        return server.take(self._process, method, raw, metadata or ())


def _told(method: str) -> str:
    return f"calls {method.rpartition('.')[2]}"
