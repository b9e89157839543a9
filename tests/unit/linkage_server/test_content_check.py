"""What is inside an attachment: bombs, ways out, things to run."""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage_server.handlers import content_check
from linkage_server.handlers.content_check import danger

SHEET = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>", "xl/media/photo.jpeg": b"\xff\xd8" * 50}


def packed(entries: Mapping[str, bytes] = SHEET, more: Mapping[str, bytes] = MappingProxyType({})) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**entries, **more}.items():
            archive.writestr(name, content)
    return file.getvalue()


def look(content: bytes, suffix: str = "xlsx") -> str:
    return danger(suffix, io.BytesIO(content))


def test_an_office_file_as_people_write_them_passes() -> None:
    assert not look(packed())
    assert not look(packed({"word/document.xml": b"<w:p/>" * 50_000}), "docx")
    assert not look(packed({"ppt/presentation.xml": b"<p/>"}), "pptx")


@pytest.mark.parametrize("name", ["../up.xml", "/etc/passwd", "xl\\..\\..\\up.xml", "C:up.xml"])
def test_a_name_that_leads_out_of_the_archive_is_found(name: str) -> None:
    assert "leads out" in look(packed(more={name: b"x"}))


def test_what_unpacks_to_more_than_anybody_writes_is_found_before_it_is_unpacked() -> None:
    assert "would unpack to" in look(packed({"xl/a.xml": bytes(12_000_000)}))
    many = packed({f"xl/{n}.xml": b"" for n in range(content_check.MOST_ENTRIES + 1)})
    assert "entries" in look(many)


def test_a_directory_that_tells_less_than_there_is_is_found() -> None:
    content = packed({"xl/a.xml": b"<a/>" * 10_000})
    true_size, told = struct.pack("<I", 40_000), struct.pack("<I", 4)
    assert "more than its directory says" in look(content.replace(true_size, told))


def test_entries_that_share_their_bytes_are_found() -> None:
    content = bytearray(packed({"xl/a.xml": b"<a/>" * 500, "xl/b.xml": b"<b/>"}))
    second = content.rindex(b"PK\x01\x02")
    content[second + 42 : second + 46] = struct.pack("<I", 0)
    assert look(bytes(content))


@pytest.mark.parametrize("wrong", [{"xl/vbaProject.bin": b"x"}, {"xl/embedded.ZIP": b"x"}])
def test_what_is_to_be_run_or_unpacked_again_is_found(wrong: Mapping[str, bytes]) -> None:
    assert look(packed(more=wrong)).startswith("has ")


def test_an_archive_that_is_no_office_file_is_found() -> None:
    assert "no xlsx" in look(packed({"a.txt": b"x"}))
    assert "no whole docx" in look(b"PK\x03\x04 and then nothing", "docx")


def test_an_encrypted_entry_is_found() -> None:
    content = bytearray(packed())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in look(bytes(content))


@pytest.mark.parametrize(
    "content",
    [
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<?xml version="1.0"?>' + b" " * 65_530 + b'<!doctype a SYSTEM "file:///etc/passwd"><a/>',
    ],
)
def test_xml_that_declares_entities_is_found_wherever_it_does(content: bytes) -> None:
    assert "declares" in look(content, "xml")
    assert "declares" in look(packed({"xl/workbook.xml": content}))


@pytest.mark.parametrize(
    "content",
    ["<a/>".encode("utf-16"), b'<?xml version="1.0" encoding="utf-7"?><a/>', b"a", b"", b"<?xml encoding='cp037'?>"],
)
def test_xml_in_which_a_search_would_find_nothing_is_not_accepted(content: bytes) -> None:
    assert look(content, "xml")


def test_usual_texts_pass() -> None:
    assert not look('<?xml version="1.0" encoding="Shift_JIS"?><申請/>'.encode("cp932"), "xml")
    assert not look(b"\xef\xbb\xbf<a/>", "xml")
    assert not look("氏名,住所\n見本 花子,架空市\n".encode(), "csv")
    assert "not text" in look(b"a" * 70_000 + b"\0", "txt")


@settings(max_examples=30)
@given(st.binary(max_size=300), st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 255)), max_size=8))
def test_whatever_comes_is_judged_and_nothing_else(junk: bytes, changes: list[tuple[int, int]]) -> None:
    content = bytearray(packed() + junk)
    for place, value in changes:
        content[place % len(content)] = value
    judges: tuple[Callable[[], str], ...] = (
        lambda: look(bytes(content)),
        lambda: look(junk),
        lambda: look(junk, "xml"),
        lambda: look(junk, "csv"),
    )
    for judge in judges:
        assert isinstance(judge(), str)
