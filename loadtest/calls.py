"""gRPC under gevent: channels of this process, unary and streaming calls, each timed to its end."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import grpc
from grpc.experimental import gevent as grpc_gevent

from loadtest.meter import METER, CallFailedError
from loadtest.wall import now_s
from shinsei.loadtest.books import OK, ended_otherwise
from shinsei.runtime.identity import identity_towards, named

DEADLINE_S = 30.0
_CHANNELS = 32
"""Connections of a process to one target, which spreads them over its queues by chance: of a few, half may come to
stand in one. Applicants have one each."""
_SIZES = (
    ("grpc.max_send_message_length", 16 << 20),
    ("grpc.max_receive_message_length", 16 << 20),
    ("grpc.use_local_subchannel_pool", 1),
    # What the environment names for the world outside is no part of the system under test.
    ("grpc.enable_http_proxy", 0),
    # Back within seconds when the other side has been away.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2_000),
)

T = TypeVar("T")


def make_grpc_cooperative() -> None:
    """gRPC waits as gevent does; before the first channel, and after the last fork."""
    grpc_gevent.init_gevent()


def channels(target: str, to: str, *, role: str) -> list[grpc.Channel]:
    """Connections to a service at a target, as somebody who has this role."""
    identity = identity_towards(target, role)
    if identity is None:
        return [grpc.insecure_channel(target, options=_SIZES) for _ in range(_CHANNELS)]
    options = (*_SIZES, named(to))
    return [grpc.secure_channel(target, identity.for_calls(), options=options) for _ in range(_CHANNELS)]


def unary(
    name: str, call: Callable[..., T], request: Any, intended_s: float, *, metadata: tuple[tuple[str, str], ...] = ()
) -> T:
    """Makes a call under a constant name.

    Raises:
        CallFailedError: it ended with another status than OK.
    """
    sent_s = now_s()
    try:
        answer = call(request, timeout=DEADLINE_S, metadata=metadata)
    except grpc.RpcError as error:
        raise _failed(name, error, intended_s, sent_s) from None
    METER.called(name, OK, intended_s=intended_s, sent_s=sent_s)
    return answer


def stream_until(
    name: str,
    call: Callable[..., Any],
    request: Any,
    intended_s: float,
    is_enough: Callable[[Any], bool],
    *,
    deadline_s: float,
) -> bool:
    """Reads a stream until a message is enough; its time is that of this message, not that of the first.

    A stream may end without such a message, as that of a case that is withdrawn does: it is told apart, and False.

    Raises:
        CallFailedError: it ended with another status than OK.
    """
    sent_s = now_s()
    answers: Any = None
    try:
        answers = call(request, timeout=deadline_s)
        is_seen = any(is_enough(answer) for answer in answers)
    except grpc.RpcError as error:
        raise _failed(name, error, intended_s, sent_s) from None
    finally:
        if answers is not None:
            answers.cancel()
    METER.called(name if is_seen else ended_otherwise(name), OK, intended_s=intended_s, sent_s=sent_s)
    return is_seen


def streamed(name: str, call: Callable[..., T], requests: Iterator[Any], intended_s: float) -> T:
    """Sends a stream and waits for its one answer.

    Raises:
        CallFailedError: it ended with another status than OK.
    """
    return unary(name, call, requests, intended_s)


def _failed(name: str, error: grpc.RpcError, intended_s: float, sent_s: float) -> CallFailedError:
    code = str(error.code().name)  # of a call that failed, the error is the call
    METER.called(name, code, intended_s=intended_s, sent_s=sent_s)
    return CallFailedError(code)
