"""Which failures pass by themselves: the one place that decides between waiting and stopping."""

import grpc
from aiokafka.errors import KafkaConnectionError, KafkaError
from grpc.aio import AioRpcError

from shinsei.domain.errors import UnavailableError
from shinsei.runtime import postgres

REFUSED_CODES = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED, grpc.StatusCode.RESOURCE_EXHAUSTED})
"""Of who is away, who stops in the middle of a call (what we cancel ourselves ends in no status), and who is busy."""
TRANSIENT_CODES = REFUSED_CODES | {grpc.StatusCode.DEADLINE_EXCEEDED}


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
