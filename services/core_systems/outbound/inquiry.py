"""The inquiry screen of application management, read in batches."""

from collections.abc import Mapping, Sequence

import grpc

from core_systems.handlers.values import RunKey
from shinsei.api.app_mgmt.v1 import app_mgmt_pb2 as pb
from shinsei.api.app_mgmt.v1 import app_mgmt_pb2_grpc as pb_grpc
from shinsei.domain.errors import UnavailableError
from shinsei.runtime.failures import TRANSIENT_CODES
from shinsei.runtime.rpc import channel, retrying

CASES_IN_A_CALL = 1_000
WORTH_ANOTHER_CALL = TRANSIENT_CODES | {
    # The run is on its way there after a restart.
    grpc.StatusCode.NOT_FOUND,
}


class GrpcInquiry:
    """The screen behind an address (a lifespan component)."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._channel: grpc.aio.Channel | None = None

    async def start(self) -> None:
        """Open the channel; the other side may come later."""
        self._channel = channel(self._target, "app_mgmt")

    async def stop(self) -> None:
        """Close the channel."""
        if self._channel is not None:
            await self._channel.close()

    async def forms(self, key: RunKey, submission_ids: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """Form data of these cases; waits while the screen is away."""
        if self._channel is None:
            raise UnavailableError("the channel to the inquiry screen is not open")
        forms: dict[str, Mapping[str, str]] = {}
        for start in range(0, len(submission_ids), CASES_IN_A_CALL):
            forms |= await self._read(self._channel, key, submission_ids[start : start + CASES_IN_A_CALL])
        return forms

    async def _read(
        self, opened: grpc.aio.Channel, key: RunKey, submission_ids: Sequence[str]
    ) -> dict[str, Mapping[str, str]]:
        stub = pb_grpc.InquiryServiceStub(opened)
        request = pb.GetCasesRequest(run_id=key.run_id, municipality=key.municipality, submission_ids=submission_ids)

        async def call() -> pb.GetCasesResponse:
            response: pb.GetCasesResponse = await stub.GetCases(request)
            return response

        answer = await retrying(call, on=WORTH_ANOTHER_CALL)
        return {case.application.submission_id: dict(case.application.fields) for case in answer.cases}
