"""gRPC as every service speaks it: server with health, reflection, errors and RED metrics; channels with deadlines."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Final, TypeVar

import grpc
import structlog
from google.protobuf.descriptor import FileDescriptor
from grpc.aio import AioRpcError
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer
from grpc_reflection.v1alpha import reflection

from shinsei.api.app_mgmt.v1 import app_mgmt_pb2
from shinsei.api.control.v1 import control_pb2
from shinsei.api.control.v1.control_pb2_grpc import add_FaultServiceServicer_to_server
from shinsei.api.core_systems.v1 import core_systems_pb2
from shinsei.api.portal.v1 import portal_pb2
from shinsei.domain.errors import ConflictError, InvalidInputError, NotFoundError, ShinseiError, UnavailableError
from shinsei.runtime.errors import OverloadedError, StartError
from shinsei.runtime.failures import TRANSIENT_CODES
from shinsei.runtime.faults import NetworkCutError, outgoing
from shinsei.runtime.faults.servicer import FaultServicer
from shinsei.runtime.identity import ANYBODY, DRIVER, open_channel, own_identity
from shinsei.runtime.makers import MAKERS
from shinsei.runtime.retry import DEFAULT_BACKOFF, ExponentialBackoff, until_success
from shinsei.runtime.rpc_interceptor import BoundaryInterceptor, error_metadata
from shinsei.runtime.rpc_limits import MAX_MESSAGE_BYTES

log = structlog.get_logger(__name__)

T = TypeVar("T")

DEADLINE_S: Final = 30.0
LIVE: Final = "live"
"""Health service that serves as long as the event loop answers, draining or not: for a liveness probe."""
STARTED: Final = "started"
"""Health service that serves once every component of the process has started, drain or not: for a start-up probe."""
GRACE_S: Final = 3.0
"""What calls in progress get when a server stops."""

_FAULTS: Final = control_pb2.DESCRIPTOR.services_by_name["FaultService"].full_name

_OUT_OF_TIME: Final = {
    "Deadline Exceeded": "a service did not answer in time; shinsei status shows which one is stuck or away"
}
"""What to say for gRPC's own words about a call whose deadline has passed."""
_EVERYWHERE: Final = frozenset({"0.0.0.0", "::", "[::]"})  # noqa: S104 - where a server may listen
_LOOPBACK: Final = "127.0.0.1"
_SIZES: Final = (
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
)
_PINGS: Final = (
    # A connection that died without a word, as behind a firewall that has forgotten it, is found within 30 s: streams
    # have no deadline. Longer than anything that comes back to life by itself, such as a stopped process, may take.
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 20_000),  # for what the kernel has sent and nobody has acknowledged
    ("grpc.http2.ping_timeout_ms", 20_000),  # for an answer; without it gRPC waits for a minute
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
)
LETS_PING: Final = (
    ("grpc.keepalive_permit_without_calls", 1),
    # Of a client: the usual five minutes would end the connection of whoever waits on a stream.
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
)
_APIS: Final[tuple[FileDescriptor, ...]] = (
    portal_pb2.DESCRIPTOR,
    control_pb2.DESCRIPTOR,
    app_mgmt_pb2.DESCRIPTOR,
    core_systems_pb2.DESCRIPTOR,
)


