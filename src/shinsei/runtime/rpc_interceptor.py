"""The error boundary of a gRPC server: domain errors become statuses here and nowhere else, and calls are counted."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import cache
from typing import Any, Final, NoReturn, TypeAlias

import grpc
import structlog
from grpc.aio import AioRpcError, ServerInterceptor

from shinsei.contracts.roles import callers
from shinsei.domain.errors import (
    ConflictError,
    IllegalTransitionError,
    ImpersonationError,
    InvalidInputError,
    NotFoundError,
    SignatureError,
    UnavailableError,
)
from shinsei.runtime.clock import RealClock
from shinsei.runtime.errors import OverloadedError, RoleError
from shinsei.runtime.failures import is_transient
from shinsei.runtime.faults import BOARD, FaultFlag
from shinsei.runtime.observability import counter, gauge, histogram, is_on
from shinsei.runtime.postgres import is_unstorable
from shinsei.runtime.retry import describe
from shinsei.runtime.rpc_limits import (
    CALL_S,
    OPEN_ENDED,
    STREAM_S,
    UPLOAD_S,
    OverdueError,
    check_request,
    checked,
    overdue,
    reader,
    writer,
)

log = structlog.get_logger(__name__)

HANDLED = counter("shinsei_grpc_server_handled_total", "Calls ended, by status.", ("service", "method", "code"))
SECONDS = histogram("shinsei_grpc_server_handling_seconds", "Duration of calls (real time).", ("service", "method"))
IN_FLIGHT = gauge("shinsei_grpc_server_in_flight", "Calls being handled.", ("service", "method"))

# Quoted because only the published types are generic, not the class.
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
OptionalHandler: TypeAlias = "grpc.RpcMethodHandler[Any, Any] | None"
Metadata = tuple[tuple[str, str | bytes], ...]

_PORTAL: Final = "shinsei.api.portal."
"""Package of the portal itself; other services belong to the experiment, and no fault flag strikes them."""

_SLOW, _REFUSING, _ANSWER_LOST = FaultFlag.PORTAL_SLOW, FaultFlag.PORTAL_REFUSING, FaultFlag.ANSWER_LOST

_CODES: Final = (
    (InvalidInputError, grpc.StatusCode.INVALID_ARGUMENT),
    (NotFoundError, grpc.StatusCode.NOT_FOUND),
    (ConflictError, grpc.StatusCode.FAILED_PRECONDITION),
    (IllegalTransitionError, grpc.StatusCode.FAILED_PRECONDITION),
    (OverloadedError, grpc.StatusCode.RESOURCE_EXHAUSTED),
    (OverdueError, grpc.StatusCode.DEADLINE_EXCEEDED),
    (UnavailableError, grpc.StatusCode.UNAVAILABLE),
    (ImpersonationError, grpc.StatusCode.PERMISSION_DENIED),
    (SignatureError, grpc.StatusCode.UNAUTHENTICATED),
    (RoleError, grpc.StatusCode.PERMISSION_DENIED),
    (PermissionError, grpc.StatusCode.UNAUTHENTICATED),
    (AioRpcError, grpc.StatusCode.UNAVAILABLE),
)


def to_status(error: BaseException) -> tuple[grpc.StatusCode, str, Metadata]:
    """Status code, one line of text, and trailing metadata with the error's data."""
    for kind, code in _CODES:
        if isinstance(error, kind) and (kind is not AioRpcError or is_transient(error)):
            return code, str(error), _details(error)
    if is_unstorable(error):
        return grpc.StatusCode.INVALID_ARGUMENT, "a text has a character that cannot be stored", ()
    if is_transient(error):
        return grpc.StatusCode.UNAVAILABLE, f"a part of the service is away ({type(error).__name__})", ()
    return grpc.StatusCode.INTERNAL, "internal error; the log of the service has it", ()


def _details(error: BaseException) -> Metadata:
    match error:
        case InvalidInputError():
            return (*_kind(error), *_text("shinsei-field", error.field))
        case NotFoundError():
            return (*_kind(error), *_text("shinsei-kind", error.kind), *_text("shinsei-key", error.key))
        case OverloadedError():
            return (*_kind(error), ("retry-after-ms", str(error.retry_after_ms)))
        case _:
            return _kind(error)


