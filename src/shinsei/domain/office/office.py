"""The simulation kernel: one municipality's division as a pure, synchronous, deterministic machine.

Events go in with ``offer``, time goes on with ``advance``, and what happened comes out in order. From the
offer on the whole life of a case is decided here. Only the run's values and the offers decide: not the
municipality's code, the portions of the offers, the cuts between advances, or any clock.
"""

from collections.abc import Mapping
from typing import Final

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.draws import draw
from shinsei.domain.errors import ConflictError, InvalidInputError
from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.linkage import LINKAGES, Linkage
from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage.case import Case
from shinsei.domain.linkage.floor import Task
from shinsei.domain.linkage.times import NO_TIME, Sampler, sampler
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.moves import ACTION_ON_MOVING, on_moving
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
from shinsei.domain.office.floor import OfficeFloor
from shinsei.domain.office.levels import OfficeLevels, in_use, levels_of
from shinsei.domain.office.page import Levels
from shinsei.domain.office.paper import PaperDesk
from shinsei.domain.office.planned import RANK_BITS, Rank
from shinsei.domain.office.report import OfficeReport, Resource
from shinsei.domain.office.summary import summarise
from shinsei.domain.run import ChangeKind, RunSpec, TakenAs
from shinsei.domain.simtime import MINUTE_MS, SimTime, day_number, day_start

_HELD = {TakenAs.QUARANTINED: Status.QUARANTINED, TakenAs.LAPSED: Status.LAPSED}
# Bound once: under Python 3.11 an enum takes long to give out a member (docs/performance.md).
_OPENED: Final = int(Rank.OPENED)
_PAPER: Final = int(Rank.PAPER)
_IDENTIFIED: Final = Status.IDENTIFIED
_UNIDENTIFIED: Final = Status.UNIDENTIFIED
_STORED: Final = Status.STORED
_WHOLE: Final = TakenAs.WHOLE


