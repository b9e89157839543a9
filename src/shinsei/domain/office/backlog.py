"""The backlog (滞留): online cases stored and not yet registered; its peak is exact, not sampled."""

from collections import deque

from shinsei.domain.linkage.case import Case
from shinsei.domain.simtime import SimTime


class Backlog:
    """Counts what stands open, and the highest it ever stood."""

    def __init__(self, start: SimTime) -> None:
        self.size = 0
        self.open_cases = 0
        """Opened and neither decided nor ended."""
        self.unfinished = 0
        """Opened and at no final status."""
        self.peak = 0
        self.peak_at = start
        self.cleared_at: SimTime | None = None
        self.cases: dict[str, Case] = {}
        """The cases in the backlog, by id."""
        self.gone: set[str] = set()
        """Ids of those that have left it."""
        self._by_age: deque[Case] = deque()

    @property
    def oldest(self) -> Case | None:
        """The case that has been stored longest and is not registered."""
        by_age = self._by_age
        while by_age and not by_age[0].is_open:
            by_age.popleft()
        return by_age[0] if by_age else None

    def open(self, case: Case, at: SimTime) -> None:
        """A case more."""
        self.size += 1
        self.open_cases += 1
        self.unfinished += 1
        self._by_age.append(case)
        self.cases[case.case_id] = case
        self.cleared_at = None
        if self.size > self.peak:
            self.peak = self.size
            self.peak_at = at

    def leave(self, case: Case, at: SimTime) -> None:
        """Registered or ended: a case less."""
        case.is_open = False
        del self.cases[case.case_id]
        self.gone.add(case.case_id)
        self.size -= 1
        if not self.size:
            self.cleared_at = at

    def decide(self) -> None:
        """Decided or ended."""
        self.open_cases -= 1

    def finish(self) -> None:
        """Notified or ended."""
        self.unfinished -= 1
