"""The trace of a run and its hash: same scenario, same seed, same changes, same hash.

A line is one transition of one case with its simulated time; one lost, doubled or misplaced message changes
the hash. The live services and the plan in virtual time must arrive at the same one.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from shinsei.domain.lifecycle import ACTION_RANK, Action, Status
from shinsei.domain.simtime import SimTime


class TraceLine(NamedTuple):
    """One transition of one case.

    A named tuple and no dataclass: a plan makes eleven of them a case, and these are made four times as fast.
    """

    submission_id: str
    at: SimTime
    action: Action
    status: Status
    """Status after the action."""
    n: int = 0
    """How many times this action has happened to this case before."""

    @property
    def rank(self) -> int:
        """Place of the action among what happens at the same moment."""
        return ACTION_RANK[self.action]

    @property
    def sort_key(self) -> tuple[str, int, int, int]:
        """Order of the trace: case, time, rank, n."""
        return (self.submission_id, self.at, ACTION_RANK[self.action], self.n)

    def render(self) -> str:
        """The line as it is hashed, tab-separated, with its newline."""
        return f"{self.submission_id}\t{self.at}\t{self.rank}\t{self.n}\t{self.action}\t{self.status}\n"


def trace_hash(lines: Iterable[TraceLine], *, end: SimTime | None = None) -> str:
    """SHA-256 (hex) over the lines in trace order; lines at or after ``end`` do not belong to it."""
    digest = sha256()
    for line in _in_order(line for line in lines if end is None or line.at < end):
        digest.update(line.render().encode())
    return digest.hexdigest()


def rendered(lines: Iterable[TraceLine]) -> bytes:
    """What is hashed of these lines; the parts of several municipalities are joined in the order of their codes."""
    return "".join(line.render() for line in _in_order(lines)).encode()


def _in_order(lines: Iterable[TraceLine]) -> list[TraceLine]:
    return sorted(lines, key=lambda item: item.sort_key)