class GrpcServer:
    """The gRPC server of a service (a lifespan component).

    Args:
        host: address to listen on.
        port: port to listen on; 0 takes a free one, then ``port`` says which.
        add: ``add_…Servicer_to_server`` with the servicer bound, one for each service.
        services: full names of the services, for health and reflection.
        reuse_port: several processes may share the port.
        reflect: whether callers are told what there is to call.
        queues: gRPC takes up one call of a method after the other, each in a turn of the event loop, and the others
            wait in a queue of that method. So many servers of this process share the port, with a queue each, where
            a call costs less than the turns that it waits for; connections are spread over them.
    """

    def __init__(
        self,
        host: str,
        port: int,
        add: Sequence[Callable[[grpc.aio.Server], None]],
        services: Sequence[str],
        *,
        reuse_port: bool = False,
        reflect: bool = False,
        queues: int = 1,
    ) -> None:
        self._host = host
        self._add = add
        self._services = (*services, _FAULTS, "")
        self._reuse_port = reuse_port
        self._reflect = reflect
        self._queues = queues
        self._health = HealthServicer()
        self._servers: list[grpc.aio.Server] = []
        self.port = port
        self.queue_targets: list[str] = []
        """Where this process finds each of several queues: whoever calls the port that they share gets one of them."""

    @property
    def own_target(self) -> str:
        """Where this process finds its own server."""
        host = _LOOPBACK if self._host in _EVERYWHERE else self._host
        return f"{host}:{self.port}"

    async def start(self) -> None:
        """Listen and report SERVING.

        Raises:
            StartError: the port is in use, or this process's certificate cannot be read.
        """
        try:
            if self._queues > 1 and not self._reuse_port:
                self.port = MAKERS.get().port(self._host, self.port)
            for _ in range(self._queues):
                self._servers.append(self._make())
                self._listen(self._servers[-1])
        except (OSError, RuntimeError) as error:
            await self.stop(None)
            problem = f"gRPC cannot listen on {self._host}:{self.port}"
            raise StartError(problem, remedy="stop what uses the port", setting="grpc_port") from error
        for server in self._servers:
            await server.start()
        await self._health.set(STARTED, health_pb2.HealthCheckResponse.NOT_SERVING)
        await self._health.set(LIVE, health_pb2.HealthCheckResponse.SERVING)
        await self._report(health_pb2.HealthCheckResponse.SERVING)
        log.info("grpc_listening", host=self._host, port=self.port, certificates=own_identity() is not None)

    async def began(self) -> None:
        """Report that everything has started."""
        await self._health.set(STARTED, health_pb2.HealthCheckResponse.SERVING)

    async def drain(self) -> None:
        """Report NOT_SERVING for every service; the process stays alive for what it has begun."""
        if self._servers:
            await self._report(health_pb2.HealthCheckResponse.NOT_SERVING)

    async def stop(self, grace_s: float | None = GRACE_S) -> None:
        """Let calls in progress finish for a moment, then close."""
        servers, self._servers = self._servers, []
        await asyncio.gather(*(server.stop(grace_s) for server in servers))

    def _make(self) -> grpc.aio.Server:
        shares = self._reuse_port or self._queues > 1
        server: grpc.aio.Server = MAKERS.get().server(
            interceptors=[BoundaryInterceptor(asks_for_roles=own_identity() is not None)],
            options=[*_SIZES, *LETS_PING, ("grpc.so_reuseport", int(shares))],
        )
        for add in self._add:
            add(server)
        add_FaultServiceServicer_to_server(FaultServicer(), server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        if self._reflect:
            names = [*self._services[:-1], health_pb2.DESCRIPTOR.services_by_name["Health"].full_name]
            reflection.enable_server_reflection([*names, reflection.SERVICE_NAME], server)
        return server

    def _listen(self, server: grpc.aio.Server) -> None:
        identity = own_identity()

        def listen(address: str) -> int:
            if identity is None:
                return server.add_insecure_port(address)
            return server.add_secure_port(address, identity.for_server())

        self.port = listen(f"{self._host}:{self.port}")
        if self._queues > 1:
            self.queue_targets.append(f"{_LOOPBACK}:{listen(f'{_LOOPBACK}:0')}")

    async def _report(self, status: health_pb2.HealthCheckResponse.ServingStatus) -> None:
        for service in self._services:
            await self._health.set(service, status)


def channel(
    target: str, to: str = ANYBODY, *, role: str = DRIVER, deadline_s: float = DEADLINE_S, alone: bool = False
) -> grpc.aio.Channel:
    """A channel to another service; every unary call on it has a deadline, streams have none.

    Args:
        target: its ``host:port``.
        to: name of the service: with certificates, nobody else is taken for it.
        role: as whom, where this process may choose (``runtime.identity``).
        deadline_s: real seconds for a unary call; gRPC was seen to be up to two seconds early (it counts cycles).
        alone: on a connection of its own; without it those of a process to the same target share one.
    """
    streams = [
        {"service": service.full_name, "method": method.name}
        for api in _APIS
        for service in api.services_by_name.values()
        for method in service.methods
        if method.server_streaming or method.client_streaming
    ]
    configuration = {"methodConfig": [{"name": streams}, {"name": [{}], "timeout": f"{deadline_s}s"}]}
    return open_channel(
        target,
        to,
        role=role,
        options=[
            *_SIZES,
            *_PINGS,
            ("grpc.service_config", json.dumps(configuration)),
            ("grpc.use_local_subchannel_pool", int(alone)),
            # After an outage the other side is found again within a second or two.
            ("grpc.initial_reconnect_backoff_ms", 100),
            # For a connection with its handshake: on a busy machine both sides may have to wait for a processor.
            ("grpc.min_reconnect_backoff_ms", 10_000),
            ("grpc.max_reconnect_backoff_ms", 2_000),
        ],
    )


async def retrying(
    call: Callable[[], Awaitable[T]],
    *,
    on: Collection[grpc.StatusCode] = TRANSIENT_CODES,
    policy: ExponentialBackoff = DEFAULT_BACKOFF,
    give_up_after_s: float | None = None,
) -> T:
    """Call again while the other side is away, or answers too late: only what may be done twice without harm.

    Args:
        call: makes the call anew each time, as in ``lambda: stub.Submit(request)``.
        on: status codes that are worth another attempt.
        policy: delays between attempts.
        give_up_after_s: real seconds after which the failure is raised; None never gives up.

    Raises:
        ShinseiError: of the family that the status stands for.
    """

    async def attempt() -> T:
        await outgoing()
        return await call()

    def may_pass(error: BaseException) -> bool:
        return isinstance(error, NetworkCutError) or (isinstance(error, AioRpcError) and error.code() in on)

    try:
        return await until_success(attempt, policy, may_pass, log, give_up_after_s=give_up_after_s)
    except AioRpcError as error:
        raise to_domain(error) from error


def to_domain(error: AioRpcError) -> ShinseiError:
    """The error of the domain's family that a gRPC status stands for."""
    metadata = error_metadata(error)
    text = error.details() or error.code().name
    match error.code():
        case grpc.StatusCode.INVALID_ARGUMENT:
            field = metadata.get("shinsei-field", "")
            return InvalidInputError(field, text.removeprefix(f"{field}: "))
        case grpc.StatusCode.NOT_FOUND:
            return NotFoundError(metadata.get("shinsei-kind", "entry"), metadata.get("shinsei-key", text))
        case grpc.StatusCode.FAILED_PRECONDITION | grpc.StatusCode.ALREADY_EXISTS | grpc.StatusCode.ABORTED:
            return ConflictError(text)
        case grpc.StatusCode.RESOURCE_EXHAUSTED:
            return OverloadedError(text, int(metadata.get("retry-after-ms", "1000")))
        case grpc.StatusCode.UNAVAILABLE | grpc.StatusCode.DEADLINE_EXCEEDED | grpc.StatusCode.CANCELLED:
            return UnavailableError(_OUT_OF_TIME.get(text, text))
        case code:
            return ShinseiError(f"{code.name}: {text}")


async def until_ready(target_channel: grpc.aio.Channel, timeout_s: float) -> bool:
    """Whether the other side can be reached within this time."""
    try:
        await asyncio.wait_for(target_channel.channel_ready(), timeout_s)
    except TimeoutError:
        return False
    return True
