"""The clerks of a division (担当課): who is present, what they take up next, what they put down.

Work in hand at the end of a clerk's presence, or when the core systems go off-line under it, is put down with
its remaining time and goes before everything else later, to whoever is free. Clerks are alike but for what
temporary staff may do, and for one thing: nobody checks his own keying. A check waits for a second person who is
away today; only where nobody else is employed who may check does a clerk check himself [A]. Those on lunch duty
take their break in turns on their other duties [A].
"""

from math import ceil
from typing import Final

from shinsei.domain.linkage.activity import ACTIVITIES, PLACES
from shinsei.domain.linkage.task import CANCELLED, NOBODY, Kind, Line, Task
from shinsei.domain.office.agenda import Agenda
from shinsei.domain.office.books import Books
from shinsei.domain.office.planned import RANK_BITS, WORK, Planned
from shinsei.domain.office.seats import Seats
from shinsei.domain.office.workforce import TEMPORARY, Roster
from shinsei.domain.simtime import SimTime

_LEVELS = 1 + max(rule.level for rule in ACTIVITIES.values())
_OFFLINE: Final = 0


class Clerk(Planned):
    """One who is present; what happens at his place in the agenda is that he has done what he has in hand."""

    __slots__ = ("behind", "is_limited", "is_planned", "number", "pace", "since", "staff", "task", "until")

    def __init__(self, staff: "Clerks", number: int, since: int, until: int) -> None:
        self.place = 0
        self.staff = staff
        self.number = number
        self.since = since
        self.until = until
        """He stays without a break until then."""
        self.pace = 1.0
        self.is_limited = False
        """Whether he may not do everything."""
        self.task: Task | None = None
        """What he has in hand."""
        self.is_planned = False
        """Whether he will have done it while he is there."""
        self.behind: Clerk | None = None
        """Who comes after him among the idle."""

    def happen(self) -> None:
        """Finishes it."""
        self.is_planned = False
        self.staff.finish(self)


