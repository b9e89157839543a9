"""The four services as a season calls them: by gRPC only, each call repeated while a service is away.

Every call here may be made twice without harm, so a service that is killed and started again costs a season time
and nothing else.
"""

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from types import TracebackType
from typing import Self, TypeVar

from shinsei.api.app_mgmt.v1 import app_mgmt_pb2 as app_mgmt_pb
from shinsei.api.app_mgmt.v1.app_mgmt_pb2_grpc import InquiryServiceStub
from shinsei.api.application.v1 import application_pb2 as application_pb
from shinsei.api.control.v1 import control_pb2 as pb
from shinsei.api.control.v1.control_pb2_grpc import LedgerServiceStub, RunServiceStub
from shinsei.api.core_systems.v1 import core_systems_pb2 as core_pb
from shinsei.api.core_systems.v1.core_systems_pb2_grpc import OfficeServiceStub
from shinsei.api.portal.v1 import portal_pb2 as portal_pb
from shinsei.api.portal.v1.portal_pb2_grpc import PortalServiceStub
from shinsei.contracts.codec import METHODS, STATUSES, decode_change, decode_run, encode_run, transitions_from_proto
from shinsei.domain.applicants import Reaction, VisibleRequest
from shinsei.domain.lifecycle import Status
from shinsei.domain.run import Change, Filing, RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.domain.trace import TraceLine
from shinsei.runtime.citizens import Cards
from shinsei.runtime.rpc import channel, retrying
from shinsei.season.filing import applications, reaction_message, visible_request
from shinsei.season.ledger import PORTAL, RunKey, StageCount
from shinsei.season.outcome import CaseHistory
from shinsei.season.portal import Progress

STAGES: Mapping[str, str] = {
    PORTAL: "portal_sim",
    "linkage_server": "linkage_server",
    "app_mgmt": "app_mgmt",
    "core_systems": "core_systems",
}
"""Service behind each stage of the ledger."""

GIVE_UP_AFTER_S = 180.0
"""Real seconds without a service after which a season gives up; it can be resumed."""

