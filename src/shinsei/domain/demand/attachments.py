"""What applicants declare to attach: how many files, of which kind and size, within the portal's limits."""

from math import log

from shinsei.domain.catalogue import Procedure
from shinsei.domain.distributions import Distribution
from shinsei.domain.draws import draw
from shinsei.domain.run import AttachmentSpec, DeclaredAttachment

_BYTES_PER_MB = 1_000_000
_KINDS = ((".jpg", "image/jpeg"), (".pdf", "application/pdf"))
_SIZE_CV = 0.6
"""Spread of the sizes of photographs and scans (an assumption; only the mean moves the line model)."""


def declared(seed: int, spec: AttachmentSpec, procedure: Procedure, subject: str) -> tuple[DeclaredAttachment, ...]:
    """The attachments of one filing."""
    profile = procedure.attachments
    p_any = min(1.0, spec.p_any * profile.p_factor)
    if not profile.documents or draw(seed, subject, "attaches") >= p_any:
        return ()
    count = _files(draw(seed, subject, "files"), spec.mean_files * profile.files_factor, spec.max_files)
    size = Distribution(mean=spec.mean_mb * profile.mb_factor * _BYTES_PER_MB, cv=_SIZE_CV)
    largest = int(spec.max_file_mb * _BYTES_PER_MB)
    attachments: list[DeclaredAttachment] = []
    for n in range(count):
        stem, _ = profile.documents[n % len(profile.documents)]
        suffix, media_type = _KINDS[int(draw(seed, subject, "kind", n) * len(_KINDS))]
        bytes_ = max(1, min(largest, int(size.sample(draw(seed, subject, "size", n)))))
        attachments.append(DeclaredAttachment(name=f"{stem}_{n + 1}{suffix}", media_type=media_type, size=bytes_))
    return tuple(attachments)


def _files(u: float, mean: float, most: int) -> int:
    """At least one file, geometric beyond it, at most what the portal takes."""
    if mean <= 1.0:
        return 1
    return min(most, 1 + int(log(1.0 - u) / log(1.0 - 1.0 / mean)))
