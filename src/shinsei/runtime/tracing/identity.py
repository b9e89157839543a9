"""The ids of a case's trace and of its spans, from the case itself."""

import hashlib
import re
from dataclasses import dataclass
from zlib import crc32

_TRACE_BYTES, _SPAN_BYTES = 16, 8
_VERSION, _SAMPLED = "00", "01"
_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
_CHECKSUMS = 1 << 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A span's place in its trace."""

    trace_id: int
    span_id: int

    @classmethod
    def of_case(cls, run_id: str, submission_id: str) -> "Identity":
        """The root of a case's trace: its submission."""
        digest = _digest(f"{run_id}/{submission_id}", _TRACE_BYTES + _SPAN_BYTES)
        return cls(
            trace_id=int.from_bytes(digest[:_TRACE_BYTES], "big"), span_id=int.from_bytes(digest[_TRACE_BYTES:], "big")
        )

    @classmethod
    def read(cls, text: str) -> "Identity | None":
        """From a ``traceparent``; None where it is none."""
        found = _TRACEPARENT.fullmatch(text)
        if found is None or not int(found[1], 16) or not int(found[2], 16):
            return None
        return cls(trace_id=int(found[1], 16), span_id=int(found[2], 16))

    def child(self, event: str, reader: str) -> "Identity":
        """The span in which ``reader`` handles an event of this case."""
        digest = _digest(f"{event}/{reader}", _SPAN_BYTES)
        return Identity(trace_id=self.trace_id, span_id=int.from_bytes(digest, "big"))

    @property
    def header(self) -> str:
        """As a ``traceparent``."""
        return f"{_VERSION}-{self.trace_id:032x}-{self.span_id:016x}-{_SAMPLED}"


def is_chosen(run_id: str, submission_id: str, share: float) -> bool:
    """Whether a case is among the ``share`` (0 to 1) that is traced: the same choice everywhere."""
    return _chooses(f"{run_id}/{submission_id}", share)


def may_be_chosen(run_id: str, event_id: str, share: float) -> bool:
    """Whether an event may be of such a case: of nearly all it is not, and each of a case's many is asked about."""
    end = event_id.find("/", len(run_id) + 1)
    return _chooses(event_id[:end] if end > 0 else event_id, share)


def _chooses(case: str, share: float) -> bool:
    return crc32(case.encode()) < share * _CHECKSUMS


def _digest(text: str, size: int) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=size).digest()
