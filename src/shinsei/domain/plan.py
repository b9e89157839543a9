"""A whole run in virtual time, with no service at all: the same pure stages, called one after another.

The live stack distributes exactly these decisions over four services. Whatever the scheduling, the speed
or the crashes there, its trace must equal the one made here; that equality is the strongest test there is.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from typing import Final

from shinsei.domain import demand, polling
from shinsei.domain.applicants import Reaction, VisibleRequest, reply, withdrawal
from shinsei.domain.identification import is_identified
from shinsei.domain.intake import first_steps
from shinsei.domain.lifecycle import TRANSITIONS, Action, Status, next_status
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.moves import departures
from shinsei.domain.municipality import is_prefecture
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
from shinsei.domain.run import OFFICE_CHANGES, Change, Filing, PolicySpec, RunSpec, TakenAs, submission_id
from shinsei.domain.simtime import DAY_MS, SimTime, day_number, day_start
from shinsei.domain.trace import TraceLine

_LINE: Final = tuple.__new__  # what TraceLine(...) comes down to
_NO_POLICY = PolicySpec(default=LinkageMethod.TRANSCRIPTION, by_procedure=())
# Bound once: under Python 3.11 an enum takes long to give out a member (docs/performance.md).
_SUBMIT: Final = Action.SUBMIT
_SUBMITTED: Final = Status.SUBMITTED
_ONE_STOP_SERVICE: Final = LinkageMethod.ONE_STOP_SERVICE
_REQUEST_CORRECTION: Final = Action.REQUEST_CORRECTION


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePlan:
    """One online case with its whole history."""

    filing: Filing
    method: LinkageMethod
    lines: tuple[TraceLine, ...]


Submission = tuple[Filing, SimTime, TakenAs, bool]
"""A filing that a poll brought: when, in which state, and whether automatic identification finds the applicant."""
Brought = tuple[Sequence[Submission], SimTime]
"""The submissions of a poll, and until when the line is busy with them."""
Polls = dict[SimTime, Brought]
"""What the polls of twins have brought, worked out by the one that comes first."""


class VirtualRun:
    """A run of one municipality, advanced poll by poll.

    Args:
        spec: of the run.
        changes: control changes that take effect in it.
        filings: what is filed, in the order of time; None for what the run's own demand brings.
        polls: shared by twins to whose office nobody reacts; None for a run by itself.
    """

    def __init__(
        self,
        spec: RunSpec,
        changes: Sequence[Change] = (),
        filings: Sequence[Filing] | None = None,
        polls: Polls | None = None,
    ) -> None:
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
        self._polls = polls
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
        """The same by case, each in the order of time, which is that in which it was noted."""
        for lines in self._lines.values():
            history = lines if lines[-1].at < end else [line for line in lines if line.at < end]
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
            submission = submission_id(self.spec.municipality, filing.case_id)
            first = _LINE(TraceLine, (submission, filing.at, _SUBMIT, _SUBMITTED, 0))
            self._lines[filing.case_id] = [first]
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
        brought = None if self._polls is None else self._polls.get(poll_at)
        if brought is None:
            brought = self._fetch(poll_at)
            if self._polls is not None:
                self._polls[poll_at] = brought
        self._listed = []
        submissions, self._line_busy_until = brought
        for filing, fetched_at, taken_as, identified in submissions:
            self._take_in(filing, fetched_at, taken_as, identified=identified)

    def _fetch(self, poll_at: SimTime) -> Brought:
        """Gets what was listed; replies and withdrawals go to the office at once."""
        spec, changes = self.spec, self._changes
        taken = polling.carried(spec, changes, poll_at, self._listed) if self._listed else ()
        fetched, busy_until = polling.fetch(spec, poll_at, self._line_busy_until, taken, changes)
        corrupt = polling.corrupt_percent(changes, poll_at) if changes else 0
        submissions: list[Submission] = []
        for entry, fetched_at in fetched:
            match entry.kind:
                case polling.EntryKind.REPLY:
                    case_id, filed_at = entry.case_id, entry.stamp
                    self.office.offer(CaseCorrected(at=fetched_at, case_id=case_id, n=entry.n, filed_at=filed_at))
                case polling.EntryKind.WITHDRAWAL:
                    self.office.offer(CaseWithdrawn(at=fetched_at, case_id=entry.case_id))
                case _:
                    filing = self._filings[entry.case_id]
                    names = [attachment.name for attachment in filing.attachments]
                    lapsed = polling.has_lapsed(spec, entry.kind, filing.at, poll_at)
                    taken_as = polling.taken_as(
                        spec, names, lapsed=lapsed, case_id=filing.case_id, corrupt_percent=corrupt
                    )
                    submissions.append((filing, fetched_at, taken_as, is_identified(spec, changes, filing, fetched_at)))
        return submissions, busy_until

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

    def _take_in(self, filing: Filing, at: SimTime, taken_as: TakenAs, *, identified: bool) -> None:
        method = linkage_method(self.spec, self._changes, filing.procedure, at)
        identified = identified and method is not _ONE_STOP_SERVICE
        self._methods[filing.case_id] = method
        lines = self._lines[filing.case_id]
        submission, _, _, status, _ = lines[0]
        for action in first_steps(taken_as, method, identified=identified):
            status = next_status(submission, status, action)
            lines.append(_LINE(TraceLine, (submission, at, action, status, 0)))
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
            lines = histories[event.case_id]
            lines.append(_LINE(TraceLine, (lines[0][0], event.at, event.action, event.status, event.n)))
            if event.action is _REQUEST_CORRECTION:
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


def run_all(
    specs: Sequence[RunSpec], changes: Sequence[Change] = (), *, until_clear_of: Collection[int] = ()
) -> list[VirtualRun]:
    """Runs the twins to the end of their specs, or to the first midnight with none of these procedures open anywhere.

    That midnight is the one after the last thing that happened to any of their cases, as for a live season.
    """
    polls: defaultdict[RunSpec, Polls] = defaultdict(dict)
    runs = [VirtualRun(spec, changes, polls=None if _can_react(spec) else polls[_alike(spec)]) for spec in specs]
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


def _can_react(spec: RunSpec) -> bool:
    """Whether applicants answer to their office: what a poll brings depends on its method then."""
    return spec.corrections is not None or spec.withdrawals is not None


def _alike(spec: RunSpec) -> RunSpec:
    """The same for all twins: a run without its place and its policy; a prefecture gets filings of its own."""
    if is_prefecture(spec.municipality):
        return spec
    return replace(spec, municipality="", partition=0, twin_method=None, policy=_NO_POLICY)
