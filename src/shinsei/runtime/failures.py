"""Which failures pass by themselves: the one place that decides between waiting and stopping."""

import grpc
from aiokafka.errors import KafkaConnectionError, KafkaError
from grpc.aio import AioRpcError

from shinsei.domain.errors import UnavailableError
from shinsei.runtime import postgres

TRANSIENT_CODES = frozenset(
    {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.RESOURCE_EXHAUSTED}
)


def is_transient(error: BaseException) -> bool:
    """Whether trying the same again later is right: something needed is away, full, contended or was taken over."""
    match error:
        case UnavailableError():
            return True
        case AioRpcError():
            return error.code() in TRANSIENT_CODES
        case KafkaConnectionError():
            return True
        case KafkaError():
            return bool(error.retriable)
        case _:
            return postgres.is_transient(error)
