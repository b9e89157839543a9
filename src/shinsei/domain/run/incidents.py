"""What can go wrong with a method as a whole: files, other jobs; each of it off unless the scenario says so."""

from dataclasses import dataclass
from datetime import date

from shinsei.domain.distributions import Distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class MisalignedSpec:
    """A file that is imported with its columns or rows shifted, and found only afterwards."""

    p_per_file: float
    dates: tuple[date, ...]
    """Days on which the first file handed over is one, whatever the probability."""
    detection_h: Distribution | None
    """From the end of the import until it is found; None: by the review of its list."""
    rollback_min_per_record: Distribution
    """Clerk's time to put a wrong record right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOverTwiceSpec:
    """A file that is handed over a second time."""

    p_per_file: float
    dates: tuple[date, ...]
    """Days on which it happens to the first file handed over, whatever the probability."""
    idempotent: bool
    """Whether the second file is known by its batch id, and so harmless."""
    detection_h: Distribution
    """From the end of the second import until it is found."""
    yen_per_case: float
    """What a doubled registration pays out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UiDriftSpec:
    """A robot that does not stop when the core screen changes, and keys into wrong fields."""

    noticed_after_ms: int
    """From the first look after the change; then it is broken until repaired."""
    correction_min: Distribution
    """Clerk's time to put a wrong record right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenExceptionSpec:
    """One kind of exception of a screen import."""

    kind: str
    share: float
    """Of the exceptions; what the kinds leave is keyed in whole, as without kinds."""
    fix_min: Distribution | None
    """Clerk's time to mend it at the entry screen; None: the case is keyed in whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherJobSpec:
    """A job of another business (core system) that has the batch window to itself."""

    dates: tuple[date, ...]
    """Empty: every day."""
    start_ms: int
    """Time of day."""
    duration_ms: int
