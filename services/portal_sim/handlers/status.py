"""What an applicant sees of a case: each transition from the first working push after it, never earlier.

Which call carried a transition does not matter; the moment from which it is visible follows from the run and
its changes alone. A run whose watermark has come back that far shows it.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from portal_sim.handlers.model import Case
from portal_sim.handlers.ports import CaseStore
from portal_sim.handlers.run import Run
from portal_sim.handlers.runs import Runs
from shinsei.domain.errors import NotFoundError
from shinsei.domain.history import CaseTransition
from shinsei.domain.lifecycle import TRANSITIONS, Action, Status
from shinsei.domain.polling import visible_from
from shinsei.domain.receipt_number import validate_receipt_number
from shinsei.domain.simtime import SimTime
from shinsei.runtime.errors import OverloadedError

_WAKE_S = 30.0
_COME_BACK_MS = 5_000
"""Hint for whoever may not watch now [A]; he can ask for the status meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visible:
    """A transition, and from when the applicant could see it."""

    transition: CaseTransition
    since: SimTime


def submitted(at: SimTime) -> CaseTransition:
    """The first row of every history: the portal's own."""
    return CaseTransition(at=at, action=Action.SUBMIT, status=Status.SUBMITTED)


class Statuses:
    """Status inquiries of applicants."""

    def __init__(
        self, runs: Runs, store: CaseStore, decode: Callable[[bytes], Sequence[CaseTransition]], max_watches: int
    ) -> None:
        """``decode`` reads the transitions of a stored update; more than ``max_watches`` watch at no moment."""
        self._runs = runs
        self._store = store
        self._decode = decode
        self._max_watches = max_watches
        self._watches = 0

    async def find(self, receipt_number: str) -> tuple[Case, Run]:
        """The case of a receipt number, and its run.

        Raises:
            InvalidInputError: it cannot be a receipt number.
            NotFoundError: the portal never gave it.
        """
        case = await self._store.find(validate_receipt_number(receipt_number))
        if case is None:
            raise NotFoundError("application with receipt number", receipt_number)
        return case, self._runs.by_key(case.run_key)

    async def history(self, case: Case, run: Run) -> list[Visible]:
        """What the applicant can see now, in order."""
        seen_up_to = run.returned
        visible = [Visible(transition=submitted(case.submitted_at), since=case.submitted_at)]
        updates = await self._store.updates(case)
        changes = await self._runs.changes(run)
        for payload in updates:
            for transition in self._decode(payload):
                since = visible_from(run.spec, changes, transition.at)
                if since <= seen_up_to:
                    visible.append(Visible(transition=transition, since=since))
        return visible

    async def watch(self, case: Case, run: Run) -> AsyncIterator[Visible]:
        """The history so far, then each further transition as it becomes visible, until the case has ended.

        Raises:
            OverloadedError: too many watch already.
        """
        if self._watches >= self._max_watches:
            raise OverloadedError("too many watch their cases", _COME_BACK_MS)
        told = 0
        self._watches += 1
        try:
            while True:
                seen_up_to = run.returned
                history = await self.history(case, run)
                for visible in history[told:]:
                    yield visible
                told = len(history)
                if not TRANSITIONS[history[-1].transition.status]:
                    return
                await run.moved.until(partial(_has_returned_behind, run, seen_up_to), _WAKE_S)
        finally:
            self._watches -= 1


def _has_returned_behind(run: Run, seen_up_to: SimTime) -> bool:
    return run.returned > seen_up_to
