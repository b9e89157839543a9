"""What applicants do after filing: replies to correction requests (補正), and withdrawals (取下げ).

In a season its driver decides them, a lookahead after what was visible, and gives their time. In a standing run an
applicant does it by hand: it is stamped when it arrives and judged by what he can see at that moment. Either way it
becomes an entry that the municipality pulls.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from portal_sim.handlers.model import Case, Filed
from portal_sim.handlers.ports import ReactionStore
from portal_sim.handlers.run import Run
from portal_sim.handlers.runs import Runs
from portal_sim.handlers.status import Statuses, Visible
from shinsei.domain.applicants import Reaction, ReactionKind, VisibleRequest
from shinsei.domain.errors import ConflictError, InvalidInputError, NotFoundError, ShinseiError
from shinsei.domain.history import CaseTransition
from shinsei.domain.lifecycle import DECIDED, TRANSITIONS, Action, Status
from shinsei.domain.polling import visible_from
from shinsei.domain.run import case_id, submission_id
from shinsei.domain.simtime import SimTime

MAX_BATCH = 1_000
PAGE = 5_000
"""Correction requests in one answer, and all others of the last one's moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of a reaction."""

    n: int
    filed: Filed


class Reactions:
    """Files reactions and lists what asks for one."""

    def __init__(self, runs: Runs, statuses: Statuses, store: ReactionStore) -> None:
        self._runs = runs
        self._statuses = statuses
        self._store = store

    async def file(self, run: Run, reactions: Sequence[Reaction]) -> list[Filed | ShinseiError]:
        """Files what the driver of a run has decided; each has its own outcome, in order.

        Raises:
            InvalidInputError: none or too many at once, or one behind the end of the run.
            ConflictError: the run is paced by the clock, or closed.
        """
        if not 1 <= len(reactions) <= MAX_BATCH:
            raise InvalidInputError("reactions", f"{len(reactions)} given; a batch has 1 to {MAX_BATCH}")
        if run.clock is not None:
            raise ConflictError(f"run {run.run_id} of {run.municipality} is paced by the clock: nobody gives it times")
        for reaction in reactions:
            if not 0 < reaction.at < run.spec.end:
                raise InvalidInputError("filed_at_ms", f"{reaction.at} is not in run {run.run_id}")
        filed = await self._store.file(run.key, run.municipality, reactions)
        run.moved.notify()
        return [
            filed.get(reaction) or NotFoundError("application", submission_id(run.municipality, reaction.case_id))
            for reaction in reactions
        ]

    async def correct(self, receipt_number: str, n: int | None) -> Answer:
        """Files the reply to a correction request, the n-th of the case or the one that is open.

        Raises:
            NotFoundError: the portal never gave this receipt number.
            InvalidInputError: it is none, or the case has no such request.
            ConflictError: the case has ended or asks for nothing, the deadline is over, or a driver paces the run.
        """
        case, run = await self._statuses.find(receipt_number)
        history = await self._statuses.history(case, run)
        asked = [visible.transition for visible in history if visible.transition.action is Action.REQUEST_CORRECTION]
        wanted = asked[-1].n if n is None and asked else n or 0
        known = await self._known(case, run, ReactionKind.REPLY, wanted)
        if known is not None:
            return Answer(n=wanted, filed=known)
        _must_be_open(case, history)
        if n is not None and n not in {request.n for request in asked}:
            raise InvalidInputError("n", f"application {receipt_number} has no correction request {n}")
        if history[-1].transition.status is not Status.CORRECTION_REQUESTED or asked[-1].n != wanted:
            raise ConflictError(f"application {receipt_number} is {history[-1].transition.status}: no reply is open")
        return await self._stamped(case, run, ReactionKind.REPLY, wanted, asked[-1])

    async def withdraw(self, receipt_number: str) -> Answer:
        """Files a withdrawal.

        Raises:
            NotFoundError: the portal never gave this receipt number.
            InvalidInputError: it is none.
            ConflictError: the case has ended, or been registered where nobody undoes that, or a driver paces the run.
        """
        case, run = await self._statuses.find(receipt_number)
        known = await self._known(case, run, ReactionKind.WITHDRAWAL, 0)
        if known is not None:
            return Answer(n=0, filed=known)
        history = await self._statuses.history(case, run)
        _must_be_open(case, history)
        can_undo = run.spec.withdrawals is not None and run.spec.withdrawals.undo_min is not None
        too_late = DECIDED if can_undo else {Status.REGISTERED}
        for status in (visible.transition.status for visible in history):
            if status in too_late:
                raise ConflictError(f"application {receipt_number} is {status.lower()}: too late to withdraw it")
        return await self._stamped(case, run, ReactionKind.WITHDRAWAL, 0, None)

    async def requested(self, run: Run, after: SimTime) -> list[VisibleRequest]:
        """The first correction requests behind a moment that applicants can see, in order; none is the end of them.

        What has come back is read first: whatever was visible by then is listed, and its moment does not move.
        """
        seen_up_to = run.returned
        found = []
        asked = await self._store.requested(run.key, after, PAGE)
        changes = await self._runs.changes(run)
        for submission, n, at in asked:
            since = visible_from(run.spec, changes, at)
            if since <= seen_up_to:
                found.append(VisibleRequest(case_id=case_id(submission), n=n, requested_at=at, visible_from=since))
        return found

    async def _known(self, case: Case, run: Run, kind: ReactionKind, n: int) -> Filed | None:
        reaction = Reaction(at=SimTime(0), case_id=case_id(case.submission_id), kind=kind, n=n)
        return await self._store.find(run.key, run.municipality, reaction)

    async def _stamped(
        self, case: Case, run: Run, kind: ReactionKind, n: int, request: CaseTransition | None
    ) -> Answer:
        """Files at the moment that the clock of a standing run shows; the watermark waits for it."""
        if run.closed:
            raise ConflictError(f"run {run.run_id} of {run.municipality} is closed")
        if run.clock is None:
            raise ConflictError(f"run {run.run_id} is a season: its driver files what its applicants do")
        stamp, _ = run.take_stamp()
        try:
            if request is not None and run.spec.corrections is not None:
                _must_be_in_time(case, stamp, SimTime(request.at + run.spec.corrections.deadline_ms))
            reaction = Reaction(at=stamp, case_id=case_id(case.submission_id), kind=kind, n=n)
            filed = await self._store.file(run.key, run.municipality, [reaction])
        finally:
            # An unknown commit leaves its entry behind a watermark at worst, never a submission.
            run.settle((stamp,))
        return Answer(n=n, filed=filed[reaction])


def _must_be_open(case: Case, history: Sequence[Visible]) -> None:
    status = history[-1].transition.status
    if not TRANSITIONS[status]:
        raise ConflictError(f"application {case.receipt_number} has ended: {status}")


def _must_be_in_time(case: Case, stamp: SimTime, deadline: SimTime) -> None:
    if stamp > deadline:
        raise ConflictError(f"the time to correct application {case.receipt_number} is over")
