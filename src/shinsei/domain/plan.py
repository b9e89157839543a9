"""A whole run in virtual time, with no service at all: the same pure stages, called one after another.

The live stack distributes exactly these decisions over four services. Whatever the scheduling, the speed
or the crashes there, its trace must equal the one made here; that equality is the strongest test there is.
"""

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from operator import attrgetter

from shinsei.domain import demand, polling
from shinsei.domain.applicants import Reaction, VisibleRequest, reply, withdrawal
from shinsei.domain.identification import is_identified
from shinsei.domain.intake import first_steps
from shinsei.domain.lifecycle import TRANSITIONS, Action, next_status
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.moves import departures
from shinsei.domain.office import Office
from shinsei.domain.office.events import (
    CaseCorrected,
    CaseOpened,
    CaseWithdrawn,
    ChangeTakesEffect,
    MovedOut,
    PaperArrived,
    WorkEvent,
)
from shinsei.domain.office.report import OfficeReport
from shinsei.domain.policy import linkage_method
from shinsei.domain.run import OFFICE_CHANGES, Change, Filing, RunSpec, submission_id
from shinsei.domain.simtime import DAY_MS, SimTime, day_number, day_start
from shinsei.domain.trace import TraceLine

_LINE = tuple.__new__  # what TraceLine(...) comes down to
_AT = attrgetter("at")


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePlan:
    """One online case with its whole history."""

    filing: Filing
    method: LinkageMethod
    lines: tuple[TraceLine, ...]


