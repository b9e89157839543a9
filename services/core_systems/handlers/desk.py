"""An office in memory: the kernel, and what must be known about its cases to say what it did.

Nothing here is kept that cannot be rebuilt from the journal: after a failed or unknown commit the desk is
thrown away, and the next message finds the office where the database says that it is.
"""

import asyncio
from collections.abc import Iterable, Sequence

from core_systems.handlers.values import CaseRequested, CaseStep, Journal, ReactionArrived, RefusedMessage
from shinsei.domain.applicants import ReactionKind
from shinsei.domain.demand import filings
from shinsei.domain.errors import ConflictError
from shinsei.domain.history import CaseTransition
from shinsei.domain.intake import first_steps
from shinsei.domain.lifecycle import ACTION_RANK, TRANSITIONS, Action, Status, next_status
from shinsei.domain.moves import departures
from shinsei.domain.office import Office
from shinsei.domain.office.events import (
    CaseCorrected,
    CaseOpened,
    CaseWithdrawn,
    ChangeTakesEffect,
    MovedOut,
    Offer,
    PaperArrived,
    WorkEvent,
)
from shinsei.domain.run import KERNEL_VERSION, OFFICE_CHANGES, Change, RunSpec, case_id, submission_id
from shinsei.domain.simtime import SimTime

_AFTER = {action: status for row in TRANSITIONS.values() for action, status in row.items()}
"""Where an action leads; the first ones of a case each lead to one status alone."""


class Desk:
    """One municipality's office, open at its watermark."""

    def __init__(self, spec: RunSpec) -> None:
        """Builds the office with its paper cases and what the registry will tell, which are derived from the run."""
        if spec.kernel_version != KERNEL_VERSION:
            raise ConflictError(
                f"run {spec.run_id} was begun with kernel {spec.kernel_version}, this is kernel {KERNEL_VERSION}: "
                "finish it with the version that began it"
            )
        self.spec = spec
        self.office = Office(spec)
        self.watermark = SimTime(0)
        self.last_number = 0
        self.settled = asyncio.Event()
        """Set while the office is where the database says that it is."""
        self.settled.set()
        self._statuses: dict[str, Status] = {}
        self._procedures: dict[str, int] = {}
        self._reactions: set[tuple[str, ReactionKind, int]] = set()
        self._paper: set[str] = set()
        everything = filings(spec)
        for filing in everything:
            if not filing.online:
                self._paper.add(filing.case_id)
                self.office.offer(PaperArrived(at=filing.at, case_id=filing.case_id, procedure=filing.procedure))
        for at, who in departures(spec, everything):
            self.office.offer(MovedOut(at=at, case_id=who))

    @classmethod
    def rebuild(cls, journal: Journal) -> "Desk":
        """The office as it was at the journal's watermark; nothing is sent again."""
        desk = cls(journal.spec)
        desk.open_cases(journal.cases)
        desk.react(journal.reactions)
        desk.make_changes(journal.changes)
        desk.advance(journal.watermark)
        desk.last_number = journal.last_number
        return desk

    def knows(self, submission: str) -> bool:
        """Whether the case has been opened."""
        return case_id(submission) in self._statuses

    def clashes(self, submission: str) -> bool:
        """Whether a paper case has this case's number: an application like that cannot be real."""
        return case_id(submission) in self._paper

    def procedure_of(self, case: str) -> int:
        """Catalogue number of an opened case."""
        return self._procedures[case]

    def open_cases(self, requests: Iterable[CaseRequested]) -> None:
        """Offers cases to the office."""
        for request in requests:
            name = case_id(request.submission_id)
            self._statuses[name] = _status_on_opening(request)
            self._procedures[name] = request.procedure
            self.office.offer(
                CaseOpened(
                    at=request.opened_at,
                    case_id=name,
                    procedure=request.procedure,
                    method=request.method,
                    identified=request.identified,
                    submitted_at=request.submitted_at,
                    taken_as=request.taken_as,
                )
            )

    def react(self, reactions: Iterable[ReactionArrived]) -> list[ReactionArrived]:
        """Offers what applicants did after filing, each thing once; those that are new."""
        new = []
        for reaction in reactions:
            key = (reaction.submission_id, reaction.kind, reaction.n)
            if key not in self._reactions:
                self._reactions.add(key)
                new.append(reaction)
                self.office.offer(_offer(reaction))
        return new

    def make_changes(self, changes: Iterable[Change]) -> None:
        """Offers those control changes that concern an office."""
        for change in changes:
            if change.kind in OFFICE_CHANGES:
                self.office.offer(ChangeTakesEffect(at=change.at, change=change))

    def ends_in_dead_letters(self, refused: Iterable[RefusedMessage]) -> list[CaseStep]:
        """The end of each case whose only message could not be used; none is told behind the watermark."""
        ends: dict[str, CaseStep] = {}
        for message in refused:
            name = message.submission_id
            if name and not self.knows(name):
                end = CaseTransition(
                    at=SimTime(max(message.at, self.watermark)),
                    action=Action.DEAD_LETTER,
                    status=Status.DEAD_LETTERED,
                    detail=message.reason,
                )
                ends.setdefault(name, CaseStep(submission_id=name, transitions=(end,)))
        return list(ends.values())

    def advance(self, to: SimTime) -> tuple[list[WorkEvent], list[CaseStep]]:
        """Lets everything happen until then: the events, and the same by case, ready to be told."""
        if to <= self.watermark:
            return [], []
        events = self.office.advance(to)
        self.watermark = to
        return events, self._steps(events)

    def _steps(self, events: Sequence[WorkEvent]) -> list[CaseStep]:
        """One step a case, in the order of their first transitions."""
        rows: dict[str, list[CaseTransition]] = {}
        for event in events:
            status = next_status(event.case_id, self._statuses.get(event.case_id), event.action)
            self._statuses[event.case_id] = status
            transition = CaseTransition(
                at=event.at,
                action=event.action,
                status=status,
                n=event.n,
                method=event.method,
                detail=event.detail,
            )
            rows.setdefault(event.case_id, []).append(transition)
        ordered = sorted(rows.items(), key=lambda item: (item[1][0].at, ACTION_RANK[item[1][0].action], item[0]))
        return [
            CaseStep(submission_id=submission_id(self.spec.municipality, name), transitions=tuple(transitions))
            for name, transitions in ordered
        ]


def _offer(reaction: ReactionArrived) -> Offer:
    at, name = reaction.fetched_at, case_id(reaction.submission_id)
    match reaction.kind:
        case ReactionKind.REPLY:
            return CaseCorrected(at=at, case_id=name, n=reaction.n, filed_at=reaction.filed_at)
        case ReactionKind.WITHDRAWAL:
            return CaseWithdrawn(at=at, case_id=name)


def _status_on_opening(request: CaseRequested) -> Status:
    last = first_steps(request.taken_as, request.method, identified=request.identified)[-1]
    return _AFTER[last]
