"""The history of a case, row by row, as every stage reads it and as applicants see it."""

from typing import NamedTuple

from shinsei.domain.lifecycle import ACTION_RANK, Action, Status
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import SimTime


class CaseTransition(NamedTuple):
    """One row of a case's history as it travels between the stages.

    A named tuple, since each case has a dozen: it is made in half the time that a frozen dataclass takes.
    """

    at: SimTime
    action: Action
    status: Status
    """Status after the action."""
    n: int = 0
    """How many times this action has happened to this case before."""
    method: LinkageMethod | None = None
    """Route of the case at that moment; None before it is chosen."""
    detail: str = ""

    @property
    def sort_key(self) -> tuple[int, int, int]:
        """Order within a case: time, rank of the action, n."""
        return (self.at, ACTION_RANK[self.action], self.n)
