"""The resident registry's mapping, pulled from the core systems by a gRPC stream."""

from collections.abc import AsyncIterator, Sequence

import grpc
from grpc.aio import AioRpcError

from app_mgmt.handlers.values import RunKey
from shinsei.api.core_systems.v1 import core_systems_pb2 as pb
from shinsei.api.core_systems.v1 import core_systems_pb2_grpc as pb_grpc
from shinsei.domain.errors import UnavailableError
from shinsei.domain.identification import SerialMapping
from shinsei.domain.simtime import SimTime
from shinsei.runtime.faults import outgoing
from shinsei.runtime.rpc import channel, to_domain

STREAM_TIMEOUT_S = 60.0
"""Real time after which a stream that does not end is given up and asked for again."""


class GrpcRegistry:
    """The registry behind an address (a lifespan component)."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._channel: grpc.aio.Channel | None = None

    async def start(self) -> None:
        """Open the channel; the other side may come later."""
        self._channel = channel(self._target, "core_systems")

    async def stop(self) -> None:
        """Close the channel."""
        if self._channel is not None:
            await self._channel.close()

    async def mappings(self, key: RunKey, *, after: SimTime, until: SimTime) -> AsyncIterator[Sequence[SerialMapping]]:
        """Mappings that became valid after ``after`` and up to ``until``, in chunks.

        Raises:
            UnavailableError: the registry is away, or the run has not reached it yet.
        """
        if self._channel is None:
            raise UnavailableError("the channel to the registry is not open")
        request = pb.StreamMappingsRequest(
            run_id=key.run_id, municipality=key.municipality, after_ms=after, until_ms=until
        )
        await outgoing()
        try:
            async for response in pb_grpc.RegistryServiceStub(self._channel).StreamMappings(
                request, timeout=STREAM_TIMEOUT_S
            ):
                yield [
                    SerialMapping(
                        serial=line.serial_number,
                        resident=line.resident_number,
                        valid_from=SimTime(line.valid_from_ms),
                        valid_until=SimTime(line.valid_until_ms) if line.valid_until_ms else None,
                    )
                    for line in response.mappings
                ]
        except AioRpcError as error:
            if error.code() is grpc.StatusCode.NOT_FOUND:
                raise UnavailableError(f"the registry does not know run {key.run_id} yet") from error
            raise to_domain(error) from error
