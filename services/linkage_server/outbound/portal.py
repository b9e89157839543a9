"""The portal's pull interface over gRPC: logs in by itself, asks again while the portal is away."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import grpc
from grpc.aio import AioRpcError

from linkage_server import metrics
from linkage_server.handlers.lanes import in_lanes
from linkage_server.handlers.model import (
    AttachmentRef,
    BufferedUpdate,
    EntryKey,
    Fetched,
    ListedEntry,
    Listing,
    OpenRun,
    RunRow,
)
from linkage_server.outbound.messages import push_request
from shinsei.api.application.v1.application_pb2 import Application
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.api.portal.v1.portal_pb2_grpc import PullServiceStub
from shinsei.contracts.codec import decode_change
from shinsei.domain.run import FetchMode
from shinsei.domain.simtime import SimTime
from shinsei.runtime.errors import StartError
from shinsei.runtime.failures import TRANSIENT_CODES
from shinsei.runtime.faults import outgoing
from shinsei.runtime.rpc import channel, retrying, to_domain

BATCH = 1_000

Response = TypeVar("Response")
Metadata = tuple[tuple[str, str], ...]

_EXPIRED = grpc.StatusCode.UNAUTHENTICATED


class PullClient:
    """Implements ``Portal`` (and is a lifespan component)."""

    def __init__(
        self,
        target: str,
        client_id: str,
        secret_file: Path,
        *,
        mode: FetchMode,
        parallel: int,
        list_page: int,
        list_wait_ms: int,
    ) -> None:
        """``mode`` is for runs that ask for none; singly, up to ``parallel`` calls are under way at once."""
        self._target = target
        self._client_id = client_id
        self._secret_file = secret_file
        self._mode = mode
        self._parallel = parallel
        self._list_page = list_page
        self._list_wait_ms = list_wait_ms
        self._channel: grpc.aio.Channel | None = None
        self._secret = ""
        self._tokens: dict[str, Metadata] = {}
        """What goes with the calls, by municipality; with those for "", runs are listed."""
        self._login = asyncio.Lock()

    async def start(self) -> None:
        """Reads the secret and opens the channel; whether the portal is there shows with the first call."""
        try:
            self._secret = self._secret_file.read_text(encoding="utf-8").strip()
        except OSError as error:
            problem = f"the secret of client {self._client_id} cannot be read from {self._secret_file}"
            raise StartError(f"{problem} ({error.strerror})", setting="client_secret_file") from error
        self._channel = channel(self._target, "portal_sim")
        self._stub = PullServiceStub(self._channel)

    async def stop(self) -> None:
        """Closes the channel."""
        if self._channel is not None:
            await self._channel.close()

    async def runs(self) -> Sequence[OpenRun]:
        """Open runs, and closed ones of which something is left."""
        response = await self._call(self._stub.ListRuns, api.ListRunsRequest(), "")
        return [
            OpenRun(run_id=run.run_id, municipality=run.municipality, spec=run.spec, closed=run.closed)
            for run in response.runs
        ]

    async def listing(self, run: RunRow, wait_until: SimTime) -> Listing:
        """Waits for the watermark for a while, then lists, page by page."""
        request = api.ListReceiptsRequest(
            run_id=run.run_id,
            municipality=run.municipality,
            wait_until_ms=wait_until,
            wait_ms=self._list_wait_ms,
            page_size=self._list_page,
        )
        response = await self._call(self._stub.ListReceipts, request, run.municipality)
        entries = [_entry(entry) for entry in response.entries]
        while response.next_page_token:
            request.page_token = response.next_page_token
            response = await self._call(self._stub.ListReceipts, request, run.municipality)
            entries += [_entry(entry) for entry in response.entries]
        return Listing(watermark=SimTime(response.watermark_ms), entries=entries, closed=response.closed)

    async def fetch(self, run: RunRow, receipt_numbers: Sequence[str]) -> Sequence[Fetched]:
        """Applications in the order asked for."""
        if (run.spec.poll.fetch or self._mode) is FetchMode.SINGLE:
            return await self._fetch_singly(run, receipt_numbers)
        fetched: list[Fetched] = []
        for start in range(0, len(receipt_numbers), BATCH):
            response = await self._call(
                self._stub.GetApplications,
                api.GetApplicationsRequest(
                    run_id=run.run_id,
                    municipality=run.municipality,
                    receipt_numbers=receipt_numbers[start : start + BATCH],
                ),
                run.municipality,
            )
            fetched += [_fetched(application) for application in response.applications]
        return fetched

    async def download(self, run: RunRow, receipt_number: str, name: str) -> AsyncIterator[bytes]:
        """The bytes of an attachment; a stream that breaks off raises, and the publication begins anew."""
        request = api.DownloadAttachmentRequest(municipality=run.municipality, receipt_number=receipt_number, name=name)
        await outgoing()
        metadata = self._tokens.get(run.municipality) or await self._metadata(run.municipality)
        try:
            async for part in self._stub.DownloadAttachment(request, metadata=metadata):
                yield part.chunk
        except AioRpcError as error:
            self._note_expiry(error, run.municipality, metadata)
            raise

    async def acknowledge(self, run: RunRow, keys: Sequence[EntryKey]) -> None:
        """These entries need not be listed again."""
        await self._call(
            self._stub.Acknowledge,
            api.AcknowledgeRequest(
                run_id=run.run_id,
                municipality=run.municipality,
                entries=[api.EntryKey(receipt_number=number, n=n) for number, n in keys],
            ),
            run.municipality,
        )

    async def push(self, run: RunRow, updates: Sequence[BufferedUpdate], watermark: SimTime) -> None:
        """Pushes statuses and watermark, together."""
        await self._call(self._stub.PushStatus, push_request(run, updates, watermark), run.municipality)

    async def _fetch_singly(self, run: RunRow, receipt_numbers: Sequence[str]) -> Sequence[Fetched]:
        async def get(receipt_number: str) -> Fetched:
            request = api.GetApplicationRequest(
                run_id=run.run_id, municipality=run.municipality, receipt_number=receipt_number
            )
            response = await self._call(self._stub.GetApplication, request, run.municipality)
            return _fetched(response.application)

        return await in_lanes(get, receipt_numbers, self._parallel)

    async def _call(self, method: Callable[..., Awaitable[Response]], request: Any, municipality: str) -> Response:
        async def attempt() -> Response:
            metadata = self._tokens.get(municipality) or await self._metadata(municipality)
            try:
                return await method(request, metadata=metadata)
            except AioRpcError as error:
                self._note_expiry(error, municipality, metadata)
                raise

        return await retrying(attempt, on=TRANSIENT_CODES | {_EXPIRED})

    async def _metadata(self, municipality: str) -> Metadata:
        """A new token of a municipality, which speaks for no other, unless another call has got it meanwhile."""
        async with self._login:
            if municipality not in self._tokens:
                request = api.LoginRequest(
                    client_id=self._client_id, client_secret=self._secret, municipality=municipality
                )
                try:
                    token = (await self._stub.Login(request)).token
                except AioRpcError as error:
                    if error.code() is _EXPIRED:
                        # A wrong secret does not become right.
                        raise to_domain(error) from error
                    raise
                metrics.LOGINS.inc()
                self._tokens[municipality] = (("authorization", f"Bearer {token}"),)
            return self._tokens[municipality]

    def _note_expiry(self, error: AioRpcError, municipality: str, metadata: Metadata) -> None:
        """Forgets a token that has expired, or whose portal has been restarted: the next attempt logs in anew.

        Another call may have done so in the meantime.
        """
        if error.code() is _EXPIRED and self._tokens.get(municipality) is metadata:
            del self._tokens[municipality]


def _entry(entry: api.Entry) -> ListedEntry:
    return ListedEntry(
        receipt_number=entry.receipt_number,
        n=entry.n,
        stamp=SimTime(entry.stamp_ms),
        submission_id=entry.submission_id,
        files=entry.files,
        size=entry.size,
        change=decode_change(entry.change) if entry.kind == api.ENTRY_KIND_CHANGE else None,
    )


def _fetched(application: Application) -> Fetched:
    attachments: Sequence[AttachmentRef] = ()
    files: Sequence[str] = ()
    if declared := application.attachments:
        attachments = [
            AttachmentRef(n=n, name=item.name, media_type=item.media_type, size=item.size, sha256=item.sha256)
            for n, item in enumerate(declared)
            if item.sha256
        ]
        files = [item.name for item in declared]
    return Fetched(receipt_number=application.receipt_number, attachments=attachments, files=files, message=application)
