"""What every simulator answers, and whether the answers are the same."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueAnswer:
    """Of M/M/c."""

    wait_min: float
    """Mean wait for the clerk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeAnswer:
    """Of the office."""

    registration_h: float
    """Mean time from arrival to registration."""
    decision_h: float
    """Mean time from arrival to the decision."""


Answer = QueueAnswer | OfficeAnswer


def furthest_apart(answers: Sequence[Answer]) -> float:
    """The largest distance of any figure from that of the first answer, as a share of it."""
    figures: list[dict[str, float]] = [asdict(answer) for answer in answers]
    first, *others = figures
    return max(abs(other[name] - value) / value for other in others for name, value in first.items())
