"""The payload store as a folder: ``<municipality>/<receipt number>/<n>``, whole files only."""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
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
        target = self._root / name
        part = target.with_name(f".{target.name}.{uuid4().hex}.part")
        await asyncio.to_thread(part.parent.mkdir, parents=True, exist_ok=True)
        head, size, digest = b"", 0, sha256()
        try:
            with await asyncio.to_thread(part.open, "wb") as file:
                async for chunk in chunks:
                    head = (head + chunk[:HEAD])[:HEAD]
                    size += len(chunk)
                    digest.update(chunk)
                    await asyncio.to_thread(file.write, chunk)
            wrong = problem(attachment, head, size, digest.hexdigest())
            wrong = wrong or await asyncio.to_thread(_danger, part, attachment)
            if wrong:
                target = self._root / QUARANTINE / name
                await asyncio.to_thread(target.parent.mkdir, parents=True, exist_ok=True)
            await asyncio.to_thread(part.replace, target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return wrong


def _danger(part: Path, attachment: AttachmentRef) -> str:
    with part.open("rb") as file:
        return danger(attachment.name.rpartition(".")[2].lower(), file)
