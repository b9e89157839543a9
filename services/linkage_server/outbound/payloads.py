"""The payload store as a folder: ``<municipality>/<receipt number>/<n>``, whole files only."""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from io import BufferedWriter
from pathlib import Path
from uuid import uuid4

from linkage_server.handlers.content_check import danger
from linkage_server.handlers.file_check import HEAD, problem
from linkage_server.handlers.model import AttachmentRef

QUARANTINE = "quarantine"


class FolderPayloads:
    """Implements ``Payloads``."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, name: str, attachment: AttachmentRef, chunks: AsyncIterator[bytes]) -> str:
        """Stores an attachment under a name; what the check holds back goes to the quarantine folder.

        The file appears under its name when it is complete: a reader never sees half of one, and the message
        that names it is written later.
        """
        file = _Arriving(self._root, name, attachment)
        try:
            # A thread takes the last chunk together with all that follows: most files are one chunk, and one step.
            last = await anext(chunks, b"")
            async for chunk in chunks:
                await asyncio.to_thread(file.take, last)
                last = chunk
            return await asyncio.to_thread(file.end, last)
        except BaseException:
            file.drop()
            raise


class _Arriving:
    """A file of which not everything is here yet; what reads and writes, a thread does."""

    def __init__(self, root: Path, name: str, attachment: AttachmentRef) -> None:
        self._root = root
        self._name = name
        self._attachment = attachment
        target = root / name
        self._part = target.with_name(f".{target.name}.{uuid4().hex}.part")
        self._file: BufferedWriter | None = None
        self._head, self._size, self._digest = b"", 0, sha256()

    def take(self, chunk: bytes) -> None:
        """The next bytes."""
        if self._file is None:
            self._part.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._part.open("wb")
        self._head = (self._head + chunk[:HEAD])[:HEAD]
        self._size += len(chunk)
        self._digest.update(chunk)
        self._file.write(chunk)

    def end(self, chunk: bytes) -> str:
        """The last ones: checks the file and puts it where it belongs; what is wrong with it, or nothing."""
        self.take(chunk)
        self._close()
        wrong = problem(self._attachment, self._head, self._size, self._digest.hexdigest()) or self._danger()
        target = self._root / self._name
        if wrong:
            target = self._root / QUARANTINE / self._name
            target.parent.mkdir(parents=True, exist_ok=True)
        self._part.replace(target)
        return wrong

    def drop(self) -> None:
        """Nothing is left of it."""
        try:
            self._close()
        finally:
            self._part.unlink(missing_ok=True)

    def _danger(self) -> str:
        with self._part.open("rb") as file:
            return danger(self._attachment.name.rpartition(".")[2].lower(), file)

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
