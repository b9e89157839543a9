import aiokafka.errors
import asyncpg
import grpc
import pytest
from grpc.aio import AioRpcError, Metadata

from shinsei.domain.errors import ConflictError, InvalidInputError, UnavailableError
from shinsei.runtime.errors import FencedError, OverloadedError
from shinsei.runtime.failures import is_transient
from shinsei.runtime.kafka import SendError


def rpc_error(code: grpc.StatusCode) -> AioRpcError:
    return AioRpcError(code, Metadata(), Metadata())


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        asyncpg.ConnectionDoesNotExistError("gone"),
        asyncpg.CannotConnectNowError("starting up"),
        asyncpg.AdminShutdownError("shutdown"),
        asyncpg.DiskFullError("no space left"),
        asyncpg.TooManyConnectionsError("too many"),
        asyncpg.DeadlockDetectedError("deadlock"),
        asyncpg.InterfaceError("connection is closed"),
        aiokafka.errors.KafkaConnectionError(),
        aiokafka.errors.NotLeaderForPartitionError(),
        rpc_error(grpc.StatusCode.UNAVAILABLE),
        rpc_error(grpc.StatusCode.DEADLINE_EXCEEDED),
        rpc_error(grpc.StatusCode.CANCELLED),
        UnavailableError("not yet"),
        OverloadedError("full", 100),
        FencedError("t", 0, 1),
        SendError(0, ConnectionError()),
    ],
)
def test_what_may_pass_by_itself_is_waited_for(error: BaseException) -> None:
    assert is_transient(error)


@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError(),
        KeyError("x"),
        asyncpg.UniqueViolationError("twice"),
        asyncpg.UndefinedTableError("no table"),
        asyncpg.InterfaceError("the server expects 2 arguments"),
        aiokafka.errors.TopicAuthorizationFailedError(),
        rpc_error(grpc.StatusCode.INVALID_ARGUMENT),
        PermissionError(),
        InvalidInputError("f", "wrong"),
        ConflictError("other run"),
    ],
)
def test_what_will_not_pass_is_not_waited_for(error: BaseException) -> None:
    assert not is_transient(error)