def _kind(error: BaseException) -> Metadata:
    return (("shinsei-error", type(error).__name__),)


def _text(key: str, value: str) -> Metadata:
    """Metadata values are ASCII; what is not goes as bytes under ``…-bin``."""
    if value.isascii() and value.isprintable():
        return ((key, value),)
    return ((f"{key}-bin", value.encode()),)


def error_metadata(error: AioRpcError) -> dict[str, str]:
    """What the other side's boundary said about its error, under the plain names."""
    found: dict[str, str] = {}
    for key, value in error.trailing_metadata() or ():
        text = value.decode(errors="replace") if isinstance(value, bytes) else value
        found[key.removesuffix("-bin")] = text
    return found


TURN: Final = ("shinsei-turn", "1")
"""Metadata of a call that asks nothing but how long it waits (``runtime.turns``): it is answered at once."""


async def _at_once(_request: bytes, _context: Any) -> bytes:
    return b""


_STOOD_IN_LINE: Final[Handler] = grpc.unary_unary_rpc_method_handler(_at_once)


class BoundaryInterceptor(ServerInterceptor):
    """Wraps every handler of a server: roles, error mapping, RED metrics, a log line for what was not expected.

    Args:
        asks_for_roles: whether callers have certificates, whose roles decide (``contracts.roles``).
    """

    def __init__(self, *, asks_for_roles: bool = False) -> None:
        self._asks_for_roles = asks_for_roles
        self._wrapped: dict[str, Handler] = {}

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[OptionalHandler]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> OptionalHandler:
        """The handler of a call inside its boundary."""
        method = handler_call_details.method
        if TURN in (handler_call_details.invocation_metadata or ()):
            return _STOOD_IN_LINE
        known = self._wrapped.get(method)
        if known is not None:
            return known
        handler = await continuation(handler_call_details)
        if handler is None or method.startswith("/grpc."):
            return handler
        self._wrapped[method] = _wrap(method, handler, asks_for_roles=self._asks_for_roles)
        return self._wrapped[method]


def _wrap(method: str, handler: Any, *, asks_for_roles: bool) -> Handler:
    service, _, name = method.lstrip("/").partition("/")
    guard = _Guard(service, name, callers(service, name) if asks_for_roles else None)
    codecs = {
        "request_deserializer": reader(handler.request_deserializer),
        "response_serializer": writer(handler.response_serializer),
    }
    match handler.request_streaming, handler.response_streaming:
        case False, False:
            return grpc.unary_unary_rpc_method_handler(guard.single(handler.unary_unary), **codecs)
        case True, False:
            return grpc.stream_unary_rpc_method_handler(guard.upload(handler.stream_unary), **codecs)
        case False, True:
            return grpc.unary_stream_rpc_method_handler(guard.stream(handler.unary_stream), **codecs)
        case _:
            return grpc.stream_stream_rpc_method_handler(guard.stream(handler.stream_stream), **codecs)


class _InFlight:
    """Calls of one method, of all servers of this process; the gauge looks at them when it is read."""

    __slots__ = ("calls",)

    def __init__(self) -> None:
        self.calls = 0


@cache
def _in_flight(service: str, method: str) -> _InFlight:
    found = _InFlight()
    if is_on():
        IN_FLIGHT.labels(service, method).set_function(lambda: found.calls)
    return found


