"""Paper cases: keyed and checked by the same clerks who handle the online ones, then only counted.

They are derived from the run, equal in every twin city, and never travel in a message; their examination and
letters are other people's work [A].
"""

from collections.abc import Callable
from functools import partial
from typing import Final

from shinsei.domain.lifecycle import Status
from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage.case import Case, Purpose
from shinsei.domain.linkage.floor import Task
from shinsei.domain.linkage.times import sampler
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office.books import Books
from shinsei.domain.office.clerks import Clerks
from shinsei.domain.office.doubles import DoubleDesk
from shinsei.domain.office.events import PaperArrived
from shinsei.domain.run import DoubleFinder, OfficeSpec
from shinsei.domain.simtime import MINUTE_MS

# Bound once: under Python 3.11 an enum takes long to give out a member (docs/performance.md).
_CHECKED: Final = Status.CHECKED
_TRANSCRIPTION: Final = LinkageMethod.TRANSCRIPTION
_PAPER_KEYING: Final = Activity.PAPER_KEYING
_PAPER_CHECK: Final = Activity.PAPER_CHECK


class PaperDesk:
    """Where the letters land (紙申請の入力)."""

    def __init__(self, seed: int, spec: OfficeSpec, clerks: Clerks, books: Books, doubles: DoubleDesk) -> None:
        self._seed = seed
        self._clerks = clerks
        self._books = books
        self._doubles = doubles
        stretch = 1.0 / spec.productive_share
        self._keying_ms = sampler(spec.paper_keying_min, MINUTE_MS, stretch)
        self._check_ms = sampler(spec.paper_check_min, MINUTE_MS, stretch)
        self._second_check = spec.methods.transcription.second_check
        self._factors = dict(spec.keying_factors)
        self.arrived = 0
        self.registered = 0
        self.refused = 0
        """Doubles that somebody has noticed."""

    @property
    def waiting(self) -> int:
        """Paper cases arrived and not yet registered."""
        return self.arrived - self.registered - self.refused

    def arrive(self, event: PaperArrived) -> None:
        """Waits to be keyed, in one queue with the online cases to be keyed."""
        case = Case(self._seed, event.case_id, event.procedure, event.at, _CHECKED, _TRANSCRIPTION)
        self.arrived += 1
        self._books.today.paper_arrivals += 1
        if not (self._doubles.is_on and self._is_double(case, DoubleFinder.CLERK, partial(self._key, case))):
            self._key(case)

    def _key(self, case: Case) -> None:
        duration = self._keying_ms(case.draw(Purpose.KEYING)) * self._factors.get(case.procedure, 1.0)
        self._clerks.ask(Task(_PAPER_KEYING, round(duration), self._keyed, case))

    def _keyed(self, task: Task) -> None:
        """With the person's number in the system it can be compared, as an online case's is once it is identified."""
        case = task.case
        assert case is not None
        if not (self._doubles.is_on and self._is_double(case, DoubleFinder.MATCH, partial(self._look_again, task))):
            self._look_again(task)

    def _look_again(self, task: Task) -> None:
        if not self._second_check:
            self._count(task)
            return
        assert task.case is not None
        duration = self._check_ms(task.case.draw(Purpose.SECOND_CHECK))
        self._clerks.ask(Task(_PAPER_CHECK, duration, self._count, task.case, None, task.clerk))

    def _count(self, task: Task) -> None:
        case = task.case
        assert case is not None
        if not (self._doubles.is_on and self._is_double(case, DoubleFinder.CORE, partial(self._register, case))):
            self._register(case)

    def _register(self, case: Case) -> None:
        self._doubles.registered(case.case_id)
        self.registered += 1
        self._books.today.paper_registered += 1

    def _is_double(self, case: Case, finder: DoubleFinder, go_on: Callable[[], None]) -> bool:
        """Whether it is a double that is noticed here; that is its end, or it goes on once a clerk has looked."""
        return self._doubles.take(case, finder, refuse=self._refuse, go_on=go_on)

    def _refuse(self, _: str) -> None:
        self.refused += 1
