"""Attachments become files of the payload folder, whole or not at all."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from linkage_server.handlers.model import AttachmentRef
from linkage_server.outbound.payloads import FolderPayloads

NAME = "482013/1001/0"
PDF = b"%PDF-1.7 " + bytes(range(256)) * 40


def a_ref(content: bytes) -> AttachmentRef:
    digest = sha256(content).hexdigest()
    return AttachmentRef(n=0, name="form.pdf", media_type="application/pdf", size=len(content), sha256=digest)


async def arriving(chunks: Sequence[bytes], *, breaks_off: bool = False) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
    if breaks_off:
        raise ConnectionError


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def hops(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a thread has been given to do."""
    made: list[str] = []
    to_thread = asyncio.to_thread

    async def noting(work: Any, *args: Any) -> Any:
        made.append(work.__name__)
        return await to_thread(work, *args)

    monkeypatch.setattr(asyncio, "to_thread", noting)
    return made


@pytest.mark.parametrize("size", [1, 7, 100, 4096, len(PDF)])
async def test_a_file_is_the_same_in_however_many_chunks_it_comes(tmp_path: Path, size: int) -> None:
    chunks = [PDF[start : start + size] for start in range(0, len(PDF), size)]
    assert await FolderPayloads(tmp_path).put(NAME, a_ref(PDF), arriving(chunks)) == ""
    assert files(tmp_path) == {NAME: PDF}


async def test_a_file_of_one_chunk_is_one_step_of_a_thread(tmp_path: Path, hops: list[str]) -> None:
    await FolderPayloads(tmp_path).put(NAME, a_ref(PDF), arriving([PDF]))
    assert hops == ["end"]


@pytest.mark.parametrize("chunks", [[], [b""], [PDF[:-1]], [b"MZ" + PDF[2:]], [PDF, b"more"]])
async def test_what_is_not_as_declared_goes_to_the_quarantine(tmp_path: Path, chunks: list[bytes]) -> None:
    assert await FolderPayloads(tmp_path).put(NAME, a_ref(PDF), arriving(chunks))
    assert files(tmp_path) == {f"quarantine/{NAME}": b"".join(chunks)}


@pytest.mark.parametrize("chunks", [[], [PDF], [PDF[:100], PDF[100:200], PDF[200:]]])
async def test_nothing_is_left_of_a_file_that_breaks_off(tmp_path: Path, chunks: list[bytes]) -> None:
    with pytest.raises(ConnectionError):
        await FolderPayloads(tmp_path).put(NAME, a_ref(PDF), arriving(chunks, breaks_off=True))
    assert files(tmp_path) == {}


async def test_nothing_is_left_of_a_file_that_cannot_be_put_in_its_place(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir(parents=True)
    with pytest.raises(OSError, match="irectory"):
        await FolderPayloads(tmp_path).put(NAME, a_ref(PDF), arriving([PDF]))
    assert files(tmp_path) == {}
