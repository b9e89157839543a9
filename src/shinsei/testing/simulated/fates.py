"""What can happen to a process at one of its steps outward: a statement, a call, a send, a fetch, a commit."""

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """One of them."""

    CRASH_BEFORE = "crash before"
    """The process dies; what it was about to do does not happen."""
    CRASH_AFTER = "crash after"
    """It happens, and the process dies before it knows."""
    LOST_BEFORE = "lost before"
    """The connection breaks; it does not happen."""
    LOST_AFTER = "lost after"
    """It happens, and the answer is lost: whoever asked does it again."""
    STALL = "stall"
    """The process stands still for a while, perhaps for longer than its group waits for it."""
    REBALANCE = "rebalance"
    """Its partitions are taken away and given back: what is not committed is delivered again."""


CRASHES = frozenset({Fate.CRASH_BEFORE, Fate.CRASH_AFTER})
LOSSES = frozenset({Fate.LOST_BEFORE, Fate.LOST_AFTER})


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Mischief:
    """A fate at a step."""

    node: str
    step: int
    """Which step outward of this node, counted from 1 over all its lives."""
    fate: Fate

    def __str__(self) -> str:
        return f"{self.node}@{self.step}: {self.fate}"