class Office:
    """A division (担当課) with its clerks, seats, robots and windows."""

    def __init__(
        self,
        spec: RunSpec,
        *,
        calendar: BusinessCalendar | None = None,
        linkages: Mapping[LinkageMethod, type[Linkage]] = LINKAGES,
    ) -> None:
        self._spec = spec
        self._seed = spec.seed
        self._is_elsewhere = {method: linkage.is_elsewhere for method, linkage in linkages.items()}
        self._calendar = calendar or BusinessCalendar(spec.calendar, spec.office.core_offline)
        self._floor = OfficeFloor(spec, self._calendar, lambda floor, method: linkages[method](floor))
        self._agenda = self._floor.agenda
        self._paper = PaperDesk(spec.seed, spec.office, self._floor.staff, self._floor.books, self._floor.doubles)
        self._offered: set[str] = set()
        self._early_withdrawals: set[str] = set()
        self._early_moves: set[str] = set()
        self._moving_ms: Sampler = NO_TIME
        if spec.moves_out is not None:
            self._moving_ms = sampler(spec.moves_out.handling_min, MINUTE_MS, 1.0 / spec.office.productive_share)
        self._watermark = spec.start
        # Bound once: to bind what follows an offer anew takes as long as to note it.
        self._on_open = self._open
        self._on_paper = self._paper.arrive
        day = day_number(spec.start)
        self._agenda.now = day_start(day)
        self._begin_day(day)

    @property
    def open_cases(self) -> int:
        """Online cases opened and neither decided nor ended."""
        return self._floor.backlog.open_cases

    @property
    def unfinished_cases(self) -> int:
        """Online cases opened and at no final status: the open ones, and those whose notice is not out."""
        return self._floor.backlog.unfinished

    @property
    def backlog(self) -> int:
        """Online cases stored and not yet registered."""
        return self._floor.backlog.size

    @property
    def paper_waiting(self) -> int:
        """Paper cases arrived and not yet registered."""
        return self._paper.waiting

    @property
    def oldest_open_at(self) -> SimTime | None:
        """When the case that has been in the backlog longest was submitted."""
        oldest = self._floor.backlog.oldest
        return None if oldest is None else oldest.submitted_at

    def offer(self, event: Offer) -> None:
        """Takes something from outside that happens at or after the watermark.

        Raises:
            ConflictError: it lies before the watermark, or the case has been opened before.
            InvalidInputError: no such linkage method.
        """
        at = event.at
        if at < self._watermark:
            raise ConflictError(f"offer at {at} lies before the office's watermark {self._watermark}")
        agenda = self._agenda
        match event:
            case CaseOpened():
                if event.method not in self._is_elsewhere:
                    raise InvalidInputError("method", f"{event.method} is no linkage method of this office")
                self._expect(event.case_id)
                agenda.offer(at, _OPENED, event.case_id, self._on_open, event)
            case PaperArrived():
                self._expect(event.case_id)
                agenda.offer(at, _PAPER, event.case_id, self._on_paper, event)
            case CaseWithdrawn():
                agenda.offer(at, Rank.WITHDRAWN, event.case_id, self._withdraw, event.case_id)
            case MovedOut():
                agenda.offer(at, Rank.MOVED, event.case_id, self._move, event.case_id)
            case CaseCorrected():
                agenda.offer(at, Rank.CORRECTED, f"{event.case_id}/{event.n:09d}", self._correct, event)
            case ChangeTakesEffect():
                agenda.offer(at, Rank.CHANGE, f"{event.change.n:09d}", self._change, event)

    def advance(self, to: SimTime) -> list[WorkEvent]:
        """Everything that happens before ``to``, in order of (time, rank of the action, case id, n)."""
        agenda, staff, seats, done = self._agenda, self._floor.staff, self._floor.seats, self._floor.done
        inside, outside = agenda.inside, agenda.outside
        now, is_over = agenda.now, True
        while True:
            planned = inside[-1]  # a next day is always planned inside
            is_from_outside = len(outside) > 0 and outside[-1].place < planned.place
            if is_from_outside:
                planned = outside[-1]
            at = planned.place >> RANK_BITS
            if at != now:
                if not is_over:
                    is_over = True
                    if seats.wishes:
                        seats.serve_wishes()
                    if staff.idle is not None:
                        staff.dispatch()
                    continue  # what began and ended at this moment comes first
                if at >= to:
                    break
                agenda.now = now = SimTime(at)
            is_over = False
            if is_from_outside:
                outside.pop()
            else:
                inside.pop()
            planned.happen()
        self._watermark = max(self._watermark, to)
        happened = done[:]
        done.clear()
        return happened

    def report(self) -> OfficeReport:
        """The books up to the watermark."""
        return summarise(
            self._floor.books,
            self._floor.backlog,
            self._levels(),
            in_use(self._floor),
            until=self._watermark,
            productive_share=self._spec.office.productive_share,
        )

    def levels(self) -> OfficeLevels:
        """What stands open and who is at work, for those who watch."""
        return levels_of(self._floor, self._watermark, self.paper_waiting)

    def _expect(self, case_id: str) -> None:
        if case_id in self._offered:
            raise ConflictError(f"case {case_id} has been opened before")
        self._offered.add(case_id)

    def _open(self, event: CaseOpened) -> None:
        case_id, method, taken_as = event.case_id, event.method, event.taken_as
        if taken_as is _WHOLE:
            status = _STORED if self._is_elsewhere[method] else _IDENTIFIED if event.identified else _UNIDENTIFIED
            self._floor.open(Case(self._seed, case_id, event.procedure, event.submitted_at, status, method))
        else:
            case = Case(self._seed, case_id, event.procedure, event.submitted_at, _HELD[taken_as], method)
            self._floor.hold(case, identified=event.identified)
        if case_id in self._early_withdrawals:
            self._withdraw(case_id)
        if case_id in self._early_moves:
            # Behind what application management did at this moment, whatever that was.
            self._agenda.call_at(self._agenda.now + 1, self._move, case_id)

    def _withdraw(self, case_id: str) -> None:
        """Ends the case; once it is registered, a clerk undoes that first. Before it is here the withdrawal waits."""
        backlog = self._floor.backlog
        if case_id in backlog.cases:
            self._floor.end(backlog.cases[case_id], Action.WITHDRAW)
        elif case_id in backlog.gone:
            self._floor.undoing.withdraw(case_id)
        else:
            self._early_withdrawals.add(case_id)

    def _move(self, case_id: str) -> None:
        """Ends a case that is not registered yet by the rule of its procedure; before it is here that waits for it."""
        backlog = self._floor.backlog
        case = backlog.cases.get(case_id)
        if case is None:
            if case_id not in backlog.gone:
                self._early_moves.add(case_id)
            return
        self._floor.end(case, ACTION_ON_MOVING[on_moving(case.procedure)], "moved out")
        self._floor.books.today.moved_out += 1
        duration = self._moving_ms(draw(self._spec.seed, case_id, "moving-out"))
        self._floor.staff.ask(Task(Activity.MOVE_OUT, duration, lambda _: None))

    def _correct(self, event: CaseCorrected) -> None:
        self._floor.corrections.correct(event)

    def _change(self, event: ChangeTakesEffect) -> None:
        change, floor = event.change, self._floor
        match change.kind:
            case ChangeKind.STAFF:
                floor.presence.staff_wanted = change.value
            case ChangeKind.CORE_OFFLINE:
                floor.presence.fail(SimTime(change.at + change.value * MINUTE_MS))
            case ChangeKind.ROBOTS:
                floor.route(LinkageMethod.RPA).change(change)
            case ChangeKind.BATCH_ABORTS | ChangeKind.BATCH_TWICE:
                floor.route(LinkageMethod.BATCH_IMPORT).change(change)

    def _begin_day(self, day: int) -> None:
        floor = self._floor
        self._agenda.begin_day(day)
        floor.books.open_day(day, is_open_day=self._calendar.is_open_day(day), clerks=floor.staff.staff)
        floor.presence.plan_day(day)
        self._agenda.call_at(day_start(day + 1), self._end_day, day, Rank.DAY)

    def _end_day(self, day: int) -> None:
        floor = self._floor
        for route in floor.routes.values():
            robots = route.robots_of_day(day)
            if robots is not None:
                left_over = robots.left_over > 0
                floor.books.judge(Resource.ROBOTS, robots.busy_ms, robots.offered_ms, left_over=left_over, day=day)
        floor.books.close_day(self._levels())
        self._begin_day(day + 1)

    def _levels(self) -> Levels:
        return Levels(
            backlog=self.backlog,
            oldest_submitted_at=self.oldest_open_at,
            paper_waiting=self.paper_waiting,
            waiting_ms=self._floor.staff.waiting_ms,
            seat_ms=self._floor.seats.busy_ms_at(max(self._agenda.now, self._watermark)),
        )
