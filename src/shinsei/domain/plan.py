"""A whole run in virtual time, with no service at all: the same pure stages, called one after another.

The live stack distributes exactly these decisions over four services. Whatever the scheduling, the speed
or the crashes there, its trace must equal the one made here; that equality is the strongest test there is.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shinsei.domain import demand, polling
from shinsei.domain.identification import is_identified
from shinsei.domain.lifecycle import Action, Status, next_status
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.municipality import is_prefecture
from shinsei.domain.office import Office
from shinsei.domain.office.events import CaseOpened, ChangeTakesEffect, PaperArrived, WorkEvent
from shinsei.domain.office.report import OfficeReport
from shinsei.domain.run import Change, ChangeKind, Filing, RunSpec, submission_id
from shinsei.domain.simtime import DAY_MS, SimTime, day_number, day_start
from shinsei.domain.trace import TraceLine

_FOR_THE_OFFICE = frozenset({ChangeKind.STAFF, ChangeKind.ROBOTS})


def linkage_method(spec: RunSpec, changes: Iterable[Change], procedure: int, at: SimTime) -> LinkageMethod:
    """The method that a case stored at ``at`` takes: the policy with the changes in effect by then.

    A prefecture's cases leave by the national one-stop service whatever the policy says.
    """
    if is_prefecture(spec.municipality):
        return LinkageMethod.ONE_STOP_SERVICE
    chosen = spec.policy.method_of(procedure)
    for change in sorted(changes, key=lambda change: (change.at, change.n)):
        if change.kind is ChangeKind.POLICY and change.at <= at and change.procedure in (0, procedure):
            chosen = change.method or chosen
    return chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePlan:
    """One online case with its whole history."""

    filing: Filing
    method: LinkageMethod
    lines: tuple[TraceLine, ...]


class VirtualRun:
    """A run of one municipality, advanced poll by poll."""

    def __init__(self, spec: RunSpec, changes: Sequence[Change] = ()) -> None:
        self.spec = spec
        self.office = Office(spec)
        self._changes = sorted(changes, key=lambda change: (change.at, change.n))
        self._filings: dict[str, Filing] = {}
        self._methods: dict[str, LinkageMethod] = {}
        self._statuses: dict[str, Status] = {}
        self._lines: dict[str, list[TraceLine]] = {}
        self._next_poll = polling.first_poll(spec)
        self._line_busy_until = self._next_poll
        self._listed: list[polling.PolledEntry] = []
        everything = demand.filings(spec)
        self._to_come = deque(filing for filing in everything if filing.online)
        for filing in everything:
            if not filing.online:
                self.office.offer(PaperArrived(at=filing.at, case_id=filing.case_id, procedure=filing.procedure))
        for change in self._changes:
            if change.kind in _FOR_THE_OFFICE:
                self.office.offer(ChangeTakesEffect(at=change.at, change=change))

    def advance(self, to: SimTime) -> None:
        """Runs every poll before ``to`` and the office behind it."""
        while self._next_poll < to:
            poll_at = self._next_poll
            self._poll(poll_at)
            self._next_poll = polling.next_poll(self.spec, poll_at)
            for event in self.office.advance(self._next_poll):
                self._record_work(event)

    def report(self) -> OfficeReport:
        """The office's books so far."""
        return self.office.report()

    def lines(self, end: SimTime) -> list[TraceLine]:
        """Every transition before ``end``."""
        return [line for lines in self._lines.values() for line in lines if line.at < end]

    def cases(self) -> list[CasePlan]:
        """Every case accepted so far."""
        return [
            CasePlan(filing=self._filings[case], method=self._methods[case], lines=tuple(lines))
            for case, lines in self._lines.items()
            if case in self._methods
        ]

    @property
    def is_clear(self) -> bool:
        """Nothing is to come and nothing is open."""
        return not self._to_come and not self.office.open_cases and len(self._methods) == len(self._lines)

    @property
    def last_activity(self) -> SimTime:
        """The latest transition so far."""
        return max((line.at for lines in self._lines.values() for line in lines), default=self.spec.start)

    def _poll(self, poll_at: SimTime) -> None:
        while self._to_come and self._to_come[0].at < poll_at:
            filing = self._to_come.popleft()
            self._filings[filing.case_id] = filing
            self._record(filing.case_id, filing.at, Action.SUBMIT, 0)
            self._listed.append(
                polling.PolledEntry(
                    stamp=filing.at,
                    kind=polling.EntryKind.SUBMISSION,
                    case_id=filing.case_id,
                    files=len(filing.attachments),
                    size=filing.size,
                )
            )
        taken = polling.carried(self.spec, self._changes, poll_at, self._listed)
        if polling.in_outage(self.spec, self._changes, poll_at):
            return
        self._listed = []
        fetched, self._line_busy_until = polling.fetch(self.spec, poll_at, self._line_busy_until, taken)
        for entry, fetched_at in fetched:
            self._take_in(self._filings[entry.case_id], fetched_at)

    def _take_in(self, filing: Filing, at: SimTime) -> None:
        method = linkage_method(self.spec, self._changes, filing.procedure, at)
        self._methods[filing.case_id] = method
        self._record(filing.case_id, at, Action.FETCH, 0)
        self._record(filing.case_id, at, Action.STORE, 0)
        identified = False
        if method is not LinkageMethod.ONE_STOP_SERVICE:
            identified = is_identified(self.spec, self._changes, filing, at)
            self._record(filing.case_id, at, Action.IDENTIFY if identified else Action.FAIL_IDENTIFICATION, 0)
        self.office.offer(
            CaseOpened(
                at=at,
                case_id=filing.case_id,
                procedure=filing.procedure,
                method=method,
                identified=identified,
                submitted_at=filing.at,
            )
        )

    def _record_work(self, event: WorkEvent) -> None:
        self._record(event.case_id, event.at, event.action, event.n)

    def _record(self, case: str, at: SimTime, action: Action, n: int) -> None:
        submission = submission_id(self.spec.municipality, case)
        status = next_status(submission, self._statuses.get(case), action)
        self._statuses[case] = status
        self._lines.setdefault(case, []).append(
            TraceLine(submission_id=submission, at=at, action=action, n=n, status=status)
        )


def run_all(specs: Sequence[RunSpec], changes: Sequence[Change] = (), *, until_clear: bool = False) -> list[VirtualRun]:
    """Runs the twins to the end of their specs, or to the first midnight at which all are clear."""
    runs = [VirtualRun(spec, changes) for spec in specs]
    end = max(spec.end for spec in specs)
    if until_clear:
        for run in runs:
            while not run.is_clear and run._next_poll < end:  # noqa: SLF001 - same module
                run.advance(SimTime(min(run._next_poll + DAY_MS, end)))  # noqa: SLF001 - same module
        end = min(end, clear_midnight(run.last_activity for run in runs))
    for run in runs:
        run.advance(end)
    return runs


def clear_midnight(last_activities: Iterable[SimTime]) -> SimTime:
    """The first Tokyo midnight after the last thing that happened in any twin."""
    return day_start(day_number(max(last_activities)) + 1)