class _Guard:
    """Boundary around one method; ``callers`` are the roles that may call it, None is everybody."""

    def __init__(self, service: str, method: str, callers: frozenset[bytes] | None) -> None:
        self._service, self._method, self._callers = service, method, callers
        self._is_portal = service.startswith(_PORTAL)
        self._seconds = SECONDS.labels(service, method)
        self._in_flight = _in_flight(service, method)
        self._ok = HANDLED.labels(service, method, grpc.StatusCode.OK.name)
        self._clock = RealClock()

    def single(
        self, behavior: Callable[[Any, Any], Awaitable[Any]], most_s: float = CALL_S
    ) -> Callable[[Any, Any], Awaitable[Any]]:
        async def guarded(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
            started_s = self._begin()
            limit = asyncio.timeout(most_s)
            try:
                self._admit(context)
                check_request(self._method, request)
                async with limit:
                    await self._befall()
                    response = await behavior(request, context)
                self._befall_answer()
                self._ok.inc()
                return response
            except BaseException as error:  # noqa: BLE001 - this is the boundary
                await self._fail(overdue(limit, most_s) or error, context)
            finally:
                self._end(started_s)

        return guarded

    def upload(self, behavior: Callable[[Any, Any], Awaitable[Any]]) -> Callable[[Any, Any], Awaitable[Any]]:
        def one_by_one(requests: AsyncIterator[Any], context: Any) -> Awaitable[Any]:
            return behavior(checked(self._method, requests), context)

        return self.single(one_by_one, UPLOAD_S)

    def stream(
        self, behavior: Callable[[Any, Any], AsyncIterator[Any]], most_s: float = STREAM_S
    ) -> Callable[[Any, Any], AsyncIterator[Any]]:
        async def guarded(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> AsyncIterator[Any]:
            started_s = self._begin()
            limit = asyncio.timeout(None if self._method in OPEN_ENDED else most_s)
            try:
                self._admit(context)
                check_request(self._method, request)
                # Also while its caller takes no answer: one task makes the answers and sends them.
                async with limit:
                    await self._befall()
                    async for response in behavior(request, context):
                        yield response
                self._ok.inc()
            except GeneratorExit as gone:
                await self._fail(gone, context)
            except BaseException as error:  # noqa: BLE001 - this is the boundary
                await self._fail(overdue(limit, most_s) or error, context)
            finally:
                self._end(started_s)

        return guarded

    def _admit(self, context: grpc.aio.ServicerContext[Any, Any]) -> None:
        """Refuse a caller whose certificate names another role; the handshake has checked that it is genuine.

        Its first name is the role; the others are places at which it stands, whatever they are called.
        """
        if self._callers is None:
            return
        roles = tuple(context.peer_identities() or ())[:1]
        if self._callers.isdisjoint(roles):
            raise RoleError(self._method, [role.decode(errors="replace") for role in roles])

    async def _befall(self) -> None:
        """What befalls a call before it is taken up, by the fault flags."""
        if self._is_portal:
            await BOARD.delay(_SLOW)
            if BOARD.strikes(_REFUSING):
                raise UnavailableError("the portal refuses (fault flag portal-refusing)")

    def _befall_answer(self) -> None:
        """What befalls an answer, when everything has been done."""
        if self._is_portal and BOARD.strikes(_ANSWER_LOST):
            raise UnavailableError("the answer is lost (fault flag answer-lost)")

    def _begin(self) -> float:
        self._in_flight.calls += 1
        return self._clock.monotonic_s()

    def _end(self, started_s: float) -> None:
        self._in_flight.calls -= 1
        self._seconds.observe(self._clock.monotonic_s() - started_s)

    def _count(self, code: grpc.StatusCode) -> None:
        HANDLED.labels(self._service, self._method, code.name).inc()

    async def _fail(self, error: BaseException, context: grpc.aio.ServicerContext[Any, Any]) -> NoReturn:
        if isinstance(error, asyncio.CancelledError) and not _is_cancelled():
            # gRPC would leave the caller without any answer, until its own time is over or this process ends.
            error = UnavailableError("what this call waited for was given up")
        if isinstance(error, asyncio.CancelledError | GeneratorExit):
            self._count(grpc.StatusCode.CANCELLED)
            raise error
        if isinstance(error, grpc.aio.AbortError):
            # The servicer has chosen its own status.
            self._count(_chosen(context))
            raise error
        code, text, metadata = to_status(error)
        self._count(code)
        if code is grpc.StatusCode.INTERNAL:
            log.error("call_failed", method=self._method, error=describe(error), exc_info=error)
        await context.abort(code, text, metadata)


def _is_cancelled() -> bool:
    """Whether the call itself is given up, and not only something that it waits for."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


def _chosen(context: Any) -> grpc.StatusCode:
    """The status that a servicer has set; grpc.aio gives it as a number or as the member."""
    code = context.code()
    return next((known for known in grpc.StatusCode if code in {known, known.value[0]}), grpc.StatusCode.UNKNOWN)
