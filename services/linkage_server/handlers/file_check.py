"""The file check at the boundary: is an attachment what its name says, and whole?

It looks at the first bytes only, ``content_check`` at the rest; virus check and sanitisation are times of the line
model.
"""

from collections.abc import Mapping
from types import MappingProxyType

from linkage_server.handlers.model import AttachmentRef

HEAD = 16
"""Bytes that are looked at."""

_OLE = (b"\xd0\xcf\x11\xe0",)
_ZIP = (b"PK\x03\x04",)
_JPEG = (b"\xff\xd8\xff",)
_TIFF = (b"II*\x00", b"MM\x00*")

_BEGINNINGS: Mapping[str, tuple[bytes, ...]] = MappingProxyType(
    {
        "xls": _OLE,
        "doc": _OLE,
        "ppt": _OLE,
        "xlsx": _ZIP,
        "docx": _ZIP,
        "pptx": _ZIP,
        "pdf": (b"%PDF-",),
        "jpeg": _JPEG,
        "jpg": _JPEG,
        "png": (b"\x89PNG\r\n\x1a\n",),
        "gif": (b"GIF87a", b"GIF89a"),
        "tiff": _TIFF,
        "tif": _TIFF,
    }
)
_TEXT = frozenset({"xml", "txt", "csv"})


def problem(attachment: AttachmentRef, head: bytes, size: int, sha256: str) -> str:
    """What is wrong with the bytes of an attachment; empty if nothing is."""
    if size != attachment.size:
        return f"has {size} bytes instead of {attachment.size}"
    if sha256 != attachment.sha256:
        return "does not have the digest that was declared"
    suffix = attachment.name.rpartition(".")[2].lower()
    if suffix in _TEXT:
        return "is not text" if b"\0" in head else ""
    if suffix not in _BEGINNINGS:
        return f"is of type {suffix!r}, which is not accepted"
    return "" if head.startswith(_BEGINNINGS[suffix]) else f"does not begin like a {suffix} file"
