"""The office's floor: the steps that every method shares, and what the methods may ask for.

An online case goes: manual identification where the serial number found nobody, content check (and correction,
where it finds a defect), its method's way to registration, examination, result entry, notice. Content is
checked by a clerk for every method. The examination takes elapsed days and none of these clerks; it ends in
office hours (at the next opening where the days would end outside them) [A]. The return leg is keyed in by a
clerk, and only then is a case decided.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from shinsei.domain.applicant_kind import is_found_by_search, search_factor
from shinsei.domain.applicants import Check
from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.catalogue import procedure
from shinsei.domain.draws import draw
from shinsei.domain.errors import IllegalTransitionError
from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage.case import Case, Purpose
from shinsei.domain.linkage.floor import Floor, Task
from shinsei.domain.linkage.incident import Incident
from shinsei.domain.linkage.route import Linkage
from shinsei.domain.linkage.times import NO_TIME, Sampler, sampler
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office.agenda import Agenda
from shinsei.domain.office.backlog import Backlog
from shinsei.domain.office.books import Books
from shinsei.domain.office.clerks import Clerks
from shinsei.domain.office.corrections import CorrectionDesk
from shinsei.domain.office.doubles import DoubleDesk
from shinsei.domain.office.events import WorkEvent
from shinsei.domain.office.held import HeldDesk
from shinsei.domain.office.hours import OfficeHours
from shinsei.domain.office.presence import Presence
from shinsei.domain.office.report import BatchRun, Resource
from shinsei.domain.office.seats import Seats
from shinsei.domain.office.undoing import UndoingDesk
from shinsei.domain.office.wrong_records import WrongRecords
from shinsei.domain.run import DoubleFinder, IdentificationSpec, RunSpec
from shinsei.domain.simtime import DAY_MS, MINUTE_MS, SimTime

# Bound once: under Python 3.11 an enum takes long to give out a member (docs/performance.md).
_UNIDENTIFIED: Final = Status.UNIDENTIFIED
_QUEUE_FOR_LINKAGE: Final = Action.QUEUE_FOR_LINKAGE
_START_LINKAGE: Final = Action.START_LINKAGE
_IDENTIFIED: Final = Status.IDENTIFIED
_FORMAT: Final = Check.FORMAT
_CONTENT: Final = Check.CONTENT
_CONTENT_CHECK: Final = Activity.CONTENT_CHECK
_REGISTER: Final = Action.REGISTER
_CHECK: Final = Action.CHECK
_REGISTERED: Final = Status.REGISTERED
_EXAMINE: Final = Action.EXAMINE
_RESULT_ENTRY: Final = Activity.RESULT_ENTRY
_EXAMINED: Final = Status.EXAMINED
_DENY: Final = Action.DENY
_GRANT: Final = Action.GRANT
_NOTICE: Final = Activity.NOTICE
_NOTIFY: Final = Action.NOTIFY


class OfficeFloor(Floor):
    """What happens to cases."""

    def __init__(
        self,
        run: RunSpec,
        calendar: BusinessCalendar,
        linkages: Callable[["OfficeFloor", LinkageMethod], Linkage],
    ) -> None:
        self.spec = run.office
        self.method = run.twin_method or run.policy.default
        self.calendar = calendar
        self.agenda = Agenda(run.start)
        self.books = Books()
        self.backlog = Backlog(run.start)
        self.done: list[WorkEvent] = []
        """What happened and has not left the office yet, in order."""
        self._recorded_at = -1
        self._moment = 0
        """Where in ``done`` this moment begins."""
        self.routes: dict[LinkageMethod, Linkage] = {}
        self._linkages = linkages
        self._run = run
        self._searches = run.identification != IdentificationSpec()
        self._seed = run.seed
        self.hours = OfficeHours(calendar)
        self.seats = Seats(self.agenda, run.office.login_seats)
        self.staff = Clerks(self.agenda, self.seats, self.books, run.office.clerks)
        self.presence = Presence(self.agenda, calendar, self.staff, self.seats, self.books, run)
        self._prepare_samplers()
        self.corrections = CorrectionDesk(run, self)
        self.doubles = DoubleDesk(run, self)
        self.held = HeldDesk(run, self)
        self.undoing = UndoingDesk(run, self)
        self._wrong_records = WrongRecords(run, self.books)
        # Bound once: to bind what follows a task anew takes as long as to make the task.
        self._on_identified = self._identified
        self._on_checked = self._checked
        self._on_examined = self._examined
        self._on_decided = self._decided
        self._on_notified = self._notified

    def _prepare_samplers(self) -> None:
        spec = self.spec
        stretch = 1.0 / spec.productive_share
        self._identification_ms = sampler(spec.manual_identification_min, MINUTE_MS, stretch)
        self._content_check_ms = sampler(spec.content_check_min, MINUTE_MS, stretch)
        self._result_entry_ms = sampler(spec.result_entry_min, MINUTE_MS, stretch)
        self._notice_ms = sampler(spec.notice_min, MINUTE_MS, stretch)
        self._p_denied = spec.p_denied
        self._examinations: dict[int, Sampler] = {}
        """The sampler of each procedure seen so far."""

    # What a method may ask for (``linkage.floor.Floor``).

    @property
    def now(self) -> SimTime:
        """The moment that is being simulated."""
        return self.agenda.now

    @property
    def clerks(self) -> int:
        """Clerks on the staff today."""
        return self.staff.staff

    @property
    def core_online_until(self) -> SimTime | None:
        """When the core systems go off-line today; None while they are off-line."""
        return self.presence.online_until

    def draw(self, subject: str, purpose: str, n: int = 0) -> float:
        """A keyed number in (0, 1) for a subject that is not a case."""
        return draw(self._seed, subject, purpose, n)

    def call_at(self, at: SimTime, action: Callable[[Any], None], argument: Any = None) -> None:
        """Calls ``action`` at a moment that is not past."""
        self.agenda.call_at(at, action, argument)

    def ask_clerk(self, task: Task) -> None:
        """Puts work into the clerks' queues."""
        self.staff.ask(task)

    def take_seat(self) -> bool:
        """Takes a core-system login for a machine, if one is free."""
        return self.seats.take()

    def give_seat(self) -> None:
        """Gives the login back."""
        self.seats.give()

    def when_seat_free(self, action: Callable[[], None]) -> None:
        """Calls ``action`` once, as soon as a seat is free; machines go before clerks [A]."""
        self.seats.when_free(action)

    def take_in(self, case: Case) -> None:
        """Manual identification if need be, then the content check."""
        if case.status is _UNIDENTIFIED:
            duration = self._identification_ms.ms(case.draw(Purpose.IDENTIFICATION))
            if self._searches:
                duration = round(duration * search_factor(self._run, case.case_id))
            self.staff.ask(Task(Activity.MANUAL_IDENTIFICATION, duration, self._on_identified, case))
        else:
            self.check(case)

    def queue_for_linkage(self, case: Case) -> None:
        """Puts the case into its method's queue."""
        self.record(case, _QUEUE_FOR_LINKAGE)
        self.route(case.method).queue(case)

    def start_linkage(self, case: Case, detail: str = "") -> None:
        """Its entry into the core system begins."""
        self.record(case, _START_LINKAGE, case.starts, detail)
        case.starts += 1

    def return_to_queue(self, case: Case, then: Callable[[Case], None], detail: str = "") -> None:
        """Its entry failed. The millisecond keeps a new start behind the return in the order of the trace."""
        self.record(case, Action.RETURN_TO_QUEUE, case.returns, detail)
        case.returns += 1
        self.books.returned += 1
        self.agenda.call_at(self.agenda.now + 1, _if_open, (case, then))

    def key(self, case: Case, activity: Activity = Activity.EXCEPTION_KEYING) -> None:
        """Hands the case to the clerks for transcription."""
        case.method = LinkageMethod.TRANSCRIPTION
        transcription: Any = self.route(LinkageMethod.TRANSCRIPTION)
        transcription.key(case, activity)

    def register(self, case: Case, *, is_wrong: bool, detail: str = "") -> None:
        """The case is in the core system; its examination begins. The core system may refuse a double."""
        if self.doubles.is_on and self._is_double(
            case, DoubleFinder.CORE, partial(self.register, case, is_wrong=is_wrong, detail=detail)
        ):
            return
        self._leave_backlog(case, detail)
        self._wrong_records.registered(case, is_keyed_wrong=is_wrong)
        self.undoing.registered(case)
        examination = self._examinations.get(case.procedure) or self._examination(case.procedure)
        ends_at = self.agenda.now + examination.ms(case.fates[Purpose.EXAMINATION])
        self.agenda.call_at(self.hours.from_(SimTime(ends_at)), self._on_examined, case)

    def finish_elsewhere(self, case: Case) -> None:
        """Registered, examined, granted and notified by somebody else, all at this moment."""
        self._leave_backlog(case, "")
        self.record(case, _EXAMINE)
        self.record(case, _GRANT)
        self.record(case, _NOTIFY)
        self.books.today.decided += 1
        self.backlog.decide()
        self.backlog.finish()

    def count_robot(self, busy_ms: int) -> None:
        """Books the time of a robot."""
        self.books.today.robot_ms += busy_ms

    def count_machine(self, busy_ms: int) -> None:
        """Books the time of an import job or an interface."""
        self.books.today.machine_ms += busy_ms

    def count_batch(self, *, records: int, rejects: int, aborts: int) -> None:
        """Books a batch run."""
        run = BatchRun(at=self.agenda.now, records=records, rejects=rejects, aborts=aborts)
        self.books.batch_runs.append(run)

    def note_incident(self, incident: Incident) -> None:
        """Enters an incident into the books."""
        self.books.incidents.append(incident)

    def window_overflowed(self) -> None:
        """A file was at its cap and left records over."""
        self.books.judge(Resource.BATCH_WINDOW, 1.0, 1.0, left_over=True, day=self.books.today.day)

    # What the office itself does.

    def route(self, method: LinkageMethod) -> Linkage:
        """The method as this office has it; set up when the first case comes."""
        route = self.routes.get(method)
        if route is None:
            route = self.routes[method] = self._linkages(self, method)
        return route

    def open(self, case: Case) -> None:
        """A case enters the office."""
        self._arrive(case)
        self.route(case.method).open(case)

    def hold(self, case: Case, *, identified: bool) -> None:
        """A case comes of which something is missing yet."""
        self._arrive(case)
        self.held.hold(case, identified=identified)

    def check(self, case: Case) -> None:
        """The content check, unless the format check has found a defect before."""
        is_compared = self.doubles.is_on and case.status is _IDENTIFIED
        if is_compared and self._is_double(case, DoubleFinder.MATCH, partial(self.check, case)):
            return
        if not self.corrections.take(case, _FORMAT):
            duration = self._content_check_ms.ms(self.corrections.content_check_draw(case))
            self.staff.ask(Task(_CONTENT_CHECK, duration, self._on_checked, case))

    def end(self, case: Case, action: Action, detail: str = "") -> None:
        """Ends a case that is not yet registered."""
        self.record(case, action, 0, detail)
        if isinstance(case.task, Task):
            self.staff.cancel(case.task)
        self.books.ended[action] += 1
        if action is Action.WITHDRAW:
            self.books.today.withdrawn += 1
        self.backlog.leave(case, self.agenda.now)
        self.backlog.decide()
        self.backlog.finish()

    def release(self, case: Case) -> None:
        """What the case lacked is there: it is stored, and goes on as if it had come now."""
        self.held.release(case)

    def record(self, case: Case, action: Action, n: int = 0, detail: str = "") -> None:
        """Notes a transition that happens now."""
        step = case.steps.get(action)
        if step is None:
            raise IllegalTransitionError(case.case_id, case.status, action)
        case.status = status = step.status
        case.steps = step.following
        now = self.agenda.now
        event = WorkEvent(now, step.rank, case.case_id, n, action, status, case.method, detail)
        done = self.done
        if now != self._recorded_at:
            self._recorded_at, self._moment = now, len(done)
        elif event.is_before(done[-1]):
            _insert(done, self._moment, event)
            return
        done.append(event)

    def _arrive(self, case: Case) -> None:
        self.books.today.arrivals += 1
        self.backlog.open(case, self.agenda.now)

    def _leave_backlog(self, case: Case, detail: str) -> None:
        self.record(case, _REGISTER, 0, detail)
        self.doubles.registered(case.case_id)
        self.books.today.registered += 1
        self.backlog.leave(case, self.agenda.now)

    def _examination(self, number: int) -> Sampler:
        days = self.spec.examination_of(procedure(number))
        self._examinations[number] = NO_TIME if days is None else sampler(days, DAY_MS)
        return self._examinations[number]

    def _identified(self, task: Task) -> None:
        case = _case_of(task)
        if self._searches and not is_found_by_search(self._run, case.case_id, case.procedure):
            self.end(case, Action.NOT_ACCEPT)
            return
        self.record(case, Action.IDENTIFY)
        self.check(case)

    def _checked(self, task: Task) -> None:
        case = _case_of(task)
        if self.corrections.take(case, _CONTENT):
            return
        if not (self.doubles.is_on and self._is_double(case, DoubleFinder.CLERK, partial(self._passed, case))):
            self._passed(case)

    def _passed(self, case: Case) -> None:
        self.record(case, _CHECK)
        self.queue_for_linkage(case)

    def _is_double(self, case: Case, finder: DoubleFinder, go_on: Callable[[], None]) -> bool:
        """Whether it is a double that is noticed here; it is not accepted, or goes on once a clerk has looked."""
        refuse = partial(self.end, case, Action.NOT_ACCEPT)
        return self.doubles.take(case, finder, refuse=refuse, go_on=go_on)

    def _examined(self, case: Case) -> None:
        if case.status is not _REGISTERED:
            return  # withdrawn, its record undone
        self.record(case, _EXAMINE)
        duration = self._result_entry_ms.ms(case.fates[Purpose.RESULT_ENTRY])
        self.staff.ask(Task(_RESULT_ENTRY, duration, self._on_decided, case))

    def _decided(self, task: Task) -> None:
        case = _case_of(task)
        if case.status is not _EXAMINED:
            return  # withdrawn, its record undone
        self.undoing.decided(case)
        is_denied = case.fates[Purpose.DENIAL] < self._p_denied
        self.record(case, _DENY if is_denied else _GRANT)
        self.books.today.decided += 1
        self.backlog.decide()
        duration = self._notice_ms.ms(case.fates[Purpose.NOTICE])
        self.staff.ask(Task(_NOTICE, duration, self._on_notified, case))

    def _notified(self, task: Task) -> None:
        self.record(_case_of(task), _NOTIFY)
        self.backlog.finish()


def _insert(events: list[WorkEvent], first: int, event: WorkEvent) -> None:
    """Puts an event in its place among those of its moment, which begins at ``first``."""
    end = len(events)
    while first < end:
        middle = (first + end) >> 1
        if event.is_before(events[middle]):
            end = middle
        else:
            first = middle + 1
    events.insert(first, event)


def _if_open(returned: tuple[Case, Callable[[Case], None]]) -> None:
    case, then = returned
    if case.is_open:
        then(case)


def _case_of(task: Task) -> Case:
    assert task.case is not None
    return task.case
