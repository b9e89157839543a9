"""The switch: ``FaultService`` of every service, on the management network."""

import asyncio
from typing import Any

import grpc

from shinsei.api.control.v1 import control_pb2 as pb
from shinsei.api.control.v1.control_pb2_grpc import FaultServiceServicer
from shinsei.domain.errors import InvalidInputError
from shinsei.runtime.faults.board import BOARD, Board, Standing

Context = grpc.aio.ServicerContext[Any, Any]

LONGEST_MS = 24 * 60 * 60 * 1_000


class FaultServicer(FaultServiceServicer):
    """Sets, clears and lists the flags of this process."""

    def __init__(self, board: Board = BOARD) -> None:
        self._board = board

    async def SetFault(self, request: pb.SetFaultRequest, context: Context) -> pb.SetFaultResponse:  # noqa: N802
        """Sets a flag, for a time or until it is cleared."""
        if not 0 <= request.for_ms <= LONGEST_MS:
            raise InvalidInputError("for_ms", f"must be from 0 to {LONGEST_MS:,}, not {request.for_ms:,}")
        self._board.set_flag(request.flag, request.value, for_s=request.for_ms / 1_000, seed=request.seed)
        return pb.SetFaultResponse()

    async def ClearFault(self, request: pb.ClearFaultRequest, context: Context) -> pb.ClearFaultResponse:  # noqa: N802
        """Clears a flag, or all of them."""
        return pb.ClearFaultResponse(cleared=self._board.clear(request.flag))

    async def ListFaults(self, request: pb.ListFaultsRequest, context: Context) -> pb.ListFaultsResponse:  # noqa: N802
        """What is set now."""
        now_s = asyncio.get_running_loop().time()
        return pb.ListFaultsResponse(
            is_allowed=bool(self._board.service), faults=[_told(one, now_s) for one in self._board.standing()]
        )


def _told(standing: Standing, now_s: float) -> pb.StandingFault:
    left_s = 0.0 if standing.until_s is None else max(standing.until_s - now_s, 0.001)
    return pb.StandingFault(
        flag=str(standing.flag), value=standing.value, left_ms=int(left_s * 1_000), struck=standing.struck
    )
