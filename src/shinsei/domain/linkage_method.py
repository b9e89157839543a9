"""The ways in which application data enters a core system (基幹システムとの連携)."""

from enum import StrEnum


class LinkageMethod(StrEnum):
    """How a case is linked; the four methods of the source document, the baseline, and the one-stop exit."""

    TRANSCRIPTION = "TRANSCRIPTION"
    """Method 1: a clerk keys the case from the inquiry screen (申請内容照会画面からの転記)."""
    RPA = "RPA"
    """Method 2: a robot keys it (RPA等簡易ツールの利用)."""
    SCREEN_IMPORT = "SCREEN_IMPORT"
    """Method 3: a clerk imports it on the entry screen (入力画面に取込機能の実装)."""
    BATCH_IMPORT = "BATCH_IMPORT"
    """Method 4: a batch imports a file of cases (一括取込機能の実装)."""
    STANDARD_API = "STANDARD_API"
    """Baseline: the later standard interface (標準IF) that the four methods are measured against."""
    ONE_STOP_SERVICE = "ONE_STOP_SERVICE"
    """Not a linkage method: a prefecture's handover to the national one-stop service (OSS)."""


FOUR_METHODS = (
    LinkageMethod.TRANSCRIPTION,
    LinkageMethod.RPA,
    LinkageMethod.SCREEN_IMPORT,
    LinkageMethod.BATCH_IMPORT,
)
COMPARED_METHODS = (*FOUR_METHODS, LinkageMethod.STANDARD_API)
READ_FROM_THE_SCREEN = frozenset({LinkageMethod.TRANSCRIPTION, LinkageMethod.RPA})
"""Routes on which somebody keys the form from the inquiry screen; all others are handed the form data."""
