"""A look into an attachment before it enters the municipality: is it one thing, and no larger than it looks?

Nothing here is carried out or unpacked to disk. Office files are archives: they are inflated piece by piece and thrown
away, to learn that they hold what their directory says, no more than anybody would write, and nothing to be run.
"""

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import BinaryIO, Final

MOST_ENTRIES: Final = 2_000
MOST_UNPACKED: Final = 100_000_000
"""Bytes of all that is in an archive [A]; the portal takes files of 10 MB."""
MOST_RATIO: Final = 200
"""Times its packed size [A]: sheets full of the same come to 50; deflate itself goes to 1,032."""
_RATIO_MATTERS_FROM: Final = 10_000_000
_PIECE: Final = 1 << 16
_LOCAL_HEADER: Final = 30
_ENCRYPTED: Final = 0x1

_MAIN_PART: Mapping[str, str] = MappingProxyType({"xlsx": "xl/", "docx": "word/", "pptx": "ppt/"})
_ARCHIVES: Final = (".zip", ".7z", ".rar", ".gz", ".bz2", ".xz", ".cab", ".iso", ".tar", ".jar")
_TEXTS: Final = frozenset({"txt", "csv", "xml"})
_XML_PARTS: Final = (".xml", ".rels", ".vml")
_DOCTYPES: Final = (b"<!doctype", b"<!entity")
_XML_BEGINNINGS: Final = (b"<", b"\xef\xbb\xbf<")
_KNOWN_ENCODINGS: Final = frozenset({b"utf-8", b"us-ascii", b"shift_jis", b"windows-31j", b"euc-jp", b"iso-8859-1"})
"""Those in which a tag looks as in ASCII, so that a search for one finds it."""


def danger(suffix: str, file: BinaryIO) -> str:
    """What is wrong inside a file that begins as its name says; empty if nothing is."""
    if suffix in _MAIN_PART:
        try:
            return _archive(file, _MAIN_PART[suffix], suffix)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, EOFError, UnicodeError) as error:
            return f"is no whole {suffix} file ({type(error).__name__})"
    if suffix in _TEXTS:
        return _text(suffix, file)
    return ""


def _text(suffix: str, file: BinaryIO) -> str:
    beginning = file.read(200)
    file.seek(0)
    if suffix == "xml":
        if not beginning.lstrip().startswith(_XML_BEGINNINGS):
            return "does not begin like XML"
        if _encoding(beginning) not in _KNOWN_ENCODINGS:
            return "is XML in an encoding that is not accepted"
    tail = b""
    for piece in iter(lambda: file.read(_PIECE), b""):
        if b"\0" in piece:
            return "is not text"
        if suffix == "xml" and _declares(tail + piece):
            return "declares entities or a document type"
        tail = piece[-16:]
    return ""


def _encoding(beginning: bytes) -> bytes:
    _, found, rest = beginning.partition(b"?>")[0].partition(b"encoding=")
    return rest[1:].split(rest[:1], 1)[0].strip().lower() if found and rest else b"utf-8"


def _declares(text: bytes) -> bool:
    return any(one in text.lower() for one in _DOCTYPES)


def _archive(file: BinaryIO, main_part: str, suffix: str) -> str:
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_ENTRIES:
            return f"has {len(entries)} entries"
        wrong = next(filter(None, map(_entry, entries)), "") or _laid_out(entries)
        if wrong:
            return wrong
        if not any(entry.filename.startswith(main_part) for entry in entries):
            return f"is an archive and no {suffix} file"
        packed = sum(entry.compress_size for entry in entries)
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > MOST_UNPACKED or (unpacked > _RATIO_MATTERS_FROM and unpacked > MOST_RATIO * packed):
            return f"would unpack to {unpacked} bytes"
        return next(filter(None, (_inside(file, entry) for entry in entries)), "")


def _entry(entry: zipfile.ZipInfo) -> str:
    """What the directory of the archive tells of an entry."""
    name = entry.orig_filename
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or "\0" in name or ":" in name:
        return "has an entry whose name leads out of it"
    if entry.flag_bits & _ENCRYPTED:
        return "has an encrypted entry"
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        return "is packed in an unusual way"
    if name.lower().endswith(_ARCHIVES):
        return "has an archive within"
    if name.lower().endswith("vbaproject.bin"):
        return "has macros"
    return ""


def _laid_out(entries: list[zipfile.ZipInfo]) -> str:
    """Entries that share their bytes are how a small file unpacks to an endless one."""
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names):
        return "has two entries of the same name"
    placed = sorted(entries, key=lambda entry: entry.header_offset)
    for entry, following in pairwise(placed):
        if entry.header_offset + _LOCAL_HEADER + entry.compress_size > following.header_offset:
            return "has entries that overlap"
    return ""


def _inside(file: BinaryIO, entry: zipfile.ZipInfo) -> str:
    """What the bytes of an entry tell."""
    is_xml, size, tail = entry.filename.lower().endswith(_XML_PARTS), 0, b""
    for piece in _inflated(file, entry):
        size += len(piece)
        if size > entry.file_size:
            return "unpacks to more than its directory says"
        if is_xml and _declares(tail + piece):
            return "declares entities or a document type"
        tail = piece[-16:]
    return ""


def _inflated(file: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of an entry as they are, whatever its directory says of their number."""
    file.seek(entry.header_offset)
    header = file.read(_LOCAL_HEADER)
    file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    left, inflate = entry.compress_size, zlib.decompressobj(-zlib.MAX_WBITS)
    while left > 0:
        packed = file.read(min(left, _PIECE))
        if not packed:
            raise EOFError
        left -= len(packed)
        if entry.compress_type == zipfile.ZIP_STORED:
            yield packed
            continue
        while packed:
            yield inflate.decompress(packed, _PIECE)
            packed = inflate.unconsumed_tail
