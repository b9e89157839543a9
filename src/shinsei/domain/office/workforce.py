"""Who comes in on a day and how fast each works: leave, absence, temporary staff, practice, and turns of duty.

Without any of these the roster is the division's clerks by number, each at pace 1, and nobody is on duty.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log2
from typing import Final

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.draws import draw
from shinsei.domain.linkage.activity import Activity
from shinsei.domain.run import LeaveSpec, RunSpec, TemporaryStaffSpec, WorkforceSpec
from shinsei.domain.simtime import SimTime, day_number, day_of, day_start

TEMPORARY: Final = 100_000
"""Temporary clerks have numbers from here on, above those of any division."""

Segment = tuple[SimTime, SimTime, tuple[int, ...]]
"""A part of a day, and the clerks at work in it."""
_EVERYTHING = frozenset(Activity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The clerks of a day."""

    clerks: tuple[int, ...]
    paces: dict[int, float]
    """Of those who do not work at pace 1."""
    employed: tuple[int, ...]
    """Those who come in, and those who are away today."""
    limits: dict[int, frozenset[Activity]]
    """What they may do, of those employed who may not do everything."""

    def may(self, clerk: int, activity: Activity) -> bool:
        """Whether somebody employed is there for such work at all."""
        return activity in self.limits.get(clerk, _EVERYTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayAtCases:
    """A day without its duty."""

    segments: tuple[Segment, ...]
    duty_ms: int
    """Presence at the counter and the telephone instead."""
    temporary_duty_ms: int
    """The part of it that is temporary clerks'."""


class Workforce:
    """The division's people, day by day."""

    def __init__(self, run: RunSpec, calendar: BusinessCalendar) -> None:
        self._spec = run.workforce
        self._seed = run.seed
        self._calendar = calendar
        self._first_day = day_number(run.start)
        self._spells = tuple(self._numbered())
        self._never_on_duty = frozenset(clerk for spell, numbers in self._spells if not spell.duty for clerk in numbers)
        self._is_plain = replace(self._spec, duty=()) == WorkforceSpec()
        """Nobody is ever away, slow or hired."""
        self._plain: Roster | None = None
        self._turns = sum(turn.clerks for turn in self._spec.duty)

    def roster(self, day: int, staff: int) -> Roster:
        """Who comes in on an open day, if the division has so many clerks of its own."""
        if self._is_plain:
            if self._plain is None or len(self._plain.clerks) != staff:
                everybody = tuple(range(staff))
                self._plain = Roster(clerks=everybody, paces={}, employed=everybody, limits={})
            return self._plain
        on_leave = self._on_leave(day, staff)
        own = tuple(clerk for clerk in range(staff) if clerk not in on_leave and not self._is_absent(clerk, day))
        paces = {}
        learning = self._spec.learning
        if learning.start_pace < 1.0:
            pace = self._practised(learning.start_pace, 1.0, self._first_day, day)
            paces = dict.fromkeys(own, pace) if pace < 1.0 else {}
        temporary = {clerk: spell for spell, numbers in self._spells if _covers(spell, day) for clerk in numbers}
        hired = tuple(clerk for clerk in temporary if not self._is_absent(clerk, day))
        paces |= {clerk: self._pace_of(temporary[clerk], day) for clerk in hired}
        return Roster(
            clerks=(*own, *hired),
            paces=paces,
            employed=(*range(staff), *temporary),
            limits={
                clerk: frozenset(map(Activity, spell.activities))
                for clerk, spell in temporary.items()
                if spell.activities
            },
        )

    def off_duty(self, day: int, segments: Sequence[Segment]) -> DayAtCases:
        """The segments without the clerks on duty."""
        if not self._turns:
            return DayAtCases(segments=tuple(segments), duty_ms=0, temporary_duty_ms=0)
        left: list[Segment] = []
        duty_ms = temporary_ms = 0
        for start, end, present in segments:
            for first, last in self._cuts(day, start, end):
                away = self._on_duty(day, first, present)
                duty_ms += len(away) * (last - first)
                temporary_ms += sum(clerk >= TEMPORARY for clerk in away) * (last - first)
                left.append((first, last, tuple(clerk for clerk in present if clerk not in away)))
        return DayAtCases(segments=tuple(left), duty_ms=duty_ms, temporary_duty_ms=temporary_ms)

    def _numbered(self) -> Iterator[tuple[TemporaryStaffSpec, range]]:
        number = TEMPORARY
        for spell in self._spec.temporary:
            yield spell, range(number, number + spell.clerks)
            number += spell.clerks

    def _on_leave(self, day: int, staff: int) -> frozenset[int]:
        """Each leave goes on from the number at which the one before it stopped."""
        away: set[int] = set()
        number = 0
        for leave in self._spec.leave:
            if _covers(leave, day):
                away.update(clerk % staff for clerk in range(number, number + min(leave.clerks, staff)))
            number += leave.clerks
        return frozenset(away)

    def _is_absent(self, clerk: int, day: int) -> bool:
        p = self._spec.absence.p_day
        return p > 0.0 and draw(self._seed, f"clerk-{clerk}/{day}", "absence") < p

    def _pace_of(self, spell: TemporaryStaffSpec, day: int) -> float:
        return self._practised(spell.pace, max(spell.pace, self._spec.learning.limit), day_of(spell.first_day), day)

    def _practised(self, pace: float, limit: float, first: int, day: int) -> float:
        """``min(limit, pace · n^−log2(rate))`` on the n-th open day."""
        rate = self._spec.learning.rate
        if rate >= 1.0:
            return pace
        days_worked = self._calendar.open_days_until(day) - self._calendar.open_days_until(first - 1)
        practice: float = max(1, days_worked) ** -log2(rate)
        return min(limit, pace * practice)

    def _cuts(self, day: int, start: SimTime, end: SimTime) -> Iterator[tuple[SimTime, SimTime]]:
        """A segment cut wherever a turn of duty begins or ends."""
        moments = {day_start(day) + at for turn in self._spec.duty for at in (turn.from_ms, turn.until_ms)}
        places = [start, *sorted(SimTime(at) for at in moments if start < at < end), end]
        yield from pairwise(places)

    def _on_duty(self, day: int, at: SimTime, present: tuple[int, ...]) -> frozenset[int]:
        """In turns over all turns of all open days; who is on duty already is passed over."""
        able = [clerk for clerk in present if clerk not in self._never_on_duty]
        of_day = at - day_start(day)
        place = self._calendar.open_days_until(day) * self._turns
        away: set[int] = set()
        for turn in self._spec.duty:
            if turn.from_ms <= of_day < turn.until_ms:
                order = [able[(place + step) % len(able)] for step in range(len(able))]
                away.update([clerk for clerk in order if clerk not in away][: turn.clerks])
            place += turn.clerks
        return frozenset(away)


def _covers(spell: LeaveSpec | TemporaryStaffSpec, day: int) -> bool:
    return day_of(spell.first_day) <= day <= day_of(spell.last_day)
