"""Published cases, worked out by the model: what was told, what the model says, and how far apart the two are.

Each case is a scenario of its own whose inputs are taken from the source; ``docs/validation.md`` is made from here. A
figure is an *input* where the source's number went into the scenario, so that it must come out again, and a
*comparison* where it did not.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Final

from shinsei.domain.demand import filings
from shinsei.domain.linkage.activity import Activity
from shinsei.domain.office.report import OfficeReport
from shinsei.domain.plan import run_all
from shinsei.domain.simtime import DAY_MS, SimTime, from_datetime
from shinsei.scenario import Scenario, load

SEEDS: Final = tuple(range(1, 6))
"""Of which the figures are the means; small cases vary from seed to seed."""
NATION: Final = 126_000_000
"""People in Japan in 2020 [M], to which the municipalities of the payment's scenario are scaled."""
ENTRY: Final = (
    Activity.KEYING,
    Activity.SECOND_CHECK,
    Activity.EXCEPTION_KEYING,
    Activity.RPA_REVIEW,
    Activity.ROBOT_RESTART,
)
"""What the entry into a core system takes of clerks; other steps are the same with and without a robot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number of a source beside the model's."""

    name: str
    unit: str
    published: float
    model: float
    published_high: float | None = None
    """Upper end, where the source gives a range."""
    is_input: bool = False
    is_bound: bool = False
    """The source's number is an upper bound."""

    @property
    def distance(self) -> float:
        """How far the model is from the source, as a share of the source's number; 0 within its range or bound."""
        high = self.published if self.published_high is None else self.published_high
        low = 0.0 if self.is_bound else self.published
        nearest = min(max(self.model, low), high)
        return (self.model - nearest) / nearest


@dataclass(frozen=True, slots=True)
class Day:
    """A cumulative count at a midnight."""

    day: float
    """Days since the first midnight."""
    count: float


Case = Callable[[Path], tuple[Figure, ...]]
"""Figures of a case; the path is the folder of its scenario."""


def mishima(folder: Path) -> tuple[Figure, ...]:
    """A benefit form by hand and by machine."""
    by_hand, robot = _twins(folder / "mishima-forms.toml", SEEDS[:1])[0]
    keyed = 60 * by_hand.staff_minutes[Activity.KEYING] / by_hand.registered
    by_machine = 60 * robot.robot_minutes / robot.registered
    return (
        Figure(name="keying by hand", unit="s a form", published=100, model=keyed, is_input=True),
        Figure(name="keying by machine", unit="s a form", published=20, model=by_machine, is_input=True),
        Figure(name="by hand ÷ by machine", unit="times", published=5, model=keyed / by_machine, is_input=True),
        Figure(
            name="clerks' time for the entry, method 1 ÷ method 2",
            unit="times",
            published=5,
            model=entry_hours(by_hand) / entry_hours(robot),
        ),
    )


def adachi(folder: Path) -> tuple[Figure, ...]:
    """Nursery applications, and what a robot saved."""
    by_hand, robot = _twins(folder / "adachi-nursery.toml", SEEDS[:1])[0]
    saved = entry_hours(by_hand) - entry_hours(robot)
    cases = by_hand.registered
    return (
        Figure(name="cases", unit="", published=1100, model=cases, is_input=True),
        Figure(name="saved in all", unit="h", published=367, model=saved),
        Figure(name="saved a case", unit="min", published=20.0, model=60 * saved / cases),
        Figure(
            name="Yokohama: a clerk's presence a case, method 1, at most",
            unit="min",
            published=40,
            model=by_hand.busy_minutes / cases,
            is_bound=True,
        ),
    )


def kuji_donations(folder: Path) -> tuple[Figure, ...]:
    """A robot that paid."""
    before, after = _hours(folder / "kuji-donations.toml")
    return (
        Figure(name="before the robot", unit="h", published=19.8, model=before, is_input=True),
        Figure(name="with the robot", unit="h", published=4.2, model=after),
        Figure(name="change", unit="%", published=-78.0, model=100 * (after / before - 1)),
    )


def kuji_tax(folder: Path) -> tuple[Figure, ...]:
    """A robot that made it worse."""
    file = folder / "kuji-tax-receipts.toml"
    before, after = _hours(file)
    return (
        Figure(name="before the robot", unit="h", published=1.6, model=before, is_input=True),
        Figure(name="with the robot, each record checked by eye", unit="h", published=16.2, model=after),
        Figure(name="with the robot ÷ before", unit="times", published=10.1, model=after / before),
    )


