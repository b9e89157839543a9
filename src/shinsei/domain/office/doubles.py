"""The office's doubles (二重申請): who notices that a person has filed before, and what an unnoticed one does.

A double is one only while the first filing is under way or registered; after a withdrawal or an expiry it is
simply the next try. Whoever finds it, a clerk looks at both filings, and the later one is not accepted [A], unless
the first has ended by the time he has looked: then the later one goes on from where it was taken off its way.
"""

from collections.abc import Callable
from typing import Protocol

from shinsei.domain.draws import draw
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


class DoubleDesk:
    """Knows who has been registered, and takes doubles off the common way."""

    def __init__(self, run: RunSpec, floor: CaseFloor) -> None:
        self._spec = run.doubles
        self.is_on = run.doubles.is_on
        """Whether anybody files twice."""
        self._seed = run.seed
        self._floor = floor
        self._registered: set[str] = set()
        self._check_ms = sampler(run.doubles.check_min, MINUTE_MS, 1.0 / run.office.productive_share)

    def take(
        self, case: Case, finder: DoubleFinder, *, refuse: Callable[[str], None], go_on: Callable[[], None]
    ) -> bool:
        """Takes a double that is found here off the common way: a clerk looks at both filings.

        Then it is refused, for a reason; or it goes on, where the first filing has ended meanwhile.
        """
        original = original_of(case.case_id)
        if original is None or not self._is_live(original):
            return False
        if self._spec.finder(draw(self._seed, case.case_id, "double-found")) is not finder:
            return False

        def looked(_: Task) -> None:
            if not case.is_open:
                return  # withdrawn meanwhile
            if self._is_live(original):
                self._found(case, finder)
                refuse(f"double, found by {finder}")
            else:
                go_on()

        duration = self._check_ms(draw(self._seed, case.case_id, "double-check"))
        self._floor.staff.ask(Task(Activity.DOUBLE_CHECK, duration, looked, case))
        return True

    def registered(self, case_id: str) -> None:
        """A case is in the core system, its person perhaps for the second time; told again, it changes nothing."""
        if not self.is_on or case_id in self._registered:
            return
        self._registered.add(case_id)
        # The second filing may overtake the first.
        if (original_of(case_id) or double_of(case_id)) in self._registered:
            self._floor.books.today.doubles_registered += 1

    def undone(self, case_id: str) -> None:
        """A case is in the core system no longer: who files again makes simply the next try."""
        self._registered.discard(case_id)

    def _found(self, case: Case, finder: DoubleFinder) -> None:
        page = self._floor.books.today
        page.doubles_found[finder] = page.doubles_found.get(finder, 0) + 1
        page.doubles_found_after_ms.append((finder, self._floor.agenda.now - case.submitted_at))

    def _is_live(self, original: str) -> bool:
        return original in self._registered or original in self._floor.backlog.cases
