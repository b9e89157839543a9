"""Probes of the services: each asks the part itself, so that an open port does not pass for readiness."""

import asyncio
import urllib.error
import urllib.request

from shinsei.runtime.identity import open_channel
from shinsei.stack.waiting import answers

_TIMEOUT_S = 3.0


async def grpc_serves(target: str, name: str) -> bool:
    """Whether the service of this name is there, and its health service (grpc.health.v1) says SERVING."""
    import grpc  # noqa: PLC0415 - slow to import, and not needed by the planner
    from grpc_health.v1 import health_pb2, health_pb2_grpc  # noqa: PLC0415

    if not await answers(target):
        return False
    async with open_channel(target, name) as channel:
        try:
            answer = await health_pb2_grpc.HealthStub(channel).Check(
                health_pb2.HealthCheckRequest(), timeout=_TIMEOUT_S
            )
        except grpc.aio.AioRpcError:
            return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


async def metrics_answer(url: str) -> bool:
    """Whether ``/metrics`` has something to say."""
    return await asyncio.to_thread(read_metrics, url) is not None


def read_metrics(url: str) -> str | None:
    """What ``/metrics`` says, or None where nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as response:  # noqa: S310 - loopback http of our own
            text: str = response.read().decode()
            return text
    except (urllib.error.URLError, OSError):
        return None
