"""The work, done by Shinsei's kernel: the same ``Office`` that the live stack and the planner use, whole."""

from collections.abc import Iterable
from typing import Final

from bench.answers import OfficeAnswer, QueueAnswer
from bench.work import Work
from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage import LINKAGES, Linkage
from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage.case import Case, Purpose
from shinsei.domain.linkage.floor import Floor, Task
from shinsei.domain.linkage.times import sampler
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office import Office
from shinsei.domain.office.events import CaseOpened, WorkEvent
from shinsei.domain.simtime import DAY_MS, HOUR_MS, MINUTE_MS, SimTime
from shinsei.testing.stations import AroundTheClock

_AFTERWARDS_MS = 40 * DAY_MS
_PROCEDURE: Final = 10
# Bound once, as in the kernel: under Python 3.11 an enum takes long to give out a member (docs/performance.md).
_START_LINKAGE: Final = Action.START_LINKAGE
_REGISTER: Final = Action.REGISTER
_GRANT: Final = Action.GRANT
_DENY: Final = Action.DENY
_CONTENT_CHECK: Final = Activity.CONTENT_CHECK
_KEYING: Final = Purpose.KEYING


class Counter(Linkage):
    """The shortest linkage method there can be: one queue, one clerk, done."""

    __slots__ = ("_on_begun", "_on_served", "_service")
    is_elsewhere = True

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self._service = sampler(floor.spec.methods.transcription.keying_min, MINUTE_MS)
        self._on_begun, self._on_served = self._begun, self._served

    def open(self, case: Case) -> None:
        """Comes to the counter as it is."""
        self.floor.queue_for_linkage(case)

    def queue(self, case: Case) -> None:
        """Waits for a clerk."""
        service_ms = self._service.ms(case.fates[_KEYING])
        self.floor.ask_clerk(Task(_CONTENT_CHECK, service_ms, self._on_served, case, self._on_begun))

    def _begun(self, task: Task) -> None:
        self.floor.start_linkage(task.case)  # type: ignore[arg-type]  # always of a case

    def _served(self, task: Task) -> None:
        self.floor.finish_elsewhere(task.case)  # type: ignore[arg-type]  # always of a case


def queue(work: Work) -> QueueAnswer:
    """The queue as an office that is always open, with a method of its own."""
    method = LinkageMethod.ONE_STOP_SERVICE
    office = Office(work.spec, calendar=AroundTheClock(work.spec.calendar), linkages={**LINKAGES, method: Counter})
    began = sum(event.at for event in _run(office, work, method) if event.action is _START_LINKAGE)
    return QueueAnswer(wait_min=(began - sum(work.moments)) / MINUTE_MS / len(work.moments))


def office(work: Work) -> OfficeAnswer:
    """The office under method 1."""
    registered = decided = 0
    for event in _run(Office(work.spec), work, LinkageMethod.TRANSCRIPTION):
        action = event.action
        if action is _REGISTER:
            registered += event.at
        elif action is _GRANT or action is _DENY:
            decided += event.at
    came = sum(work.moments)
    cases = HOUR_MS * len(work.moments)
    return OfficeAnswer(registration_h=(registered - came) / cases, decision_h=(decided - came) / cases)


def _run(office: Office, work: Work, method: LinkageMethod) -> Iterable[WorkEvent]:
    offer = office.offer
    for at, name in zip(work.moments, work.names, strict=True):
        offer(CaseOpened(at, name, _PROCEDURE, method, True, at))  # noqa: FBT003 - by place, as is fastest
    return office.advance(SimTime(work.moments[-1] + _AFTERWARDS_MS))
