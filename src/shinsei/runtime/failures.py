"""Which failures pass by themselves: the one place that decides between waiting and stopping."""

import grpc
from aiokafka.errors import KafkaConnectionError, KafkaError
from grpc.aio import AioRpcError

from shinsei.domain.errors import UnavailableError
from shinsei.runtime import postgres

TRANSIENT_CODES = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,  # who is away
        grpc.StatusCode.CANCELLED,  # who stops in the middle of a call: what we cancel ourselves ends in no status
        grpc.StatusCode.RESOURCE_EXHAUSTED,  # who is busy
        grpc.StatusCode.DEADLINE_EXCEEDED,  # who is stuck, or was never reached: on a line that went dead in the call
    }
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