class Clerks:
    """The clerks present and the queues before them."""

    def __init__(self, agenda: Agenda, seats: Seats, books: Books, staff: int) -> None:
        self._agenda = agenda
        self._seats = seats
        self._books = books
        self.staff = staff
        """How many clerks the day has."""
        everybody = tuple(range(staff))
        self.roster = Roster(clerks=everybody, paces={}, employed=everybody, limits={})
        """Today's."""
        self.waiting_ms = 0
        """Work (stretched) in the queues."""
        self.queued = 0
        self.is_overtime = False
        self.overtime_ms: dict[int, int] = {}
        """Overtime of this month, by clerk."""
        self._present: dict[int, Clerk] = {}
        self.idle: Clerk | None = None
        """The first of those with nothing in hand: the lowest number; each knows the next."""
        self._busy = 0
        self._suspended = Line(needs_seat=False)
        seated: dict[int, bool] = {rule.level: rule.needs_seat for rule in ACTIVITIES.values()}
        self._lines = [Line(needs_seat=seated[level]) for level in range(_LEVELS)]
        """By level."""
        self._kinds = {
            activity: Kind(PLACES[activity], self._lines[rule.level], needs_seat=rule.needs_seat)
            for activity, rule in ACTIVITIES.items()
        }
        self._online_until = _OFFLINE

    @property
    def present(self) -> int:
        """Clerks present now."""
        return len(self._present)

    @property
    def working(self) -> int:
        """Clerks with something in hand now."""
        return self._busy

    @property
    def seat_work_waits(self) -> bool:
        """Whether something that needs a login seat is in the queues."""
        lines = (self._suspended, *self._lines)
        return any(task.kind.needs_seat for line in lines for task in line.tasks() if task.clerk != CANCELLED)

    def meet(self, roster: Roster) -> None:
        """The clerks of a day; before any of them comes in."""
        self.roster = roster
        self.staff = len(roster.clerks)
        for clerk in self._present.values():
            self._rate(clerk)

    def ask(self, task: Task) -> None:
        """Puts a task at the end of its queue."""
        kind = task.kind = self._kinds[task.activity]
        kind.line.append(task)
        self.queued += 1
        self.waiting_ms += task.remaining_ms
        case = task.case
        if case is not None:
            case.task = task

    def cancel(self, task: Task) -> None:
        """Takes a task away, out of a clerk's hands if need be."""
        if task.clerk != NOBODY:
            clerk = self._present[task.clerk]
            self._put_down(clerk)
            self._free(clerk)
        else:
            self.queued -= 1
            self.waiting_ms -= task.remaining_ms
        task.clerk = CANCELLED

    def arrive(self, clerks: tuple[int, ...], until: SimTime) -> None:
        """These clerks come in and stay until then."""
        for number in clerks:
            clerk = self._present[number] = Clerk(self, number, self._agenda.now, until)
            self._rate(clerk)
            self._free(clerk)

    def leave(self, clerks: tuple[int, ...]) -> None:
        """These clerks go; what they have in hand goes to the front."""
        staffed = self._books.staffed
        for number in clerks:
            clerk = self._present.pop(number, None)
            if clerk is None:
                continue
            if clerk.task is not None:
                self._suspend(clerk)
            else:
                self._take_away(clerk)
            presence_ms = self._agenda.now - clerk.since
            if self.is_overtime:
                staffed.overtime_ms += presence_ms
                self.overtime_ms[number] = self.overtime_ms.get(number, 0) + presence_ms
            else:
                staffed.presence_ms += presence_ms
                if number >= TEMPORARY:
                    staffed.temporary_ms += presence_ms

    def go_online(self, until: SimTime) -> None:
        """Core systems can be entered until then."""
        self._online_until = until

    def go_offline(self) -> None:
        """Core systems cannot be entered from now on."""
        self._online_until = _OFFLINE

    def put_down_seat_work(self) -> None:
        """Whoever has something in hand that needs a seat puts it down."""
        for number in sorted(self._present):
            clerk = self._present[number]
            if clerk.task is not None and clerk.task.kind.needs_seat:
                self._suspend(clerk)
                self._free(clerk)

    def dispatch(self) -> None:
        """Gives every idle clerk what comes first for him; in overtime, who finds nothing goes home."""
        before, clerk = None, self.idle
        while clerk is not None and self.queued:
            behind = clerk.behind
            task = self._next(clerk)
            if task is None:
                before = clerk
            else:
                if before is None:
                    self.idle = behind
                else:
                    before.behind = behind
                self._take_up(clerk, task)
            clerk = behind
        if self.is_overtime:
            while self.idle is not None:
                self.leave((self.idle.number,))

    def finish(self, clerk: Clerk) -> None:
        """He has done what he has in hand."""
        task = self._put_down(clerk)
        self._free(clerk)
        case = task.case
        if case is not None:
            case.task = None
        task.then(task)

    def _rate(self, clerk: Clerk) -> None:
        clerk.pace = self.roster.paces.get(clerk.number, 1.0)
        clerk.is_limited = clerk.number in self.roster.limits

    def _free(self, clerk: Clerk) -> None:
        """Puts him among the idle."""
        before, behind = None, self.idle
        while behind is not None and behind.number < clerk.number:
            before, behind = behind, behind.behind
        clerk.behind = behind
        if before is None:
            self.idle = clerk
        else:
            before.behind = clerk

    def _take_away(self, clerk: Clerk) -> None:
        """Takes him out again."""
        before, other = None, self.idle
        while other is not None and other is not clerk:
            before, other = other, other.behind
        if before is None:
            self.idle = clerk.behind
        else:
            before.behind = clerk.behind

    def _take_up(self, clerk: Clerk, task: Task) -> None:
        """Hands a task to a clerk; the agenda knows when he will have done it, if he stays that long."""
        self.queued -= 1
        self.waiting_ms -= task.remaining_ms
        now, takes_ms, until = self._agenda.now, task.remaining_ms, clerk.until
        task.clerk = clerk.number
        task.started_at = now
        clerk.task = task
        self._busy += 1
        if task.kind.needs_seat:
            self._seats.take()
            until = min(until, self._online_until)
        if clerk.pace != 1.0:
            takes_ms = ceil(takes_ms / clerk.pace)
        if now + takes_ms <= until:
            clerk.place = ((now + takes_ms) << RANK_BITS) + WORK
            clerk.is_planned = True
            self._agenda.plan(clerk)
        on_start = task.on_start
        if on_start is not None:
            task.on_start = None
            on_start(task)

    def _next(self, clerk: Clerk) -> Task | None:
        seat = self._online_until != _OFFLINE and self._seats.free > 0
        if self._suspended.first is not None:
            picked = self._pick(self._suspended, clerk, seat=seat)
            if picked is not None:
                return picked
        for line in self._lines:
            task = line.first
            if task is not None and (seat or not line.needs_seat):
                if task.clerk == NOBODY and task.not_by != clerk.number and not clerk.is_limited:  # the common case
                    line.take(task, None)
                    return task
                picked = self._pick(line, clerk, seat=seat)
                if picked is not None:
                    return picked
        return None

    def _pick(self, line: Line, clerk: Clerk, *, seat: bool) -> Task | None:
        """The first task of a queue that this clerk may do now; drops cancelled ones on the way."""
        before: Task | None = None
        task = line.first
        while task is not None:
            behind = task.behind
            if task.clerk == CANCELLED:
                line.take(task, before)
            elif (seat or not task.kind.needs_seat) and self._may(clerk.number, task):
                line.take(task, before)
                return task
            else:
                before = task
            task = behind
        return None

    def _may(self, clerk: int, task: Task) -> bool:
        roster, activity = self.roster, task.activity
        if not roster.may(clerk, activity):
            return False
        return task.not_by != clerk or not any(
            other != clerk and roster.may(other, activity) for other in roster.employed
        )

    def _suspend(self, clerk: Clerk) -> None:
        task = self._put_down(clerk)
        done_ms = self._agenda.now - task.started_at
        if clerk.pace != 1.0:
            # Less than what is left: it would have been finished otherwise.
            done_ms = min(int(done_ms * clerk.pace), task.remaining_ms - 1)
        task.remaining_ms -= done_ms
        task.clerk = NOBODY
        self._suspended.append(task)
        self.queued += 1
        self.waiting_ms += task.remaining_ms

    def _put_down(self, clerk: Clerk) -> Task:
        """Takes what a clerk has in hand out of it, and books the time."""
        task = clerk.task
        assert task is not None
        clerk.task = None
        self._busy -= 1
        if clerk.is_planned:
            clerk.is_planned = False
            self._agenda.drop(clerk)
        kind, spent_ms = task.kind, self._agenda.now - task.started_at
        self._books.work(kind.number, spent_ms, self.is_overtime)
        if clerk.number >= TEMPORARY:
            self._books.staffed.temporary_busy_ms += spent_ms
        if kind.needs_seat:
            self._seats.give()
        return task
