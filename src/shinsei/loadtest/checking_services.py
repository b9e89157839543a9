"""Whether the services of a target answer, and whether the portal takes the secret of the pull interface."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from grpc.aio import AioRpcError
from grpc_health.v1 import health_pb2, health_pb2_grpc

from shinsei.api.portal.v1 import portal_pb2 as portal
from shinsei.api.portal.v1.portal_pb2_grpc import PullServiceStub
from shinsei.runtime.rpc import channel

_WITHIN_S = 5.0
CLIENT_ID = "linkage_server"
"""Who the generator's linkage servers say they are."""


async def away(addresses: Mapping[str, str]) -> str:
    """Why not every service can be used; empty if all can."""
    found = await asyncio.gather(*(_health(name, target) for name, target in addresses.items()))
    return "; ".join(one for one in found if one)


async def refused_secret(target: str, secret_file: str) -> str:
    """Why the portal at an address does not take the secret in a file; empty if it does."""
    try:
        secret = _read(secret_file)
    except (OSError, UnicodeDecodeError) as error:
        return f"the secret of the pull interface cannot be read ({error})"
    async with channel(target, "portal_sim", role=CLIENT_ID, deadline_s=_WITHIN_S) as connection:
        try:
            await PullServiceStub(connection).Login(portal.LoginRequest(client_id=CLIENT_ID, client_secret=secret))
        except AioRpcError as error:
            return f"the portal refuses the secret in {secret_file} ({error.code().name})"
    return ""


def _read(file: str) -> str:
    return Path(file).read_text(encoding="utf-8").strip()


async def _health(name: str, target: str) -> str:
    async with channel(target, name, deadline_s=_WITHIN_S) as connection:
        try:
            answer = await health_pb2_grpc.HealthStub(connection).Check(health_pb2.HealthCheckRequest())
        except AioRpcError as error:
            return f"{name} does not answer at {target} ({error.code().name})"
    is_serving = answer.status == health_pb2.HealthCheckResponse.SERVING
    return "" if is_serving else f"{name} at {target} says that it does not serve"
