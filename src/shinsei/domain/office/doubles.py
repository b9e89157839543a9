"""The office's doubles (二重申請): who notices that a person has filed before, and what an unnoticed one does.

A double is one only while the first filing is under way or registered; after a withdrawal or an expiry it is
simply the next try. Whoever finds it, a clerk looks at both filings, and the later one is not accepted [A].
"""

from typing import Protocol

from shinsei.domain.draws import draw
from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage.case import Case
from shinsei.domain.linkage.floor import Task
from shinsei.domain.linkage.times import sampler
from shinsei.domain.office.agenda import Agenda
from shinsei.domain.office.backlog import Backlog
from shinsei.domain.office.books import Books
from shinsei.domain.office.clerks import Clerks
from shinsei.domain.run import DoubleFinder, RunSpec, double_of, original_of
from shinsei.domain.simtime import MINUTE_MS


class CaseFloor(Protocol):
    """The floor of the office as this desk needs it."""

    agenda: Agenda
    books: Books
    backlog: Backlog
    staff: Clerks

    def end(self, case: Case, action: Action, detail: str = "") -> None:
        """Ends a case that is not yet registered."""


class DoubleDesk:
    """Knows who has been registered, and takes doubles off the common way."""

    def __init__(self, run: RunSpec, floor: CaseFloor) -> None:
        self._spec = run.doubles
        self._seed = run.seed
        self._floor = floor
        self._registered: set[str] = set()
        self._check_ms = sampler(run.doubles.check_min, MINUTE_MS, 1.0 / run.office.productive_share)

    def take(self, case: Case, finder: DoubleFinder) -> bool:
        """Takes a double that is found here off the common way: a clerk looks at it, and it ends."""
        if not self._is_found(case.case_id, finder):
            return False
        then = Task(Activity.DOUBLE_CHECK, self._duration(case.case_id), lambda _: self._refuse(case, finder), case)
        self._floor.staff.ask(then)
        return True

    def take_paper(self, case: Case, finder: DoubleFinder) -> int | None:
        """Clerk's time, ms, for a paper double that is found here, instead of its entry; None if it is not."""
        if not self._is_found(case.case_id, finder):
            return None
        self._floor.books.today.doubles_found[finder] += 1
        return self._duration(case.case_id)

    def registered(self, case_id: str) -> None:
        """A case is in the core system, its person perhaps for the second time."""
        if not self._spec.is_on:
            return
        self._registered.add(case_id)
        # The second filing may overtake the first.
        if (original_of(case_id) or double_of(case_id)) in self._registered:
            self._floor.books.today.doubles_registered += 1

    def _is_found(self, case_id: str, finder: DoubleFinder) -> bool:
        original = original_of(case_id) if self._spec.is_on else None
        if original is None or not (original in self._registered or original in self._floor.backlog.cases):
            return False
        return self._spec.finder(draw(self._seed, case_id, "double-found")) is finder

    def _duration(self, case_id: str) -> int:
        return self._check_ms(draw(self._seed, case_id, "double-check"))

    def _refuse(self, case: Case, finder: DoubleFinder) -> None:
        self._floor.books.today.doubles_found[finder] += 1
        self._floor.end(case, Action.NOT_ACCEPT, f"double, found by {finder}")
