"""What applicants call."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import grpc

from portal_sim import metrics
from portal_sim.handlers.admission import Admission
from portal_sim.handlers.attachments import Attachments, Upload
from portal_sim.handlers.intake import Intake
from portal_sim.handlers.model import Accepted, BusyError, Filed, Outcome
from portal_sim.handlers.reactions import Reactions
from portal_sim.handlers.runs import Runs
from portal_sim.handlers.status import Statuses, Visible
from portal_sim.inbound import decode
from shinsei.api.application.v1.application_pb2 import Application
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.api.portal.v1.portal_pb2_grpc import PortalServiceServicer
from shinsei.contracts.codec import STATUSES, transition_to_proto
from shinsei.contracts.headers import TRACEPARENT
from shinsei.domain.applicants import ReactionKind
from shinsei.domain.errors import InvalidInputError, ShinseiError
from shinsei.runtime import tracing
from shinsei.runtime.clock import RealClock
from shinsei.runtime.errors import OverloadedError

MAX_BATCH = 1_000
_CLOCK = RealClock()

Context = grpc.aio.ServicerContext[Any, Any]


class PortalServicer(PortalServiceServicer):
    """Submission, status inquiry, replies and withdrawals, upload."""

    def __init__(
        self,
        runs: Runs,
        admission: Admission,
        intake: Intake,
        statuses: Statuses,
        reactions: Reactions,
        attachments: Attachments,
    ) -> None:
        self._runs = runs
        self._admission = admission
        self._intake = intake
        self._reactions = reactions
        self._statuses = statuses
        self._attachments = attachments

    async def Submit(self, request: api.SubmitRequest, context: Context) -> api.SubmitResponse:
        """Accepts one application; answers after the commit."""
        (outcome,) = await self._submit([decode.sent(request)], context)
        if isinstance(outcome, ShinseiError):
            raise outcome
        return api.SubmitResponse(
            receipt_number=outcome.receipt_number,
            submitted_at_ms=outcome.submitted_at,
            duplicate=outcome.duplicate,
        )

    async def SubmitBatch(self, request: api.SubmitBatchRequest, context: Context) -> api.SubmitBatchResponse:
        """Accepts many applications, each with its own outcome."""
        sent = decode.all_sent(request)
        count = len(sent)
        if not 1 <= count <= MAX_BATCH:
            raise InvalidInputError("applications", f"{count} given; a batch has 1 to {MAX_BATCH}")
        outcomes = await self._submit(sent, context)
        return api.SubmitBatchResponse(outcomes=[_outcome(outcome) for outcome in outcomes])

    async def GetStatus(self, request: api.GetStatusRequest, context: Context) -> api.GetStatusResponse:
        """The history of one application as its applicant sees it."""
        case, run = await self._statuses.find(request.receipt_number)
        history = await self._statuses.history(case, run)
        return api.GetStatusResponse(
            receipt_number=case.receipt_number,
            submission_id=case.submission_id,
            municipality=run.municipality,
            procedure=case.procedure,
            status=STATUSES.to_proto(history[-1].transition.status),  # type: ignore[arg-type]
            history=[_visible(visible) for visible in history],
        )

    async def WatchStatus(
        self, request: api.WatchStatusRequest, context: Context
    ) -> AsyncIterator[api.WatchStatusResponse]:
        """The history so far, then every further transition as it becomes visible."""
        case, run = await self._statuses.find(request.receipt_number)
        async for visible in self._statuses.watch(case, run):
            yield api.WatchStatusResponse(transition=_visible(visible))

    async def Correct(self, request: api.CorrectRequest, context: Context) -> api.CorrectResponse:
        """Files the reply to a correction request."""
        n = request.n if request.HasField("n") else None
        answer = await self._reactions.correct(request.receipt_number, n)
        metrics.REACTIONS.labels(_filed(answer.filed), ReactionKind.REPLY).inc()
        return api.CorrectResponse(filed_at_ms=answer.filed.at, n=answer.n, duplicate=answer.filed.duplicate)

    async def Withdraw(self, request: api.WithdrawRequest, context: Context) -> api.WithdrawResponse:
        """Files a withdrawal."""
        answer = await self._reactions.withdraw(request.receipt_number)
        metrics.REACTIONS.labels(_filed(answer.filed), ReactionKind.WITHDRAWAL).inc()
        return api.WithdrawResponse(filed_at_ms=answer.filed.at, duplicate=answer.filed.duplicate)

    async def ReactBatch(self, request: api.ReactBatchRequest, context: Context) -> api.ReactBatchResponse:
        """Files what the applicants of a driven run do after filing."""
        run = self._runs.get(request.run_id, request.municipality)
        reactions = [decode.reaction(item) for item in request.reactions]
        outcomes = await self._reactions.file(run, reactions)
        for reaction, outcome in zip(reactions, outcomes, strict=True):
            label = "refused" if isinstance(outcome, ShinseiError) else _filed(outcome)
            metrics.REACTIONS.labels(label, reaction.kind).inc()
        return api.ReactBatchResponse(
            outcomes=[
                api.ReactOutcome(error=str(outcome))
                if isinstance(outcome, ShinseiError)
                else api.ReactOutcome(duplicate=outcome.duplicate)
                for outcome in outcomes
            ]
        )

    async def UploadAttachment(
        self, request_iterator: AsyncIterator[api.UploadAttachmentRequest], context: Context
    ) -> api.UploadAttachmentResponse:
        """Takes the bytes of one attachment."""
        first = await anext(aiter(request_iterator), None)
        if first is None or first.WhichOneof("part") != "header":
            raise InvalidInputError("header", "must come first")
        header = first.header
        upload = Upload(
            submission_id=header.submission_id,
            municipality=header.municipality,
            name=header.name,
            media_type=header.media_type,
        )
        size, digest = await self._attachments.upload(upload, _chunks(request_iterator))
        metrics.ATTACHMENT_BYTES.labels("uploaded").inc(size)
        return api.UploadAttachmentResponse(size=size, sha256=digest)

    async def _submit(self, sent: Sequence[decode.Sent], context: Context) -> list[Outcome]:
        """A caller who goes away in between ends his call and not the work: what is committed is counted."""
        try:
            # Before anything is looked at, and before there is any work: who is refused must cost little.
            self._admission.admit(_counts([application.municipality for application, _ in sent]))
        except BusyError as busy:
            raise _overloaded(busy, len(sent)) from None
        work = asyncio.create_task(self._take_in(sent, context))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            work.add_done_callback(_retrieved)
            raise

    async def _take_in(self, sent: Sequence[decode.Sent], context: Context) -> list[Outcome]:
        applications = [application for application, _ in sent]
        began_ms = _CLOCK.now_ms()
        try:
            outcomes = await self._intake.submit([decode.submission(*item) for item in sent])
        except BusyError as busy:
            raise _overloaded(busy, len(sent)) from None
        for label, count in _counts([_label(outcome) for outcome in outcomes]).items():
            _submissions(label).inc(count)
        if tracing.is_on():
            caller = str(dict(context.invocation_metadata() or ()).get(TRACEPARENT, ""))
            tracing.submitted(_new_cases(applications, outcomes), began_ms, _CLOCK.now_ms(), caller)
        return outcomes


@cache
def _submissions(outcome: str) -> Any:
    """The counter of those of whom this became, looked up once."""
    return metrics.SUBMISSIONS.labels(outcome)


def _overloaded(busy: BusyError, count: int) -> OverloadedError:
    """What so many submissions are told that are refused."""
    _submissions("busy").inc(count)
    return OverloadedError(busy.what, busy.retry_after_ms)


def _counts(words: Sequence[str]) -> Mapping[str, int]:
    """How often each is among them; most calls bring one."""
    return {words[0]: 1} if len(words) == 1 else Counter(words)


def _retrieved(work: asyncio.Task[list[Outcome]]) -> None:
    """What nobody waits for any more is no error of this process."""
    if not work.cancelled():
        work.exception()


def _new_cases(applications: Sequence[Application], outcomes: Sequence[Outcome]) -> Iterator[tuple[str, str]]:
    """Run and submission of what was accepted for the first time."""
    for item, outcome in zip(applications, outcomes, strict=True):
        if isinstance(outcome, Accepted) and not outcome.duplicate:
            yield item.run_id, item.submission_id


async def _chunks(requests: AsyncIterator[api.UploadAttachmentRequest]) -> AsyncIterator[bytes]:
    async for request in requests:
        if request.WhichOneof("part") != "chunk":
            raise InvalidInputError("header", "must come once only")
        yield request.chunk


def _outcome(outcome: Outcome) -> api.SubmitOutcome:
    if isinstance(outcome, Accepted):
        return api.SubmitOutcome(
            receipt_number=outcome.receipt_number,
            submitted_at_ms=outcome.submitted_at,
            duplicate=outcome.duplicate,
        )
    return api.SubmitOutcome(error=str(outcome))


def _label(outcome: Outcome) -> str:
    if isinstance(outcome, Accepted):
        return "duplicate" if outcome.duplicate else "late" if outcome.late else "accepted"
    return "refused"


def _filed(filed: Filed) -> str:
    return "duplicate" if filed.duplicate else "filed"


def _visible(visible: Visible) -> api.VisibleTransition:
    return api.VisibleTransition(transition=transition_to_proto(visible.transition), visible_from_ms=visible.since)