def check_that_explains_kuji(folder: Path) -> float:
    """Minutes of visual check a record with which the model takes 16.2 hours; time is linear in them."""
    file = folder / "kuji-tax-receipts.toml"
    one = _hours(file)[1]
    two = _hours(file, "methods.rpa.review={ mean = '2 min', cv = 0.5 }")[1]
    return 1 + (16.2 - one) / (two - one)


def one_clerk(folder: Path) -> tuple[Figure, ...]:
    """Three thousand reports and one person, with the model's times."""
    return _overtime_figures(overtime(folder))


def one_quick_clerk(folder: Path) -> tuple[Figure, ...]:
    """The same if a report takes six minutes in all."""
    return _overtime_figures(overtime(folder, *QUICK))


def _overtime_figures(months: Mapping[str, float]) -> tuple[Figure, ...]:
    june, july = (months.get(month, 0.0) for month in ("2021-06", "2021-07"))
    return (
        Figure(name="overtime in June", unit="h", published=50, published_high=60, model=june),
        Figure(name="overtime in July", unit="h", published=50, published_high=60, model=july),
        Figure(name="months with overtime", unit="", published=2, model=len(months)),
    )


QUICK: Final = (
    "office.paper_keying={ mean = '5 min', cv = 0.5 }",
    "office.paper_check={ mean = '1 min', cv = 0.5 }",
)


def overtime(folder: Path, *overrides: str) -> Mapping[str, float]:
    """Hours of overtime by month (2021-06), where there are any."""
    report = _twins(folder / "one-clerk.toml", SEEDS[:1], *overrides)[0][0]
    months: dict[str, float] = {}
    for day in report.days:
        if day.overtime_minutes:
            months[day.day[:7]] = months.get(day.day[:7], 0.0) + day.overtime_minutes / 60
    return months


def payment_2020(_: Path) -> tuple[Figure, ...]:
    """How the applications for the special cash payment came."""
    by_20, by_24 = _count_at(19), _count_at(24)
    return (
        Figure(name="online by 0:00 on 20 May", unit="million", published=1.816, model=by_20 / 1e6, is_input=True),
        Figure(name="online by the end of 24 May", unit="million", published=1.94, model=by_24 / 1e6, is_input=True),
        Figure(name="a day, first 19 days", unit="thousand", published=95.6, model=by_20 / 19e3, is_input=True),
        Figure(
            name="a day from 20 to 24 May",
            unit="thousand",
            published=25,
            published_high=31,
            model=(by_24 - by_20) / 5e3,
            is_input=True,
        ),
    )


PUBLISHED_2020: Final = (Day(19, 1_816_430), Day(24, 1_940_000))
"""Online applications of the nation (F: Diet 2020-05-21; jp24h), at midnights after 1 May 2020."""


@cache
def arrivals_2020(days: int = 40) -> tuple[Day, ...]:
    """Online filings of all municipalities of the scenario since 1 May 2020, scaled to the nation."""
    scenario = load("special-cash-payment-2020")
    scale = NATION / scenario.file.municipality.population
    start = from_datetime(datetime(2020, 5, 1))  # noqa: DTZ001 - from_datetime reads it as Tokyo time
    specs = scenario.with_seed(SEEDS[0]).run_specs("published")
    moments = sorted(filing.at for spec in specs for filing in filings(spec) if filing.online)
    ends = [SimTime(start + day * DAY_MS) for day in range(days + 1)]
    return tuple(Day(day, scale * bisect_left(moments, end)) for day, end in enumerate(ends))


def entry_hours(report: OfficeReport) -> float:
    """Clerks' hours for the entry into the core system, exceptions and checks with it."""
    return sum(report.staff_minutes.get(activity, 0.0) for activity in ENTRY) / 60


def _count_at(day: int) -> float:
    return next(point.count for point in arrivals_2020() if point.day == day)


def _hours(file: Path, *overrides: str) -> tuple[float, float]:
    """Entry hours under method 1 and method 2, the mean of the seeds."""
    reports = _twins(file, SEEDS, *overrides)
    return fmean(entry_hours(pair[0]) for pair in reports), fmean(entry_hours(pair[1]) for pair in reports)


@cache
def _twins(file: Path, seeds: Iterable[int], *overrides: str) -> tuple[tuple[OfficeReport, ...], ...]:
    scenario: Scenario = load(file, overrides)
    specs = scenario.run_specs("published")
    return tuple(tuple(run.report() for run in run_all([replace(one, seed=seed) for one in specs])) for seed in seeds)


CASES: Final[Mapping[str, Case]] = {
    "mishima": mishima,
    "adachi": adachi,
    "kuji donations": kuji_donations,
    "kuji tax": kuji_tax,
    "one clerk": one_clerk,
    "one quick clerk": one_quick_clerk,
    "payment 2020": payment_2020,
}
"""By the name of their place in ``docs/validation.md``."""
