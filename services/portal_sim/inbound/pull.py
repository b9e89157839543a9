"""What municipalities call (電子申請等情報受取等API), each call with a token."""

from collections.abc import AsyncIterator, Iterable, Mapping
from types import MappingProxyType
from typing import Any, NoReturn

import grpc

from portal_sim import metrics
from portal_sim.handlers.attachments import Attachments
from portal_sim.handlers.model import Entry, ForbiddenError, StoredApplication, UnauthenticatedError
from portal_sim.handlers.pull import Pulls
from portal_sim.handlers.run import Run
from portal_sim.handlers.runs import Runs
from portal_sim.handlers.sessions import Scope, Sessions
from portal_sim.inbound import decode
from shinsei.api.application.v1.application_pb2 import Application
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.api.portal.v1.portal_pb2_grpc import PullServiceServicer
from shinsei.contracts.wire import field, number_field, varint
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.polling import EntryKind
from shinsei.domain.simtime import SimTime

Context = grpc.aio.ServicerContext[Any, Any]


class PullServicer(PullServiceServicer):
    """Login, list, get, acknowledge, push."""

    def __init__(self, sessions: Sessions, runs: Runs, pulls: Pulls, attachments: Attachments) -> None:
        self._sessions = sessions
        self._runs = runs
        self._pulls = pulls
        self._attachments = attachments

    async def Login(self, request: api.LoginRequest, context: Context) -> api.LoginResponse:
        """A short-lived token."""
        try:
            token, session = self._sessions.login(
                request.client_id, request.client_secret, request.municipality, [_scope(one) for one in request.scopes]
            )
        except _REFUSALS as error:
            await _refuse(context, error)
        scopes = [number for number, scope in _SCOPES.items() if scope in session.scopes]
        return api.LoginResponse(token=token, expires_in_s=self._sessions.ttl_s, scopes=scopes)

    async def ListRuns(self, request: api.ListRunsRequest, context: Context) -> api.ListRunsResponse:
        """Open runs, and closed ones of which something is left."""
        try:
            session = self._sessions.session(_authorization(context))
        except _REFUSALS as error:
            await _refuse(context, error)
        runs = [run for run in await self._pulls.runs(None) if session.may(run.municipality)]
        return api.ListRunsResponse(
            runs=[
                api.OpenRun(run_id=run.run_id, municipality=run.municipality, spec=run.spec_bytes, closed=run.closed)
                for run in runs
            ]
        )

    async def ListReceipts(self, request: api.ListReceiptsRequest, context: Context) -> api.ListReceiptsResponse:
        """Entries not yet acknowledged, complete up to the watermark, page by page."""
        run = await self._run(context, request.run_id, request.municipality)
        if request.page_token:
            listing = await self._pulls.next_page(run, decode.page_token(request.page_token), request.page_size)
        else:
            until = SimTime(request.wait_until_ms)
            listing = await self._pulls.listing(run, until, request.wait_ms, request.page_size)
        metrics.ENTRIES_LISTED.inc(len(listing.entries))
        return api.ListReceiptsResponse(
            watermark_ms=listing.watermark,
            entries=[_entry(entry) for entry in listing.entries],
            closed=listing.closed,
            next_page_token=decode.page_token_text(listing.rest) if listing.rest else "",
        )

    async def GetApplication(self, request: api.GetApplicationRequest, context: Context) -> bytes:
        """One application, as the bytes of its response."""
        run = await self._run(context, request.run_id, request.municipality)
        return _applications(run, await self._pulls.get(run, [request.receipt_number]))

    async def GetApplications(self, request: api.GetApplicationsRequest, context: Context) -> bytes:
        """Several, in the order of the request, as the bytes of their response."""
        run = await self._run(context, request.run_id, request.municipality)
        return _applications(run, await self._pulls.get(run, request.receipt_numbers))

    async def DownloadAttachment(
        self, request: api.DownloadAttachmentRequest, context: Context
    ) -> AsyncIterator[api.DownloadAttachmentResponse]:
        """The bytes of one attachment, in chunks."""
        try:
            self._sessions.speak_for(_authorization(context), request.municipality)
        except _REFUSALS as error:
            await _refuse(context, error)
        async for chunk in self._attachments.download(request.municipality, request.receipt_number, request.name):
            metrics.ATTACHMENT_BYTES.labels("downloaded").inc(len(chunk))
            yield api.DownloadAttachmentResponse(chunk=chunk)

    async def Acknowledge(self, request: api.AcknowledgeRequest, context: Context) -> api.AcknowledgeResponse:
        """These entries are not listed again."""
        run = await self._run(context, request.run_id, request.municipality)
        await self._pulls.acknowledge(run, [(key.receipt_number, key.n) for key in request.entries])
        return api.AcknowledgeResponse()

    async def PushStatus(self, request: api.PushStatusRequest, context: Context) -> api.PushStatusResponse:
        """Takes transitions and the watermark that came back, together."""
        run = await self._run(context, request.run_id, request.municipality, Scope.STATUSES)
        updates = [decode.update(message) for message in request.updates]
        new = await self._pulls.push(run, updates, SimTime(request.watermark_ms))
        metrics.TRANSITIONS_RETURNED.inc(sum(len(update.actions) for update in updates[len(updates) - new :]))
        return api.PushStatusResponse()

    async def _run(self, context: Context, run_id: str, municipality: str, scope: Scope = Scope.APPLICATIONS) -> Run:
        """The run of a call, if the token that came with it speaks for its municipality."""
        try:
            self._sessions.speak_for(_authorization(context), municipality, scope)
        except _REFUSALS as error:
            await _refuse(context, error)
        return self._runs.get(run_id, municipality)


