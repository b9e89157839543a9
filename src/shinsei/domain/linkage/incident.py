"""Incidents (事故): what strikes many cases at once and is found later, as it happened in the field.

An incident changes no case's course: a wrong record is registered once and put right in the core system by clerks'
work [A], for nothing leads back from a registration. What it did is counted here: how many cases, and how long.
"""

from enum import StrEnum

from shinsei.domain.simtime import SimTime


class IncidentKind(StrEnum):
    """One kind of incident."""

    MISALIGNED_FILE = "misaligned_file"
    """A file was imported with its columns shifted (cf. Kobe 2020); all its records were wrong."""
    FILE_HANDED_OVER_TWICE = "file_handed_over_twice"
    """The same file came a second time (cf. Ten'ei 2020); its cases, if any, were registered and paid twice."""
    STALLED_FILE = "stalled_file"
    """A file over the cap was refused and nobody noticed (cf. Aizuwakamatsu 2023)."""
    SCREEN_DRIFT = "screen_drift"
    """The core screen changed and the robots went on keying, into wrong fields."""
    WINDOW_MISSED = "window_missed"
    """Something else had the batch window for longer than the own job waits."""


class Incident:
    """One incident while an office runs."""

    __slots__ = ("_since_ms", "began_at", "found_at", "kind", "records", "settled_at", "subject", "yen")

    def __init__(self, kind: IncidentKind, subject: str, began_at: SimTime) -> None:
        self.kind = kind
        self.subject = subject
        """Batch id, or the day of a change."""
        self.began_at = began_at
        self.records = 0
        self.yen = 0.0
        self.found_at: SimTime | None = None
        self.settled_at: SimTime | None = None
        """When clerks had put the last record right."""
        self._since_ms = 0

    def strike(self, at: SimTime) -> None:
        """One more case is concerned, from this moment."""
        self.records += 1
        self._since_ms += at

    def exposure_ms(self, until: SimTime) -> int:
        """Case-milliseconds from the moment at which each case was struck until it was found."""
        return self.records * (self.found_at if self.found_at is not None else until) - self._since_ms
