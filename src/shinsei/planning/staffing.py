"""How many clerks, or how much overtime, clear the backlog by a day: the fewest, per method, at P50 and P95.

More of either is taken never to clear later; the least that does is found by halving, on the same seasons each time.
P50 is cleared in at least half of the seasons, P95 in at least 19 of 20: staff for the second.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import SimTime, day_of, day_start, to_datetime
from shinsei.planning.grid import varied
from shinsei.planning.pool import Workers
from shinsei.planning.probing import Point, season_point
from shinsei.planning.statistics import HIGH, MIDDLE
from shinsei.scenario import Scenario
from shinsei.season.cases import percentile

REPLICATIONS = 20
"""The fewest seasons that tell 19 of 20."""
SHARES = (MIDDLE, HIGH)
_CLERKS, _CAP = "office.clerks", "office.overtime.monthly_cap"
_CAP_STEP_H, _CAP_STEPS = 5, 20
"""Overtime is looked at from none to 100 hours a clerk and month, the law's limit under a special clause [M]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What one method needs to be clear by the day in a share of the seasons."""

    method: LinkageMethod
    share: float
    clerks: int | None
    """The fewest, with overtime as the scenario has it; None: not with the most that were tried."""
    cap_h: int | None
    """The lowest cap on overtime, hours a clerk and month, with the scenario's clerks; None: not with the highest."""
    overtime_h: float | None
    """Overtime hours that a season takes under this cap; so many are enough in the share of the seasons."""


@dataclass(frozen=True, kw_only=True)
class Staffing:
    """The answer for every method."""

    scenario: Scenario
    by: date
    """The last day on which the backlog may be cleared."""
    replications: int
    most_clerks: int
    needs: tuple[Need, ...]
    """Method by method, the shares in their order."""


@dataclass(kw_only=True)
class _Trials:
    """Seasons of one method under one value, each planned once."""

    scenario: Scenario
    method: LinkageMethod
    deadline: SimTime
    replications: int
    workers: Workers
    progress: Callable[[int], None]
    known: dict[tuple[str, int], list[Point]] = field(default_factory=dict)

    def clears(self, key: str, value: int, share: float) -> bool:
        """Whether that share of the seasons is cleared by the day; no more are planned than that takes."""
        needed = needed_of(share, self.replications)
        while True:
            ends = [point[self.method]["cleared_at"] for point in self.known.get((key, value), [])]
            cleared = sum(at is not None and at < self.deadline for at in ends)
            if cleared >= needed or len(ends) - cleared > self.replications - needed:
                return cleared >= needed
            self._plan(key, value, len(ends) + self.workers.jobs)

    def overtime(self, key: str, value: int, share: float) -> float:
        """The overtime hours of a season that are enough in that share of the seasons."""
        self._plan(key, value, self.replications)
        return percentile([point[self.method]["overtime_hours"] for point in self.known[key, value]], share) or 0.0

    def _plan(self, key: str, value: int, count: int) -> None:
        """Plans further seasons, up to ``count`` of them."""
        seasons = self.known.setdefault((key, value), [])
        text = f"{value * _CAP_STEP_H} h" if key == _CAP else str(value)
        made = varied(self.scenario, [(key, text)]).with_methods([self.method])
        tasks = [(made, n) for n in range(len(seasons), min(count, self.replications))]
        seasons.extend(self.workers.in_order(season_point, tasks))
        self.progress(len(self.known))


def staffing(
    scenario: Scenario,
    by: date | None,
    replications: int,
    workers: Workers,
    progress: Callable[[int], None] = lambda _: None,
) -> Staffing:
    """Works it out.

    Args:
        scenario: whose office.
        by: the last day on which the backlog may be cleared; the scenario's cut-off if not given.
        replications: seasons of each trial.
        workers: who does it.
        progress: told the number of trials so far.

    Raises:
        InvalidInputError: there is no day, it is outside the run, or nothing is compared and so nothing cleared.
    """
    day = _day(scenario, by)
    most = 3 * scenario.file.office.clerks + 6
    needs: list[Need] = []
    done = 0
    for method in scenario.methods:
        trials = _Trials(
            scenario=scenario,
            method=method,
            deadline=day_start(day_of(day) + 1),
            replications=replications,
            workers=workers,
            progress=_after(done, progress),
        )
        needs += [_need(trials, share, most) for share in SHARES]
        done += len(trials.known)
    return Staffing(scenario=scenario, by=day, replications=replications, most_clerks=most, needs=tuple(needs))


def needed_of(share: float, replications: int) -> int:
    """In how many of the seasons the backlog has to be cleared for that share of them."""
    return ceil(share * replications - 1e-9)


def fewest(low: int, high: int, enough: Callable[[int], bool]) -> int | None:
    """The least number from ``low`` to ``high`` that is enough; None if ``high`` is not."""
    if not enough(high):
        return None
    while low < high:
        middle = (low + high) // 2
        if enough(middle):
            high = middle
        else:
            low = middle + 1
    return high


def _need(trials: _Trials, share: float, most: int) -> Need:
    clerks = fewest(1, most, lambda value: trials.clears(_CLERKS, value, share))
    cap = fewest(0, _CAP_STEPS, lambda value: trials.clears(_CAP, value, share))
    return Need(
        method=trials.method,
        share=share,
        clerks=clerks,
        cap_h=None if cap is None else cap * _CAP_STEP_H,
        overtime_h=None if cap is None else trials.overtime(_CAP, cap, share),
    )


def _after(done: int, progress: Callable[[int], None]) -> Callable[[int], None]:
    return lambda count: progress(done + count)


def _day(scenario: Scenario, by: date | None) -> date:
    if not scenario.methods:
        raise InvalidInputError("--staffing", f"scenario {scenario.name} compares no methods, so no backlog is its own")
    if by is None:
        if scenario.cutoff is None:
            raise InvalidInputError("--clear-by", "is missing, and the scenario has no cut-off; give a date")
        return to_datetime(scenario.cutoff).date()
    first, last = to_datetime(scenario.start).date(), to_datetime(SimTime(scenario.end - 1)).date()
    if not first <= by <= last:
        raise InvalidInputError("--clear-by", f"{by} is outside the run ({first} to {last})")
    return by


def needs_of(found: Staffing) -> Sequence[tuple[LinkageMethod, tuple[Need, ...]]]:
    """Method by method, the needs at each share."""
    size = len(SHARES)
    return [(found.needs[at].method, found.needs[at : at + size]) for at in range(0, len(found.needs), size)]
