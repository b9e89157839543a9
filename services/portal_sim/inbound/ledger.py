"""What the portal knows of a run, for the ledger: the accepted cases."""

from collections.abc import AsyncIterator
from typing import Any

import grpc

from portal_sim.handlers.ports import CaseStore
from portal_sim.handlers.run import Run
from portal_sim.handlers.runs import Runs
from shinsei.api.control.v1 import control_pb2 as api
from shinsei.api.control.v1.control_pb2_grpc import LedgerServiceServicer
from shinsei.domain.simtime import SimTime

STAGE = "portal"

Context = grpc.aio.ServicerContext[Any, Any]


class LedgerServicer(LedgerServiceServicer):
    """The first stage of the ledger."""

    def __init__(self, runs: Runs, cases: CaseStore) -> None:
        self._runs = runs
        self._cases = cases

    async def GetStage(self, request: api.GetStageRequest, context: Context) -> api.GetStageResponse:
        """How many cases were accepted before a moment, and which, as a fingerprint."""
        run = self._runs.get(request.run_id, request.municipality)
        watermark = run.watermark
        count = await self._cases.count(run.key, _before(request.before_ms, run))
        return api.GetStageResponse(
            stage=STAGE, watermark_ms=watermark, known=count.known, fingerprint=count.fingerprint
        )

    async def ListStageIds(
        self, request: api.ListStageIdsRequest, context: Context
    ) -> AsyncIterator[api.ListStageIdsResponse]:
        """The ids themselves."""
        run = self._runs.get(request.run_id, request.municipality)
        async for ids in self._cases.submission_ids(run.key, _before(request.before_ms, run)):
            yield api.ListStageIdsResponse(submission_ids=ids)


def _before(wanted_ms: int, run: Run) -> SimTime:
    return SimTime(wanted_ms) if wanted_ms else run.watermark