_REFUSALS = (UnauthenticatedError, ForbiddenError)


async def _refuse(context: Context, error: Exception) -> NoReturn:
    unknown = isinstance(error, UnauthenticatedError)
    code = grpc.StatusCode.UNAUTHENTICATED if unknown else grpc.StatusCode.PERMISSION_DENIED
    await context.abort(code, str(error))


def _authorization(context: Context) -> str:
    """What a call says it has logged in with; the last, should there be several."""
    authorization = ""
    for key, value in context.invocation_metadata() or ():
        if key == "authorization":
            authorization = str(value)
    return authorization


_KINDS: Mapping[EntryKind, Any] = MappingProxyType(
    {kind: api.EntryKind.Value(f"ENTRY_KIND_{kind.name}") for kind in EntryKind}
)


_SCOPES: Mapping[Any, Scope] = MappingProxyType(
    {api.PULL_SCOPE_APPLICATIONS: Scope.APPLICATIONS, api.PULL_SCOPE_STATUSES: Scope.STATUSES}
)


def _scope(number: Any) -> Scope:
    if number not in _SCOPES:
        raise InvalidInputError("scopes", f"{number} is no scope of the pull interface")
    return _SCOPES[number]


def _entry(entry: Entry) -> api.Entry:
    return api.Entry(
        receipt_number=entry.receipt_number,
        n=entry.n,
        stamp_ms=entry.stamp,
        kind=_KINDS[entry.kind],
        submission_id=entry.submission_id,
        size=entry.size,
        files=entry.files,
        change=entry.change or b"",
    )


_APPLICATIONS = field(api.GetApplicationsResponse.APPLICATIONS_FIELD_NUMBER, b"")[:1]
"""Before each application; in the response with one it is the same."""
_RECEIPT_NUMBER = Application.RECEIPT_NUMBER_FIELD_NUMBER
_SUBMITTED_AT = Application.SUBMITTED_AT_MS_FIELD_NUMBER
_RUN_ID = Application.RUN_ID_FIELD_NUMBER


def _applications(run: Run, found: Iterable[StoredApplication]) -> bytes:
    """What came in, unread, with what the portal adds behind it: of a field that is there twice the last counts."""
    of_run = field(_RUN_ID, run.run_id.encode())
    parts: list[bytes] = []
    for stored in found:
        number, at = stored.receipt_number.encode(), stored.submitted_at
        added = field(_RECEIPT_NUMBER, number) + number_field(_SUBMITTED_AT, at) + of_run
        parts += (_APPLICATIONS, varint(len(stored.payload) + len(added)), stored.payload, added)
    return b"".join(parts)
