"""Cases of which something is missing when they come: a file held back by the scanner, or everything but the number.

A clerk asks for the file like for a correction. A case that the portal had removed before it was fetched is
recovered by hand: a clerk works through the list of numbers and asks for the application again, by telephone, on
paper or as a re-issue; it is there some days later, and the clerk knows by then whose it is [A].
"""

from typing import Protocol

from shinsei.domain.draws import draw
from shinsei.domain.intake import storing
from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage.case import Case
from shinsei.domain.linkage.floor import Task
from shinsei.domain.linkage.route import Linkage
from shinsei.domain.linkage.times import NO_TIME, Sampler, sampler
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office.agenda import Agenda
from shinsei.domain.office.clerks import Clerks
from shinsei.domain.office.corrections import CorrectionDesk
from shinsei.domain.office.hours import OfficeHours
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import DAY_MS, MINUTE_MS, SimTime


class CaseFloor(Protocol):
    """The floor of the office as this desk needs it."""

    agenda: Agenda
    staff: Clerks
    hours: OfficeHours
    corrections: CorrectionDesk

    def record(self, case: Case, action: Action, n: int = 0, detail: str = "") -> None:
        """Notes a transition that happens now."""

    def end(self, case: Case, action: Action, detail: str = "") -> None:
        """Ends a case that is not yet registered."""

    def route(self, method: LinkageMethod) -> Linkage:
        """The method as this office has it."""


class HeldDesk:
    """Waits for what is missing."""

    def __init__(self, run: RunSpec, floor: CaseFloor) -> None:
        self._seed = run.seed
        self._spec = run.retention
        self._floor = floor
        self._identified: set[str] = set()
        """Held cases whose applicant is known by the form."""
        self._recovery_ms: Sampler = NO_TIME
        self._reissue_ms: Sampler = NO_TIME
        if self._spec is not None:
            self._recovery_ms = sampler(self._spec.recovery_min, MINUTE_MS, 1.0 / run.office.productive_share)
            self._reissue_ms = sampler(self._spec.reissue_days, DAY_MS)

    def hold(self, case: Case, *, identified: bool) -> None:
        """Sets a clerk to work on a case that has just come."""
        if case.status is Status.QUARANTINED:
            if identified:
                self._identified.add(case.case_id)
            self._floor.corrections.ask_for_file(case)
            return
        self._identified.add(case.case_id)
        # A millisecond at least, so that the number comes before its work in the order of the trace.
        duration = max(1, self._recovery_ms(draw(self._seed, case.case_id, "recovery")))
        self._floor.staff.ask(Task(Activity.RECOVERY, duration, lambda _: self._asked(case), case))

    def release(self, case: Case) -> None:
        """What was missing is there: the case is stored, and goes the way of its method."""
        self._floor.record(case, Action.RELEASE)
        for action in storing(case.method, identified=case.case_id in self._identified):
            self._floor.record(case, action)
        self._floor.route(case.method).open(case)

    def _asked(self, case: Case) -> None:
        delay = self._reissue_ms(draw(self._seed, case.case_id, "reissue"))
        self._floor.agenda.call_at(
            self._floor.hours.from_(SimTime(self._floor.agenda.now + delay)), self._recovered, case
        )

    def _recovered(self, case: Case) -> None:
        if not case.is_open:
            return
        assert self._spec is not None
        if draw(self._seed, case.case_id, "recovered") < self._spec.p_recovered:
            self.release(case)
        else:
            self._floor.end(case, Action.EXPIRE, "not recovered")
