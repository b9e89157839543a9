"""Bytes of attachments (添付書類): uploaded in chunks before the submission that declares them.

Refused while they come in: a type that the portal does not take (HEIC among them), more bytes than the limit.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256

from portal_sim.handlers.ports import AttachmentStore
from portal_sim.handlers.runs import Runs
from portal_sim.handlers.submission_check import check_submission_id
from shinsei.domain.application_check import check_attachments
from shinsei.domain.errors import ConflictError, InvalidInputError, NotFoundError
from shinsei.domain.run import AttachmentSpec, DeclaredAttachment

MAX_CHUNK = 1 << 20
MAX_CHUNKS = 1_000
"""Each is a row: a file in crumbs would cost the database more than its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What an upload says of itself before its bytes."""

    submission_id: str
    municipality: str
    name: str
    media_type: str


class Attachments:
    """Uploads of applicants and downloads of municipalities."""

    def __init__(self, runs: Runs, store: AttachmentStore) -> None:
        self._runs = runs
        self._store = store

    async def upload(self, upload: Upload, chunks: AsyncIterator[bytes]) -> tuple[int, str]:
        """Stores the bytes; size and SHA-256 (hex) of what came.

        Raises:
            InvalidInputError: wrong type, too large, empty, or a chunk over 1 MiB.
            ConflictError: no run is open for the municipality, or the submission has been filed already.
        """
        run = self._runs.accepting(upload.municipality, "")
        limits = run.spec.demand.attachments
        check_submission_id(upload.submission_id, upload.municipality)
        _check(upload, 1, limits)
        await self._check_room(run.key, upload, limits)
        key = await self._store.begin(run.key, upload.submission_id, upload.name, upload.media_type)
        try:
            size, digest = 0, sha256()
            number = 0
            async for chunk in chunks:
                _check_chunk(chunk, number)
                size += len(chunk)
                _check(upload, max(size, 1), limits)
                digest.update(chunk)
                await self._store.add(key, number, chunk)
                number += 1
            _check(upload, size, limits)
            owner = (run.key, upload.submission_id, upload.name)
            await self._store.complete(key, owner, size, digest.hexdigest())
        except BaseException:
            await self._store.drop(key)
            raise
        return size, digest.hexdigest()

    async def _check_room(self, run_key: int, upload: Upload, limits: AttachmentSpec) -> None:
        filed, names = await self._store.uploaded(run_key, upload.submission_id)
        if filed:
            raise ConflictError(f"submission {upload.submission_id} has been filed; its attachments stay as they are")
        if len({*names, upload.name}) > limits.max_files:
            raise InvalidInputError("attachments", f"at most {limits.max_files} files are accepted")

    async def download(self, municipality: str, receipt_number: str, name: str) -> AsyncIterator[bytes]:
        """The chunks of an attachment of an accepted application.

        Raises:
            NotFoundError: it was declared only, or the application is not of this municipality.
        """
        found = await self._store.locate(receipt_number, name)
        if found is None or found[1] != municipality:
            raise NotFoundError(f"attachment of {receipt_number}", name)
        async for chunk in self._store.read(found[0]):
            yield chunk


def _check_chunk(chunk: bytes, number: int) -> None:
    if not 0 < len(chunk) <= MAX_CHUNK:
        raise InvalidInputError("chunk", f"{len(chunk)} bytes; 1 to {MAX_CHUNK} are accepted")
    if number >= MAX_CHUNKS:
        raise InvalidInputError("chunk", f"more than {MAX_CHUNKS} of them; send larger ones")


def _check(upload: Upload, size: int, limits: AttachmentSpec) -> None:
    check_attachments((DeclaredAttachment(name=upload.name, media_type=upload.media_type, size=size),), limits)