_UNSIGNED = 1 << 64
_REVOKED_AT_ONCE = 1_000
"""To make a list takes the square of its length."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRun:
    """A run as the portal lists it."""

    spec: RunSpec
    closed: bool
    watermark: SimTime
    returned: SimTime


class Gateway:
    """Channels to the four services; use it as an asynchronous context manager."""

    def __init__(self, addresses: Mapping[str, str], cards: Cards | None = None) -> None:
        """Takes ``host:port`` by the name of the service, and the cards with which filings are signed."""
        self._cards = cards
        self._channels = {service: channel(addresses[service], service) for service in STAGES.values()}
        portal = self._channels["portal_sim"]
        self._runs = RunServiceStub(portal)
        self._portal = PortalServiceStub(portal)
        self._screen = InquiryServiceStub(self._channels["app_mgmt"])
        self._offices = OfficeServiceStub(self._channels["core_systems"])
        self._ledgers = {stage: LedgerServiceStub(self._channels[service]) for stage, service in STAGES.items()}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in self._channels.values():
            await each.close()

    async def start(self, spec: RunSpec, *, speed: float = 0.0) -> None:
        """Opens the run of one municipality; ``speed``, in simulated over real seconds, of one that a clock paces."""
        request = pb.StartRunRequest(
            run_id=spec.run_id, municipality=spec.municipality, spec=encode_run(spec), speed=speed
        )
        await _call(lambda: self._runs.StartRun(request))

    async def commit_frontier(self, spec: RunSpec, frontier: SimTime) -> None:
        """Announces that everything before this moment is about to be filed."""
        request = pb.CommitFrontierRequest(run_id=spec.run_id, municipality=spec.municipality, frontier_ms=frontier)
        await _call(lambda: self._runs.CommitFrontier(request))

    async def file(self, spec: RunSpec, filings: Sequence[Filing]) -> list[str]:
        """Files a chunk and returns why any of it was refused."""
        request = portal_pb.SubmitBatchRequest(signed=applications(spec, filings, self._cards))
        answer = await _call(lambda: self._portal.SubmitBatch(request))
        return [outcome.error for outcome in answer.outcomes if outcome.error]

    async def revoke(self, spec: RunSpec, revoked: Sequence[tuple[str, SimTime]]) -> None:
        """Tells from when which certificates are not good any more; without cards there are none."""
        if self._cards is None:
            return
        for start in range(0, len(revoked), _REVOKED_AT_ONCE):
            revocation_list = self._cards.revoke(revoked[start : start + _REVOKED_AT_ONCE], spec.start)
            request = pb.RevokeCertificatesRequest(
                run_id=spec.run_id, municipality=spec.municipality, revocation_list=revocation_list
            )
            await _call(partial(self._runs.RevokeCertificates, request))

    async def corrections(self, spec: RunSpec, *, after: SimTime) -> list[VisibleRequest]:
        """The next correction requests behind a moment that applicants can see by now; none is the end of them."""
        request = pb.ListCorrectionsRequest(run_id=spec.run_id, municipality=spec.municipality, after_ms=after)
        answer = await _call(lambda: self._runs.ListCorrections(request))
        return [visible_request(item) for item in answer.corrections]

    async def react(self, spec: RunSpec, reactions: Sequence[Reaction]) -> list[str]:
        """Files replies and withdrawals and returns why any of them was refused."""
        request = portal_pb.ReactBatchRequest(
            run_id=spec.run_id,
            municipality=spec.municipality,
            reactions=[reaction_message(spec, reaction) for reaction in reactions],
        )
        answer = await _call(lambda: self._portal.ReactBatch(request))
        return [outcome.error for outcome in answer.outcomes if outcome.error]

    async def raise_watermark(self, spec: RunSpec, watermark: SimTime) -> None:
        """Nothing before this moment will be filed any more."""
        request = pb.RaiseWatermarkRequest(run_id=spec.run_id, municipality=spec.municipality, watermark_ms=watermark)
        await _call(lambda: self._runs.RaiseWatermark(request))

    async def progress(self, spec: RunSpec, *, after: SimTime, wait_ms: int) -> Progress:
        """Waits until more than ``after`` has come back, at most ``wait_ms`` of real time."""
        request = pb.GetProgressRequest(
            run_id=spec.run_id, municipality=spec.municipality, after_ms=after, wait_ms=wait_ms
        )
        answer = await _call(lambda: self._runs.GetProgress(request))
        return Progress(
            watermark=SimTime(answer.watermark_ms),
            frontier=SimTime(answer.frontier_ms),
            returned=SimTime(answer.returned_ms),
            accepted=answer.accepted,
            registered=answer.registered,
            decided=answer.decided,
            late=answer.late,
            open=answer.open,
            closed=answer.closed,
        )

    async def close_run(self, spec: RunSpec) -> None:
        """Closes a run; its data stay."""
        request = pb.CloseRunRequest(run_id=spec.run_id, municipality=spec.municipality)
        await _call(lambda: self._runs.CloseRun(request))

    async def list_runs(self, *, include_closed: bool = False) -> list[OpenRun]:
        """The runs that the portal knows."""
        answer = await _call(lambda: self._runs.ListRuns(pb.ListRunsRequest(include_closed=include_closed)))
        return [
            OpenRun(
                spec=_known_run(run.spec),
                closed=run.closed,
                watermark=SimTime(run.watermark_ms),
                returned=SimTime(run.returned_ms),
            )
            for run in answer.runs
        ]

    async def histories(self, spec: RunSpec) -> tuple[CaseHistory, ...]:
        """The kept history of every case, in the order of the trace."""

        async def read() -> tuple[CaseHistory, ...]:
            request = pb.ReadTraceRequest(run_id=spec.run_id, municipality=spec.municipality)
            return tuple([_history(case) async for chunk in self._runs.ReadTrace(request) for case in chunk.cases])

        return await _call(read)

    async def changes(self, spec: RunSpec) -> tuple[Change, ...]:
        """The control changes of a run."""
        request = pb.ListChangesRequest(run_id=spec.run_id, municipality=spec.municipality)
        answer = await _call(lambda: self._runs.ListChanges(request))
        return tuple(decode_change(raw) for raw in answer.changes)

    async def make_change(self, spec: RunSpec, change: bytes, *, not_before: SimTime) -> tuple[SimTime, int]:
        """Records a control change; its effective simulated time and ordinal."""
        request = pb.MakeChangeRequest(
            run_id=spec.run_id,
            municipality=spec.municipality,
            not_before_ms=not_before,
            change=change,
            change_id=uuid.uuid4().hex,
        )
        answer = await _call(lambda: self._runs.MakeChange(request))
        return SimTime(answer.at_ms), answer.n

    async def set_clock(self, spec: RunSpec, speed: float) -> None:
        """Sets the speed of a standing run's clock."""
        request = pb.SetClockRequest(run_id=spec.run_id, municipality=spec.municipality, speed=speed)
        await _call(lambda: self._runs.SetClock(request))

    async def office_report(self, spec: RunSpec) -> tuple[SimTime, bytes]:
        """Watermark and JSON of an office's accounts."""
        request = core_pb.GetOfficeReportRequest(run_id=spec.run_id, municipality=spec.municipality)
        answer = await _call(lambda: self._offices.GetOfficeReport(request))
        return SimTime(answer.watermark_ms), answer.report

    async def first_cases(self, spec: RunSpec, status: Status, *, most: int) -> Sequence[app_mgmt_pb.Case]:
        """Cases of a status that were stored first, from the inquiry screen (申請内容照会)."""
        request = app_mgmt_pb.ListCasesRequest(
            run_id=spec.run_id,
            municipality=spec.municipality,
            status=STATUSES.to_proto(status),  # type: ignore[arg-type]
            page_size=most,
        )
        cases: Sequence[app_mgmt_pb.Case] = (await _call(lambda: self._screen.ListCases(request))).cases
        return cases

    async def count(self, stage: str, key: RunKey, *, before: SimTime) -> StageCount:
        """What one stage knows of a run."""
        request = pb.GetStageRequest(run_id=key.run_id, municipality=key.municipality, before_ms=before)
        answer = await _call(lambda: self._ledgers[stage].GetStage(request))
        return StageCount(
            stage=stage,
            watermark=SimTime(answer.watermark_ms),
            known=answer.known,
            fingerprint=answer.fingerprint % _UNSIGNED,
            lines={(line.line, _method(line.method)): line.count for line in answer.lines},
            dead_letters=answer.dead_lettered,
        )

    async def ids(self, stage: str, key: RunKey, *, before: SimTime, line: str = "") -> set[str]:
        """Submission ids that a stage knows before a moment; with ``line``, those in that line of the ledger."""

        async def read() -> set[str]:
            request = pb.ListStageIdsRequest(
                run_id=key.run_id, municipality=key.municipality, before_ms=before, line=line
            )
            return {one async for chunk in self._ledgers[stage].ListStageIds(request) for one in chunk.submission_ids}

        return await _call(read)


@lru_cache(maxsize=128)
def _known_run(raw: bytes) -> RunSpec:
    """A specification never changes, and whoever watches reads the same ones every few seconds."""
    return decode_run(raw)


def _history(case: pb.CaseTrace) -> CaseHistory:
    lines = (
        TraceLine(submission_id=case.submission_id, at=step.at, action=step.action, status=step.status, n=step.n)
        for step in transitions_from_proto(case.transitions)
    )
    return CaseHistory(
        submission_id=case.submission_id,
        procedure=case.procedure,
        lines=tuple(sorted(lines, key=lambda line: line.sort_key)),
    )


def _method(number: application_pb.LinkageMethod) -> str:
    method = METHODS.optional_from_proto(number)
    return method.value if method else ""


async def _call(call: Callable[[], Awaitable[T]]) -> T:
    """One call, repeated while its service is away."""
    return await retrying(call, give_up_after_s=GIVE_UP_AFTER_S)
