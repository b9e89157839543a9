"""Withdrawals after the registration (登録後の取下げ): a clerk takes the record out of the core system again.

Until the result is keyed in, an applicant may still take his filing back. The examination goes on meanwhile; when a
clerk has undone the record, the case is withdrawn, unless its decision has been keyed in by then. Off without
``withdrawals.after_registration``: then such a withdrawal is too late.
"""

from typing import Final, Protocol

from shinsei.domain.draws import draw
from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage.case import Case
from shinsei.domain.linkage.floor import Task
from shinsei.domain.linkage.times import NO_TIME, Sampler, sampler
from shinsei.domain.office.backlog import Backlog
from shinsei.domain.office.books import Books
from shinsei.domain.office.clerks import Clerks
from shinsei.domain.office.doubles import DoubleDesk
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import MINUTE_MS

AFTER_REGISTRATION: Final = "after registration"
"""Detail of such a withdrawal: the case had its first end before."""
_UNDECIDED = frozenset({Status.REGISTERED, Status.EXAMINED})


class CaseFloor(Protocol):
    """The floor of the office as this desk needs it."""

    books: Books
    backlog: Backlog
    staff: Clerks
    doubles: DoubleDesk

    def record(self, case: Case, action: Action, n: int = 0, detail: str = "") -> None:
        """Notes a transition that happens now."""


class UndoingDesk:
    """Knows the registered cases that are not decided, and undoes those that are withdrawn."""

    def __init__(self, run: RunSpec, floor: CaseFloor) -> None:
        undo_min = None if run.withdrawals is None else run.withdrawals.undo_min
        self._seed = run.seed
        self._floor = floor
        self._is_on = undo_min is not None
        self._undecided: dict[str, Case] = {}
        self._undo_ms: Sampler = NO_TIME
        if undo_min is not None:
            self._undo_ms = sampler(undo_min, MINUTE_MS, 1.0 / run.office.productive_share)

    def registered(self, case: Case) -> None:
        """A case is in the core system."""
        if self._is_on:
            self._undecided[case.case_id] = case

    def decided(self, case: Case) -> None:
        """Its decision has been keyed in; nothing is undone any more."""
        if self._is_on:
            self._undecided.pop(case.case_id, None)

    def withdraw(self, case_id: str) -> None:
        """Has a clerk undo the record of a case; one that is decided, or had ended, is withdrawn too late."""
        case = self._undecided.get(case_id)
        if case is None:
            self._floor.books.too_late += 1
            return
        # A millisecond at least: the withdrawal comes behind a registration of the same moment.
        duration = max(1, self._undo_ms(draw(self._seed, case_id, "undo")))
        self._floor.staff.ask(Task(Activity.UNDO, duration, lambda _: self._undone(case)))

    def _undone(self, case: Case) -> None:
        floor = self._floor
        if self._undecided.pop(case.case_id, None) is None:
            floor.books.too_late += 1
            return
        assert case.status in _UNDECIDED
        if isinstance(case.task, Task) and case.task.activity is Activity.RESULT_ENTRY:
            floor.staff.cancel(case.task)
        floor.record(case, Action.WITHDRAW, 0, AFTER_REGISTRATION)
        floor.books.withdrawn_after_registration += 1
        floor.doubles.undone(case.case_id)
        floor.backlog.decide()
        floor.backlog.finish()
