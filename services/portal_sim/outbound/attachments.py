"""Bytes of attachments in PostgreSQL, chunk by chunk; no connection is held while a client sends or reads."""

from collections.abc import AsyncIterator, Collection

from portal_sim.outbound.queries import SQL
from shinsei.domain.errors import ConflictError
from shinsei.runtime.postgres import Database


class PostgresAttachments:
    """Implements ``AttachmentStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def start(self) -> None:
        """Forgets uploads that a killed process left half done."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL["drop_incomplete"])

    async def stop(self) -> None:
        """Nothing to do."""

    async def uploaded(self, run_key: int, submission_id: str) -> tuple[bool, Collection[str]]:
        """Whether this submission has been filed, and the names of what has been uploaded for it."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL["uploaded"], run_key, submission_id)
        return row["filed"], row["names"]

    async def begin(self, run_key: int, submission_id: str, name: str, media_type: str) -> int:
        """Key of a new, incomplete attachment."""
        async with self._database.acquire() as connection:
            return int(await connection.fetchval(SQL["begin_attachment"], run_key, submission_id, name, media_type))

    async def add(self, key: int, n: int, chunk: bytes) -> None:
        """Stores the n-th chunk."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL["add_chunk"], key, n, chunk)

    async def complete(self, key: int, owner: tuple[int, str, str], size: int, sha256: str) -> None:
        """Makes it the attachment of (run key, submission id, name), in place of an earlier one."""
        run_key, submission_id, _ = owner
        async with self._database.transaction() as connection:
            if (await connection.fetchrow(SQL["uploaded"], run_key, submission_id))["filed"]:
                raise ConflictError(f"submission {submission_id} has been filed while this was sent")
            await connection.execute(SQL["replace_attachment"], *owner)
            await connection.execute(SQL["complete_attachment"], key, size, sha256)

    async def drop(self, key: int) -> None:
        """Forgets an upload that failed."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL["drop_attachment"], key)

    async def locate(self, receipt_number: str, name: str) -> tuple[int, str] | None:
        """Key and municipality of an attachment of an accepted application."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL["locate_attachment"], receipt_number, name)
        return None if row is None else (row["key"], row["municipality"])

    async def read(self, key: int) -> AsyncIterator[bytes]:
        """Its chunks in order."""
        number = 0
        while True:
            async with self._database.acquire() as connection:
                chunk = await connection.fetchval(SQL["read_chunk"], key, number)
            if chunk is None:
                return
            yield chunk
            number += 1
