"""The corrections of an office (要訂正, 補正): a defect is found, written to the applicant, and waited for.

A file that the scanner holds back is asked for in the same way, before anybody has looked at the case.

A reply in time is checked again like the first filing. Without one the case expires a grace after its deadline
(期限切れ); a case that is defective still after the last request is not accepted (不受理), which a clerk writes
as well [A]. All of it costs the same clerks' time as everything else.
"""

from collections import Counter
from collections.abc import Callable
from typing import Protocol

from shinsei.domain.applicants import Check, found_by
from shinsei.domain.draws import draw
from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage.case import Case, Purpose
from shinsei.domain.linkage.floor import Task
from shinsei.domain.linkage.times import NO_TIME, Sampler, sampler
from shinsei.domain.office.agenda import Agenda
from shinsei.domain.office.backlog import Backlog
from shinsei.domain.office.books import Books
from shinsei.domain.office.clerks import Clerks
from shinsei.domain.office.events import CaseCorrected
from shinsei.domain.run import CorrectionSpec, RunSpec
from shinsei.domain.simtime import MINUTE_MS, SimTime


class CaseFloor(Protocol):
    """The floor of the office as this desk needs it."""

    agenda: Agenda
    books: Books
    backlog: Backlog
    staff: Clerks

    def record(self, case: Case, action: Action, n: int = 0, detail: str = "") -> None:
        """Notes a transition that happens now."""

    def check(self, case: Case) -> None:
        """Has a case checked."""

    def end(self, case: Case, action: Action, detail: str = "") -> None:
        """Ends a case that is not yet registered."""

    def release(self, case: Case) -> None:
        """What the case lacked is there."""


class CorrectionDesk:
    """Requests for correction, by case, and what became of them."""

    def __init__(self, run: RunSpec, floor: CaseFloor) -> None:
        self._run = run
        self._floor = floor
        self._spec: CorrectionSpec | None = run.corrections
        self._requests: Counter[str] = Counter()
        """Requests so far, by case."""
        self._file_requests: set[str] = set()
        """Cases whose first request was for a file, not for a correction of the form."""
        self._asked_at: dict[str, SimTime] = {}
        self._request_ms: Sampler = NO_TIME
        if self._spec is not None:
            self._request_ms = sampler(self._spec.request_min, MINUTE_MS, 1.0 / run.office.productive_share)

    def take(self, case: Case, check: Check) -> bool:
        """Takes a case in which this check finds a defect off the common way."""
        if self._spec is None:
            return False
        n = self._form_round(case)
        if found_by(self._run, case.procedure, case.case_id, n) is not check:
            return False
        then = self._refuse if n >= self._spec.max_requests else self._request
        self._write(case, lambda _: then(case, check))
        return True

    def ask_for_file(self, case: Case) -> None:
        """Has a clerk ask for a file that the scanner holds back."""
        self._file_requests.add(case.case_id)
        self._write(case, lambda _: self._request(case, "file held back"))

    def content_check_draw(self, case: Case) -> float:
        """The draw for the length of a content check: a reply's is its own."""
        n = self._form_round(case) if self._spec is not None else 0
        return draw(self._run.seed, case.case_id, "content-check", n) if n else case.fates[Purpose.CONTENT_CHECK]

    def correct(self, reply: CaseCorrected) -> None:
        """A reply has come in; one to a case that has ended or asks for nothing is counted as too late."""
        case = self._floor.backlog.cases.get(reply.case_id)
        if case is None or not self._is_in_time(case, reply):
            self._floor.books.replies_too_late += 1
            return
        self._floor.books.corrected += 1
        if reply.n == 0 and case.case_id in self._file_requests:
            self._floor.release(case)
        else:
            self._floor.record(case, Action.CORRECT, self._form_round(case) - 1)
            self._floor.check(case)

    def _form_round(self, case: Case) -> int:
        """How often the form itself has been sent back."""
        return self._requests[case.case_id] - (case.case_id in self._file_requests)

    def _write(self, case: Case, then: Callable[[Task], None]) -> None:
        n = self._requests[case.case_id]
        # A millisecond at least: a request must not come before the reply that it answers, in the order of the trace.
        duration = max(1, self._request_ms(draw(self._run.seed, case.case_id, "correction-request", n)))
        self._floor.staff.ask(Task(Activity.CORRECTION_REQUEST, duration, then, case))

    def _is_in_time(self, case: Case, reply: CaseCorrected) -> bool:
        if self._spec is None or not self._waits_for(case, reply.n):
            return False
        return reply.filed_at <= self._asked_at[case.case_id] + self._spec.deadline_ms

    def _waits_for(self, case: Case, n: int) -> bool:
        is_asked = case.is_open and case.status is Status.CORRECTION_REQUESTED
        return is_asked and self._requests[case.case_id] == n + 1

    def _request(self, case: Case, reason: str) -> None:
        assert self._spec is not None
        n, now = self._requests[case.case_id], self._floor.agenda.now
        self._floor.record(case, Action.REQUEST_CORRECTION, n, f"{reason}")
        self._floor.books.corrections_requested += 1
        self._requests[case.case_id] = n + 1
        self._asked_at[case.case_id] = now
        self._floor.agenda.call_at(now + self._spec.deadline_ms + self._spec.grace_ms, self._expire, (case, n))

    def _refuse(self, case: Case, check: Check) -> None:
        self._floor.end(case, Action.NOT_ACCEPT, f"{check}")

    def _expire(self, asked: tuple[Case, int]) -> None:
        case, n = asked
        if self._waits_for(case, n):
            self._floor.end(case, Action.EXPIRE, "no reply")
