"""What the linkage server knows of a run, for the ledger: the cases that it has handed on."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol

import grpc

from linkage_server.handlers.keeper import Keeper
from linkage_server.handlers.live import LiveRun
from linkage_server.handlers.model import RunRow, StageCount
from shinsei.api.control.v1 import control_pb2 as api
from shinsei.api.control.v1.control_pb2_grpc import LedgerServiceServicer
from shinsei.domain.errors import NotFoundError
from shinsei.domain.simtime import SimTime

STAGE = "linkage_server"

Context = grpc.aio.ServicerContext[Any, Any]


class StageStore(Protocol):
    """Counts of what has been handed on."""

    async def reload(self, key: int) -> RunRow:
        """One run as it stands now."""

    async def count(self, run: RunRow, published: SimTime, before: SimTime) -> StageCount:
        """Cases handed on that were accepted before a moment."""

    def submission_ids(self, run: RunRow, published: SimTime, before: SimTime) -> AsyncIterator[Sequence[str]]:
        """Their ids, in chunks."""


class LedgerServicer(LedgerServiceServicer):
    """The second stage of the ledger."""

    def __init__(self, keeper: Keeper, store: StageStore) -> None:
        self._keeper = keeper
        self._store = store

    async def GetStage(self, request: api.GetStageRequest, context: Context) -> api.GetStageResponse:
        """How many cases accepted before a moment have been handed on, and which, as a fingerprint."""
        row = await self._store.reload(self._run(request).row.key)
        watermark = _watermark(row)
        before = SimTime(request.before_ms or watermark)
        count = await self._store.count(row, row.poll.published or SimTime(0), before)
        return api.GetStageResponse(
            stage=STAGE, watermark_ms=watermark, known=count.known, fingerprint=count.fingerprint
        )

    async def ListStageIds(
        self, request: api.ListStageIdsRequest, context: Context
    ) -> AsyncIterator[api.ListStageIdsResponse]:
        """The ids themselves."""
        row = await self._store.reload(self._run(request).row.key)
        before = SimTime(request.before_ms or _watermark(row))
        async for ids in self._store.submission_ids(row, row.poll.published or SimTime(0), before):
            yield api.ListStageIdsResponse(submission_ids=ids)

    def _run(self, request: Any) -> LiveRun:
        run = self._keeper.find(request.run_id, request.municipality)
        if run is None:
            raise NotFoundError("run", f"{request.run_id} of {request.municipality}")
        return run


def _watermark(row: RunRow) -> SimTime:
    """Every case accepted before this moment has been handed on."""
    return row.spec.start if row.poll.complete is None else row.poll.complete
