"""What the driver of a run calls, on the management network."""

from collections.abc import AsyncIterator
from typing import Any

import grpc

from portal_sim.handlers.model import AlreadyOpenError, CaseHistory
from portal_sim.handlers.ports import CaseStore
from portal_sim.handlers.reactions import Reactions
from portal_sim.handlers.run import Run
from portal_sim.handlers.runs import Runs
from portal_sim.handlers.signatures import Signatures
from portal_sim.handlers.status import submitted
from portal_sim.inbound import decode
from shinsei.api.control.v1 import control_pb2 as api
from shinsei.api.control.v1.control_pb2_grpc import RunServiceServicer
from shinsei.contracts.codec import DecodeError, decode_run, encode_change, encode_run, transition_to_proto
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.run import submission_id
from shinsei.domain.simtime import SimTime
from shinsei.runtime.rpc_limits import BYTES

MAX_WAIT_MS = 30_000

Context = grpc.aio.ServicerContext[Any, Any]


class RunServicer(RunServiceServicer):
    """Runs, their root watermark, what came back."""

    def __init__(self, runs: Runs, cases: CaseStore, reactions: Reactions, signatures: Signatures) -> None:
        self._reactions = reactions
        self._signatures = signatures
        self._runs = runs
        self._cases = cases

    async def StartRun(self, request: api.StartRunRequest, context: Context) -> api.StartRunResponse:
        """Opens a run of one municipality."""
        try:
            spec = decode_run(request.spec)
        except DecodeError as error:
            raise InvalidInputError("spec", str(error)) from None
        if (spec.run_id, spec.municipality) != (request.run_id, request.municipality):
            raise InvalidInputError("spec", f"is of run {spec.run_id} of {spec.municipality}")
        if (size := len(encode_run(spec))) > (most := BYTES["StartRun"]):
            # Whoever sends it on writes it anew, every number in full.
            raise InvalidInputError("spec", f"has {size:,} bytes when it is written in full; at most {most:,}")
        try:
            await self._runs.open(spec, request.spec, request.speed)
        except AlreadyOpenError as error:
            await context.abort(grpc.StatusCode.ALREADY_EXISTS, str(error))
        return api.StartRunResponse()

    async def CommitFrontier(self, request: api.CommitFrontierRequest, context: Context) -> api.CommitFrontierResponse:
        """The driver is about to file everything before this moment."""
        await self._runs.commit_frontier(self._run(request), SimTime(request.frontier_ms))
        return api.CommitFrontierResponse()

    async def RaiseWatermark(self, request: api.RaiseWatermarkRequest, context: Context) -> api.RaiseWatermarkResponse:
        """The driver has filed everything before this moment."""
        await self._runs.raise_watermark(self._run(request), SimTime(request.watermark_ms))
        return api.RaiseWatermarkResponse()

    async def GetProgress(self, request: api.GetProgressRequest, context: Context) -> api.GetProgressResponse:
        """Where a run stands, once more has come back or the time is up."""
        run = self._run(request)
        await run.moved.until(
            lambda: run.closed or run.returned > request.after_ms, min(request.wait_ms, MAX_WAIT_MS) / 1000
        )
        return api.GetProgressResponse(
            watermark_ms=run.watermark,
            frontier_ms=run.frontier,
            returned_ms=run.returned,
            accepted=run.accepted,
            registered=run.counters.registered,
            decided=run.counters.decided,
            late=run.late,
            closed=run.closed,
            open=run.open_cases,
        )

    async def ListRuns(self, request: api.ListRunsRequest, context: Context) -> api.ListRunsResponse:
        """Runs in the order of their start."""
        return api.ListRunsResponse(
            runs=[
                api.RunInfo(
                    run_id=run.run_id,
                    municipality=run.municipality,
                    spec=run.spec_bytes,
                    closed=run.closed,
                    watermark_ms=run.watermark,
                    returned_ms=run.returned,
                )
                for run in self._runs.all()
                if request.include_closed or not run.closed
            ]
        )

    async def MakeChange(self, request: api.MakeChangeRequest, context: Context) -> api.MakeChangeResponse:
        """Records a control change."""
        wanted = decode.wanted_change(request.change)
        not_before = decode.moment("not_before", request.not_before_ms)
        change = await self._runs.change(self._run(request), wanted, not_before, decode.change_id(request.change_id))
        return api.MakeChangeResponse(at_ms=change.at, n=change.n)

    async def ListChanges(self, request: api.ListChangesRequest, context: Context) -> api.ListChangesResponse:
        """The changes of a run, for good."""
        changes = await self._runs.changes(self._run(request))
        return api.ListChangesResponse(changes=[encode_change(change) for change in changes])

    async def RevokeCertificates(
        self, request: api.RevokeCertificatesRequest, context: Context
    ) -> api.RevokeCertificatesResponse:
        """Certificates of this run are not good any more, from some moment on."""
        await self._signatures.revoke(self._run(request), request.revocation_list)
        return api.RevokeCertificatesResponse()

    async def CloseRun(self, request: api.CloseRunRequest, context: Context) -> api.CloseRunResponse:
        """Nothing more can be submitted."""
        await self._runs.close(self._run(request))
        return api.CloseRunResponse()

    async def ReadTrace(self, request: api.ReadTraceRequest, context: Context) -> AsyncIterator[api.ReadTraceResponse]:
        """The kept history of every case, in chunks."""
        async for cases in self._cases.trace(self._run(request).key):
            yield api.ReadTraceResponse(cases=[_case_trace(case) for case in cases])

    async def ListCorrections(
        self, request: api.ListCorrectionsRequest, context: Context
    ) -> api.ListCorrectionsResponse:
        """Correction requests that applicants can see."""
        found = await self._reactions.requested(self._run(request), SimTime(request.after_ms))
        return api.ListCorrectionsResponse(
            corrections=[
                api.CorrectionRequested(
                    submission_id=submission_id(request.municipality, one.case_id),
                    n=one.n,
                    requested_at_ms=one.requested_at,
                    visible_from_ms=one.visible_from,
                )
                for one in found
            ]
        )

    async def SetClock(self, request: api.SetClockRequest, context: Context) -> api.SetClockResponse:
        """Sets the speed of a standing run."""
        await self._runs.set_clock(self._run(request), request.speed)
        return api.SetClockResponse()

    def _run(self, request: Any) -> Run:
        return self._runs.get(request.run_id, request.municipality)


def _case_trace(case: CaseHistory) -> api.CaseTrace:
    trace = api.CaseTrace(
        submission_id=case.submission_id,
        receipt_number=case.receipt_number,
        procedure=case.procedure,
        submitted_at_ms=case.submitted_at,
        transitions=[transition_to_proto(submitted(case.submitted_at))],
    )
    for payload in case.updates:
        trace.transitions.extend(decode.update_messages(payload))
    return trace
