"""The clerks of a division (担当課): who is present, what they take up next, what they put down.

Work in hand at the end of a clerk's presence, or when the core systems go off-line under it, is put down with
its remaining time and goes before everything else later, to whoever is free. Clerks are alike but for what
temporary staff may do, and for one thing: nobody checks his own keying. A check waits for a second person who is
away today; only where nobody else is employed who may check does a clerk check himself [A]. Those on lunch duty
take their break in turns on their other duties [A].
"""

from collections import deque
from heapq import heapify, heappop, heappush
from math import ceil
from typing import Final

from shinsei.domain.linkage.activity import ACTIVITIES, Activity
from shinsei.domain.linkage.floor import CANCELLED, NOBODY, Task
from shinsei.domain.office.agenda import Agenda
from shinsei.domain.office.books import Books
from shinsei.domain.office.seats import Seats
from shinsei.domain.office.workforce import TEMPORARY, Roster
from shinsei.domain.simtime import SimTime

_LEVELS = 1 + max(rule.level for rule in ACTIVITIES.values())
_OFFLINE: Final = 0
# Bound once: compiled code looks up what is imported at every call.
_pop: Final = heappop
_push: Final = heappush


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
        self._paces: dict[int, float] = {}
        """Of those who are not at pace 1; what they take from a task is their time at their pace."""
        self._limits: dict[int, frozenset[Activity]] = {}
        self.waiting_ms = 0
        """Work (stretched) in the queues."""
        self.queued = 0
        self.is_overtime = False
        self.overtime_ms: dict[int, int] = {}
        """Overtime of this month, by clerk."""
        self._until: dict[int, int] = {}
        """Clerks present, and until when each stays without a break."""
        self._since: dict[int, int] = {}
        self.idle: list[int] = []
        """Whom a heap gives out: the lowest number goes first."""
        self._in_hand: dict[int, Task] = {}
        self._suspended: deque[Task] = deque()
        self._queues: tuple[deque[Task], ...] = tuple(deque() for _ in range(_LEVELS))
        self._queue_of = {activity: self._queues[rule.level] for activity, rule in ACTIVITIES.items()}
        self._needs_seat = {activity: rule.needs_seat for activity, rule in ACTIVITIES.items()}
        levels: dict[int, bool] = {rule.level: rule.needs_seat for rule in ACTIVITIES.values()}
        self._order = tuple((self._queues[level], levels[level]) for level in range(_LEVELS))
        self._online_until = _OFFLINE
        self._at_end = self._finish
        """Bound once: to bind it anew takes as long as to make a task."""

    @property
    def present(self) -> int:
        """Clerks present now."""
        return len(self._until)

    @property
    def working(self) -> int:
        """Clerks with something in hand now."""
        return len(self._in_hand)

    @property
    def seat_work_waits(self) -> bool:
        """Whether something that needs a login seat is in the queues."""
        return any(
            self._needs_seat[task.activity]
            for queue in (self._suspended, *self._queues)
            for task in queue
            if task.clerk != CANCELLED
        )

    def meet(self, roster: Roster) -> None:
        """The clerks of a day; before any of them comes in."""
        self.roster = roster
        self.staff = len(roster.clerks)
        self._paces = roster.paces
        self._limits = roster.limits

    def ask(self, task: Task) -> None:
        """Puts a task at the end of its queue."""
        self._queue_of[task.activity].append(task)
        self.queued += 1
        self.waiting_ms += task.remaining_ms
        if task.case is not None:
            task.case.task = task

    def cancel(self, task: Task) -> None:
        """Takes a task away, out of a clerk's hands if need be."""
        if task.clerk != NOBODY:
            self._put_down(task)
            _push(self.idle, task.clerk)
        else:
            self.queued -= 1
            self.waiting_ms -= task.remaining_ms
        task.clerk = CANCELLED

    def arrive(self, clerks: tuple[int, ...], until: SimTime) -> None:
        """These clerks come in and stay until then."""
        for clerk in clerks:
            self._until[clerk] = until
            self._since[clerk] = self._agenda.now
            _push(self.idle, clerk)

    def leave(self, clerks: tuple[int, ...]) -> None:
        """These clerks go; what they have in hand goes to the front."""
        for clerk in clerks:
            if clerk not in self._until:
                continue
            if clerk in self._in_hand:
                self._suspend(clerk)
            else:
                self.idle.remove(clerk)
                heapify(self.idle)
            presence_ms = self._agenda.now - self._since.pop(clerk)
            del self._until[clerk]
            if self.is_overtime:
                self._books.staffed.overtime_ms += presence_ms
                self.overtime_ms[clerk] = self.overtime_ms.get(clerk, 0) + presence_ms
            else:
                self._books.staffed.presence_ms += presence_ms
                if clerk >= TEMPORARY:
                    self._books.staffed.temporary_ms += presence_ms

    def go_online(self, until: SimTime) -> None:
        """Core systems can be entered until then."""
        self._online_until = until

    def go_offline(self) -> None:
        """Core systems cannot be entered from now on."""
        self._online_until = _OFFLINE

    def put_down_seat_work(self) -> None:
        """Whoever has something in hand that needs a seat puts it down."""
        for clerk in sorted(self._in_hand):
            if self._needs_seat[self._in_hand[clerk].activity]:
                self._suspend(clerk)
                _push(self.idle, clerk)

    def dispatch(self) -> None:
        """Gives every idle clerk what comes first for him; in overtime, who finds nothing goes home."""
        idle = self.idle
        stuck: list[int] = []
        while idle and self.queued:
            clerk = _pop(idle)
            task = self._next(clerk)
            if task is None:
                stuck.append(clerk)
                continue
            self.queued -= 1
            self.waiting_ms -= task.remaining_ms
            task.clerk = clerk
            task.started_at = now = self._agenda.now
            self._in_hand[clerk] = task
            until = self._until[clerk]
            if self._needs_seat[task.activity]:
                self._seats.take()
                until = min(until, self._online_until)
            takes_ms = task.remaining_ms
            if self._paces:
                takes_ms = ceil(takes_ms / self._paces.get(clerk, 1.0))
            task.finishes_at = finishes_at = now + takes_ms
            if finishes_at <= until:
                self._agenda.call_at(finishes_at, self._at_end, task)
            if task.on_start is not None:
                on_start, task.on_start = task.on_start, None
                on_start(task)
        if stuck:
            idle.extend(stuck)
            heapify(idle)
        if self.is_overtime and idle:
            self.leave(tuple(idle))

    def _next(self, clerk: int) -> Task | None:
        seat = self._online_until != _OFFLINE and self._seats.free > 0
        if self._suspended:
            task = self._pick(self._suspended, clerk, seat=seat)
            if task is not None:
                return task
        is_limited = clerk in self._limits
        for queue, needs_seat in self._order:
            if queue and (seat or not needs_seat):
                task = queue[0]
                if task.clerk == NOBODY and task.not_by != clerk and not is_limited:  # the common case
                    return queue.popleft()
                picked = self._pick(queue, clerk, seat=seat)
                if picked is not None:
                    return picked
        return None

    def _pick(self, queue: deque[Task], clerk: int, *, seat: bool) -> Task | None:
        """The first task of a queue that this clerk may do now; drops cancelled ones at its head."""
        while queue and queue[0].clerk == CANCELLED:
            queue.popleft()
        for place, task in enumerate(queue):
            if task.clerk != CANCELLED and (seat or not self._needs_seat[task.activity]) and self._may(clerk, task):
                del queue[place]
                return task
        return None

    def _may(self, clerk: int, task: Task) -> bool:
        roster, activity = self.roster, task.activity
        if not roster.may(clerk, activity):
            return False
        return task.not_by != clerk or not any(
            other != clerk and roster.may(other, activity) for other in roster.employed
        )

    def _finish(self, task: Task) -> None:
        clerk = task.clerk
        if clerk < 0 or task.finishes_at != self._agenda.now:
            return  # cancelled, or put down when the core systems failed
        task.finishes_at = 0
        self._put_down(task)
        _push(self.idle, clerk)
        case = task.case
        if case is not None:
            case.task = None
        task.then(task)

    def _suspend(self, clerk: int) -> None:
        task = self._in_hand[clerk]
        self._put_down(task)
        done_ms = self._agenda.now - task.started_at
        if self._paces:
            # Less than what is left: it would have been finished otherwise.
            done_ms = min(int(done_ms * self._paces.get(clerk, 1.0)), task.remaining_ms - 1)
        task.remaining_ms -= done_ms
        task.clerk = NOBODY
        self._suspended.append(task)
        self.queued += 1
        self.waiting_ms += task.remaining_ms

    def _put_down(self, task: Task) -> None:
        activity = task.activity
        del self._in_hand[task.clerk]
        spent_ms = self._agenda.now - task.started_at
        self._books.work(activity, spent_ms, self.is_overtime)
        if task.clerk >= TEMPORARY:
            self._books.staffed.temporary_busy_ms += spent_ms
        if self._needs_seat[activity]:
            self._seats.give()
