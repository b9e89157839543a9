"""The office day: who comes when, lunch in turns, closing, and whether clerks stay for overtime.

A change of the staff counts from the next opening. Overtime is decided at closing time from the work in the
queues, over the clerks of the day; each stays at most until the scenario's time of day and until his cap for
the calendar month is used up, and goes home when he finds nothing to do [A].
"""

from collections import defaultdict
from functools import lru_cache
from typing import Final

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.office.agenda import Agenda
from shinsei.domain.office.books import Books
from shinsei.domain.office.clerks import Clerks
from shinsei.domain.office.planned import Rank
from shinsei.domain.office.report import Resource
from shinsei.domain.office.seats import Seats
from shinsei.domain.office.workforce import TEMPORARY, Workforce
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import HOUR_MS, SimTime, date_of, day_number, day_start

_KEPT: Final = 1 << 8
"""Days of different stays that are remembered: lunch duty goes round among the clerks."""


class Presence:
    """Brings the clerks in and sends them home."""

    def __init__(
        self,
        agenda: Agenda,
        calendar: BusinessCalendar,
        clerks: Clerks,
        seats: Seats,
        books: Books,
        run: RunSpec,
    ) -> None:
        self._agenda = agenda
        self._calendar = calendar
        self._clerks = clerks
        self._seats = seats
        self._books = books
        self._overtime = run.office.overtime
        self._workforce = Workforce(run, calendar)
        self.staff_wanted = clerks.staff
        """Clerks from the next opening on."""
        self.online_until: SimTime | None = None
        self._month = ""
        self._seats_before = (0, 0)

    def plan_day(self, day: int) -> None:
        """Lays down the opening and the on-line hours of an open day."""
        hours = self._calendar.hours(day)
        if hours is None:
            return
        for online_from, online_until in self._calendar.core_online(day):
            self._agenda.call_at(online_from, self._go_online, online_until, Rank.ONLINE)
            self._agenda.call_at(online_until, self._go_offline, online_until, Rank.LEAVE)
        self._agenda.call_at(hours[0], self._open, day, Rank.ARRIVE)

    def fail(self, until: SimTime) -> None:
        """The core systems fail at this moment; what a machine has under way is finished all the same [A]."""
        now = self._agenda.now
        self._calendar.fail(now, until)
        if self.online_until is not None:
            self._go_offline(self.online_until)
        for online_from, online_until in self._calendar.core_online(day_number(now)):
            if online_from == until:
                self._agenda.call_at(online_from, self._go_online, online_until, Rank.ONLINE)

    def _open(self, day: int) -> None:
        clerks = self._clerks
        roster = self._workforce.roster(day, self.staff_wanted)
        clerks.meet(roster)
        self._books.staff_day(clerks.staff)
        numbered = self._calendar.work_segments(day, clerks.staff)
        named = [(start, end, tuple(roster.clerks[place] for place in places)) for start, end, places in numbered]
        at_cases = self._workforce.off_duty(day, named)
        segments = at_cases.segments
        self._books.staffed.duty_ms = at_cases.duty_ms
        self._books.staffed.temporary_duty_ms = at_cases.temporary_duty_ms
        midnight, closes = day_start(day), segments[-1][1]
        of_day = tuple([(start - midnight, end - midnight, present) for start, end, present in segments])
        for (start, end), group in _stays(of_day):
            self._agenda.call_at(midnight + start, self._arrive, (group, midnight + end), Rank.ARRIVE)
            if midnight + end < closes:
                self._agenda.call_at(midnight + end, self._leave, group, Rank.LEAVE)
        self._agenda.call_at(closes, self._close, day, Rank.LEAVE)
        self._seats.settle()
        self._seats_before = (self._seats.contended_busy_ms, self._seats.contended_ms)

    def _arrive(self, stay: tuple[tuple[int, ...], SimTime]) -> None:
        self._clerks.arrive(*stay)
        self._tell_seats()

    def _leave(self, group: tuple[int, ...]) -> None:
        self._clerks.leave(group)
        self._tell_seats()

    def _go_online(self, until: SimTime) -> None:
        """As laid down, unless the core systems have failed since."""
        now = self._agenda.now
        if (now, until) not in self._calendar.core_online(day_number(now)):
            return
        self.online_until = until
        self._clerks.go_online(until)
        self._tell_seats()

    def _go_offline(self, until: SimTime) -> None:
        """Seat work is put down; where the next day's hours begin at this moment, it is taken up again at once."""
        self._clerks.put_down_seat_work()
        if self.online_until == until:
            self.online_until = None
            self._clerks.go_offline()
            self._tell_seats()

    def _tell_seats(self) -> None:
        is_counted = self.online_until is not None and not self._clerks.is_overtime
        self._seats.set_present(self._clerks.present if is_counted else 0)

    def _close(self, day: int) -> None:
        clerks = self._clerks
        clerks.leave(clerks.roster.clerks)
        self._tell_seats()
        self._judge(day)
        stays_ms = self._overtime_stays_ms(day)
        if stays_ms:
            now = self._agenda.now
            clerks.is_overtime = True
            for clerk, stay_ms in stays_ms.items():
                clerks.arrive((clerk,), SimTime(now + stay_ms))
                self._agenda.call_at(now + stay_ms, clerks.leave, (clerk,), Rank.LEAVE)
            self._agenda.call_at(now + max(stays_ms.values()), self._end_overtime, None, Rank.ARRIVE)

    def _judge(self, day: int) -> None:
        """Looks for resources that were the limit, before anyone stays longer."""
        page = self._books.staffed
        waits = self._clerks.queued > 0
        self._books.judge(Resource.CLERKS, page.worked_ms, page.presence_ms, left_over=waits, day=day)
        busy_before, offered_before = self._seats_before
        self._books.judge(
            Resource.LOGIN_SEATS,
            self._seats.contended_busy_ms - busy_before,
            self._seats.contended_ms - offered_before,
            left_over=self._clerks.seat_work_waits,
            day=day,
        )

    def _overtime_stays_ms(self, day: int) -> dict[int, int]:
        """How long each clerk may stay today; empty where nobody has to."""
        month = date_of(day).isoformat()[:7]
        if month != self._month:
            self._month = month
            self._clerks.overtime_ms.clear()
        clerks, spec = self._clerks, self._overtime
        longest_ms = day_start(day) + spec.until_ms - self._agenda.now
        trigger_ms = spec.trigger_backlog_h * HOUR_MS * clerks.staff
        if longest_ms <= 0 or not clerks.queued or clerks.waiting_ms < trigger_ms:
            return {}
        cap_ms = round(spec.monthly_cap_h * HOUR_MS)
        own = [clerk for clerk in clerks.roster.clerks if clerk < TEMPORARY]
        stays = {clerk: min(longest_ms, cap_ms - clerks.overtime_ms.get(clerk, 0)) for clerk in own}
        return {clerk: stay_ms for clerk, stay_ms in stays.items() if stay_ms > 0}

    def _end_overtime(self, _: None) -> None:
        self._clerks.is_overtime = False


@lru_cache(maxsize=_KEPT)
def _stays(
    segments: tuple[tuple[int, int, tuple[int, ...]], ...],
) -> list[tuple[tuple[int, int], tuple[int, ...]]]:
    """Clerks by unbroken stay: whoever is in two segments that touch stays through."""
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    came: dict[int, int] = {}
    """Those present at the end of the segment before."""
    until = segments[0][0]
    for start, end, present in segments:
        here = set(present) if start == until else set()
        for clerk in [clerk for clerk in came if clerk not in here]:
            groups[came.pop(clerk), until].append(clerk)
        for clerk in present:
            came.setdefault(clerk, start)
        until = end
    for clerk, since in came.items():
        groups[since, until].append(clerk)
    return [(stay, tuple(sorted(group))) for stay, group in sorted(groups.items())]
