"""Who comes in on a day and how fast each works: absence, temporary staff, practice, and turns of duty.

Without any of these the roster is the division's clerks by number, each at pace 1, and nobody is on duty.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.draws import draw
from shinsei.domain.run import RunSpec, TemporaryStaffSpec
from shinsei.domain.simtime import SimTime, day_number, day_of, day_start

TEMPORARY = 100_000
"""Temporary clerks have numbers from here on, above those of any division."""

Segment = tuple[SimTime, SimTime, tuple[int, ...]]
"""A part of a day, and the clerks at work in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The clerks of a day."""

    clerks: tuple[int, ...]
    paces: dict[int, float]
    """Of those who do not work at pace 1."""


class Workforce:
    """The division's people, day by day."""

    def __init__(self, run: RunSpec, calendar: BusinessCalendar) -> None:
        self._spec = run.workforce
        self._seed = run.seed
        self._calendar = calendar
        self._first_day = day_number(run.start)
        self._open_days: dict[tuple[int, int], int] = {}

    def roster(self, day: int, staff: int) -> Roster:
        """Who comes in on an open day, if the division has so many clerks of its own."""
        own = tuple(clerk for clerk in range(staff) if not self._is_absent(clerk, day))
        paces = {}
        learning = self._spec.learning
        if learning.start_pace < 1.0:
            pace = self._practised(learning.start_pace, 1.0, self._first_day, day)
            paces = dict.fromkeys(own, pace) if pace < 1.0 else {}
        temporary = dict(self._temporary(day))
        return Roster(clerks=(*own, *temporary), paces={**paces, **temporary})

    def off_duty(self, day: int, segments: Sequence[Segment]) -> tuple[tuple[Segment, ...], int]:
        """The segments without the clerks on duty, and the duty's presence in milliseconds."""
        if not self._spec.duty:
            return tuple(segments), 0
        left: list[Segment] = []
        duty_ms = 0
        for start, end, present in segments:
            for first, last in self._cuts(day, start, end):
                away = self._on_duty(day, first, present)
                duty_ms += len(away) * (last - first)
                left.append((first, last, tuple(clerk for clerk in present if clerk not in away)))
        return tuple(left), duty_ms

    def _is_absent(self, clerk: int, day: int) -> bool:
        p = self._spec.absence.p_day
        return p > 0.0 and draw(self._seed, f"clerk-{clerk}/{day}", "absence") < p

    def _temporary(self, day: int) -> Iterator[tuple[int, float]]:
        number = TEMPORARY
        for spell in self._spec.temporary:
            for clerk in range(number, number + spell.clerks):
                if self._works(spell, day) and not self._is_absent(clerk, day):
                    yield clerk, self._pace_of(spell, day)
            number += spell.clerks

    @staticmethod
    def _works(spell: TemporaryStaffSpec, day: int) -> bool:
        return day_of(spell.first_day) <= day <= day_of(spell.last_day)

    def _pace_of(self, spell: TemporaryStaffSpec, day: int) -> float:
        return self._practised(spell.pace, max(spell.pace, self._spec.learning.limit), day_of(spell.first_day), day)

    def _practised(self, pace: float, limit: float, first: int, day: int) -> float:
        """``min(limit, pace · n^−log2(rate))`` on the n-th open day."""
        rate = self._spec.learning.rate
        if rate >= 1.0:
            return pace
        practice: float = self._days_worked(first, day) ** -log2(rate)
        return min(limit, pace * practice)

    def _days_worked(self, first: int, day: int) -> int:
        known = self._open_days.get((first, day))
        if known is None:
            before = self._open_days.get((first, day - 1))
            if before is None:
                known = sum(self._calendar.is_open_day(each) for each in range(first, day + 1))
            else:
                known = before + self._calendar.is_open_day(day)
            self._open_days[first, day] = known
        return max(1, known)

    def _cuts(self, day: int, start: SimTime, end: SimTime) -> Iterator[tuple[SimTime, SimTime]]:
        """A segment cut wherever a turn of duty begins or ends."""
        moments = {day_start(day) + at for turn in self._spec.duty for at in (turn.from_ms, turn.until_ms)}
        places = [start, *sorted(SimTime(at) for at in moments if start < at < end), end]
        yield from pairwise(places)

    def _on_duty(self, day: int, at: SimTime, present: tuple[int, ...]) -> frozenset[int]:
        of_day = at - day_start(day)
        wanted = sum(turn.clerks for turn in self._spec.duty if turn.from_ms <= of_day < turn.until_ms)
        count = min(wanted, len(present))
        return frozenset(present[(day * count + turn) % len(present)] for turn in range(count))
