"""Attachments whose bytes are sent in earnest: who has one, of which kind and how large, as the catalogue has it."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import shake_256

from shinsei.domain.catalogue import procedure
from shinsei.domain.demand.attachments import declared
from shinsei.domain.run import DeclaredAttachment, RunSpec

_HEADS: Mapping[str, bytes] = {"application/pdf": b"%PDF-1.7\n", "image/jpeg": b"\xff\xd8\xff\xe0"}
"""Whoever looks at the first bytes of a file finds in them what its name says."""
_NOISE = 1 << 20


class Attachments:
    """What applicants of a load test attach.

    Args:
        seed: of the draws.
        p_any: who sends one, of a procedure that usually has some; the catalogue varies it.
        mean_kb: of a procedure that has none larger than others; the catalogue varies it too.
    """

    def __init__(self, seed: int, p_any: float, mean_kb: float) -> None:
        self._seed = seed
        self._p_any = p_any
        self._mean_mb = mean_kb / 1e3
        self._noise = shake_256(str(seed).encode()).digest(_NOISE)

    def of(self, spec: RunSpec, number: int, subject: str) -> DeclaredAttachment | None:
        """What is attached to a filing of this procedure: the first of its documents, or nothing."""
        profile = replace(spec.demand.attachments, p_any=self._p_any, mean_mb=self._mean_mb)
        return next(iter(declared(self._seed, profile, procedure(number), subject)), None)

    def content(self, attachment: DeclaredAttachment) -> bytes:
        """Its bytes, which no compression makes smaller."""
        head = _HEADS.get(attachment.media_type, b"")
        return (head + self._noise * (attachment.size // _NOISE + 1))[: attachment.size]