class VirtualRun:
    """A run of one municipality, advanced poll by poll.

    Args:
        spec: of the run.
        changes: control changes that take effect in it.
        filings: what is filed, in the order of time; None for what the run's own demand brings.
    """

    def __init__(self, spec: RunSpec, changes: Sequence[Change] = (), filings: Sequence[Filing] | None = None) -> None:
        self.spec = spec
        self.office = Office(spec)
        self._changes = sorted(changes, key=lambda change: (change.at, change.n))
        self._filings: dict[str, Filing] = {}
        self._methods: dict[str, LinkageMethod] = {}
        self._lines: dict[str, list[TraceLine]] = {}
        self._next_poll = polling.first_poll(spec)
        self._worked_until = self._next_poll
        self._line_busy_until = self._next_poll
        self._listed: list[polling.PolledEntry] = []
        everything = demand.filings(spec) if filings is None else filings
        self._to_come = deque(filing for filing in everything if filing.online)
        self.reactions: list[Reaction] = []
        """Replies and withdrawals decided so far."""
        self._reactions: list[Reaction] = []
        """Those that are not yet filed, as a heap."""
        for filing in everything:
            if not filing.online:
                self.office.offer(PaperArrived(at=filing.at, case_id=filing.case_id, procedure=filing.procedure))
        for at, case_id in departures(spec, everything):
            self.office.offer(MovedOut(at=at, case_id=case_id))
        for change in self._changes:
            if change.kind in OFFICE_CHANGES:
                self.office.offer(ChangeTakesEffect(at=change.at, change=change))

    def advance(self, to: SimTime) -> None:
        """Runs every poll before ``to`` and the office behind it; what is filed after the last one waits.

        The office goes in longer strides than the polls: nobody reacts to what it did within the lookahead, so a poll
        needs to know it only up to a lookahead before.
        """
        while self._next_poll < to:
            poll_at = self._next_poll
            if poll_at > self._worked_until + self.spec.lookahead_ms:
                self._work(poll_at)
            self._poll(poll_at)
            self._next_poll = min(self._poll_after(poll_at), polling.next_poll(self.spec, SimTime(to - 1)))
        self._work(self._next_poll)
        self._accept(to)

    def report(self) -> OfficeReport:
        """The office's books so far."""
        return self.office.report()

    def lines(self, end: SimTime) -> list[TraceLine]:
        """Every transition before ``end``, case by case."""
        return [line for lines in self._lines.values() for line in lines if line.at < end]

    def histories(self, end: SimTime) -> Iterator[list[TraceLine]]:
        """The same by case, each in the order of time."""
        for lines in self._lines.values():
            history = sorted(lines, key=_AT)
            if history[-1].at >= end:
                history = [line for line in history if line.at < end]
            if history:
                yield history

    def cases(self) -> list[CasePlan]:
        """Every case accepted so far."""
        return [
            CasePlan(filing=self._filings[case], method=self._methods[case], lines=tuple(lines))
            for case, lines in self._lines.items()
            if case in self._methods
        ]

    def clear_since(self, procedures: Collection[int]) -> SimTime | None:
        """The last thing that happened to a case of these procedures; None while one is open or to come."""
        if any(filing.procedure in procedures for filing in self._to_come):
            return None
        last = self.spec.start
        for case, filing in self._filings.items():
            if filing.procedure in procedures:
                if TRANSITIONS[self._lines[case][-1].status]:
                    return None
                last = max(last, self._lines[case][-1].at)
        return last

    def _accept(self, before: SimTime) -> None:
        """The portal takes what is filed before a moment."""
        while self._to_come and self._to_come[0].at < before:
            filing = self._to_come.popleft()
            self._filings[filing.case_id] = filing
            self._record(filing.case_id, filing.at, Action.SUBMIT, 0)
            self._react(withdrawal(self.spec, filing.case_id, filing.at))
            self._listed.append(
                polling.PolledEntry(
                    stamp=filing.at,
                    kind=polling.EntryKind.SUBMISSION,
                    case_id=filing.case_id,
                    files=len(filing.attachments),
                    size=filing.size,
                )
            )

    def _poll(self, poll_at: SimTime) -> None:
        self._accept(poll_at)
        while self._reactions and self._reactions[0].at < poll_at:
            self._listed.append(polling.reaction_entry(heappop(self._reactions)))
        if polling.in_outage(self.spec, self._changes, poll_at):
            return
        taken = polling.carried(self.spec, self._changes, poll_at, self._listed) if self._listed else ()
        self._listed = []
        fetched, self._line_busy_until = polling.fetch(self.spec, poll_at, self._line_busy_until, taken, self._changes)
        for entry, fetched_at in fetched:
            match entry.kind:
                case polling.EntryKind.REPLY:
                    case_id, filed_at = entry.case_id, entry.stamp
                    self.office.offer(CaseCorrected(at=fetched_at, case_id=case_id, n=entry.n, filed_at=filed_at))
                case polling.EntryKind.WITHDRAWAL:
                    self.office.offer(CaseWithdrawn(at=fetched_at, case_id=entry.case_id))
                case _:
                    self._take_in(self._filings[entry.case_id], fetched_at, poll_at)

    def _poll_after(self, poll_at: SimTime) -> SimTime:
        """The next poll that can find something: one that lists nothing, on a free line, leaves nothing behind.

        What applicants file in answer to the office is known up to a lookahead after what it has worked.
        """
        spec, following = self.spec, polling.next_poll(self.spec, poll_at)
        is_slow = spec.line.call_latency_ms > spec.poll.interval_ms
        if is_slow or self._listed or self._line_busy_until > following:
            return following
        filed = self._worked_until + spec.lookahead_ms
        if self._to_come:
            filed = min(filed, self._to_come[0].at)
        if self._reactions:
            filed = min(filed, self._reactions[0].at)
        return max(following, polling.next_poll(spec, SimTime(filed)))

    def _take_in(self, filing: Filing, at: SimTime, poll_at: SimTime) -> None:
        names = [attachment.name for attachment in filing.attachments]
        lapsed = polling.has_lapsed(self.spec, polling.EntryKind.SUBMISSION, filing.at, poll_at)
        corrupt = polling.corrupt_percent(self._changes, poll_at) if self._changes else 0
        taken_as = polling.taken_as(self.spec, names, lapsed=lapsed, case_id=filing.case_id, corrupt_percent=corrupt)
        method = linkage_method(self.spec, self._changes, filing.procedure, at)
        self._methods[filing.case_id] = method
        identified = method is not LinkageMethod.ONE_STOP_SERVICE and is_identified(
            self.spec, self._changes, filing, at
        )
        for action in first_steps(taken_as, method, identified=identified):
            self._record(filing.case_id, at, action, 0)
        self.office.offer(
            CaseOpened(
                at=at,
                case_id=filing.case_id,
                procedure=filing.procedure,
                method=method,
                identified=identified,
                submitted_at=filing.at,
                taken_as=taken_as,
            )
        )

    def _work(self, to: SimTime) -> None:
        histories = self._lines
        for event in self.office.advance(to):
            at, case, action, n, _, _ = event
            # As in _record, written out: half of a season's transitions pass here.
            lines = histories[case]
            submission, _, _, before, _ = lines[-1]
            lines.append(_LINE(TraceLine, (submission, at, action, next_status(submission, before, action), n)))
            if action is Action.REQUEST_CORRECTION:
                self._requested(event)
        self._worked_until = to

    def _requested(self, event: WorkEvent) -> None:
        request = VisibleRequest(
            case_id=event.case_id,
            n=event.n,
            requested_at=event.at,
            visible_from=polling.visible_from(self.spec, self._changes, event.at),
        )
        self._react(reply(self.spec, self._filings[event.case_id].at, request))

    def _react(self, reaction: Reaction | None) -> None:
        if reaction is not None:
            self.reactions.append(reaction)
            heappush(self._reactions, reaction)

    def _record(self, case: str, at: SimTime, action: Action, n: int) -> None:
        lines = self._lines.get(case)
        if lines is None:
            submission, before = submission_id(self.spec.municipality, case), None
            lines = self._lines[case] = []
        else:
            submission, before = lines[-1].submission_id, lines[-1].status
        lines.append(_LINE(TraceLine, (submission, at, action, next_status(submission, before, action), n)))


def run_all(
    specs: Sequence[RunSpec], changes: Sequence[Change] = (), *, until_clear_of: Collection[int] = ()
) -> list[VirtualRun]:
    """Runs the twins to the end of their specs, or to the first midnight with none of these procedures open anywhere.

    That midnight is the one after the last thing that happened to any of their cases, as for a live season.
    """
    runs = [VirtualRun(spec, changes) for spec in specs]
    now, end = min(spec.start for spec in specs), max(spec.end for spec in specs)
    while now < end:
        # Day by day side by side: what one twin has drawn for a case is still at hand for the next (draws.KEPT).
        now = SimTime(min(now + DAY_MS, end))
        for run in runs:
            run.advance(now)
        if until_clear_of:
            cleared = [run.clear_since(until_clear_of) for run in runs]
            known = [last for last in cleared if last is not None]
            if len(known) == len(runs):
                end = min(end, day_start(day_number(max(known)) + 1))
    for run in runs:
        run.advance(end)
    return runs
