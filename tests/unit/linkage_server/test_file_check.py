"""The file check at the boundary."""

from hashlib import sha256

import pytest

from linkage_server.handlers.file_check import problem
from linkage_server.handlers.model import AttachmentRef


def check(name: str, content: bytes, *, size: int | None = None, digest: str = "") -> str:
    attachment = AttachmentRef(
        n=0,
        name=name,
        media_type="",
        size=len(content) if size is None else size,
        sha256=digest or sha256(content).hexdigest(),
    )
    return problem(attachment, content[:16], len(content), sha256(content).hexdigest())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("form.pdf", b"%PDF-1.7 ..."),
        ("photo.JPG", b"\xff\xd8\xff\xe0 ..."),
        ("scan.tiff", b"II*\x00 ..."),
        ("table.xlsx", b"PK\x03\x04 ..."),
        ("letter.doc", b"\xd0\xcf\x11\xe0 ..."),
        ("list.csv", "氏名,住所".encode()),
    ],
)
def test_a_file_that_is_what_its_name_says_passes(name: str, content: bytes) -> None:
    assert not check(name, content)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("form.pdf", b"MZ\x90", "does not begin like a pdf"),
        ("list.csv", b"a\0b", "is not text"),
        ("program.exe", b"MZ", "not accepted"),
        ("noname", b"x", "not accepted"),
    ],
)
def test_a_file_that_is_something_else_is_held_back(name: str, content: bytes, reason: str) -> None:
    assert reason in check(name, content)


def test_bytes_that_are_not_those_declared_are_held_back() -> None:
    assert "bytes instead of" in check("form.pdf", b"%PDF-1.7", size=9)
    assert "digest" in check("form.pdf", b"%PDF-1.7", digest="00" * 32)
