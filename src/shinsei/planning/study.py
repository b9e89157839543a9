"""A number of replications, and what they say: figures with intervals, paired differences, how often who is first.

With a precision wanted, replications go on until the 95 % interval of every headline figure is that narrow; the
number that took is part of the answer. Whether to stop is decided in the order of the replications, so the answer
does not depend on the number of processes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from shinsei.domain.simtime import DAY_MS
from shinsei.planning.figures import FIGURES, HEADLINES, Figure, Kind
from shinsei.planning.frames import frame
from shinsei.planning.pool import Workers
from shinsei.planning.ranking import best_of
from shinsei.planning.seasons import MethodSeason, PlannedSeason, plan_season_of
from shinsei.planning.statistics import Estimate, difference, estimate
from shinsei.scenario import Answer, Scenario
from shinsei.season.text import Text

LEAST = 5
"""Replications before a precision is judged: an interval from fewer is itself too uncertain."""
REPLICATIONS = 30
"""Replications where nothing else is wanted."""
MOST = 1_000
"""Replications at which a plan gives up on a precision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How many replications, of what."""

    replications: int = REPLICATIONS
    """Exactly so many; with a precision, at most so many."""
    precision: float | None = None
    """Half-width of the 95 % intervals, as a share of the mean, at which to stop."""
    until_clear: bool = False
    """End each season at the first midnight with nothing under comparison open."""


@dataclass(frozen=True, kw_only=True)
class Study:
    """All replications of one scenario."""

    scenario: Scenario
    wanted: Wanted
    seasons: tuple[PlannedSeason, ...]

    @property
    def methods(self) -> tuple[MethodSeason, ...]:
        """The methods in their order, as they were in replication 0."""
        return self.seasons[0].methods

    @property
    def trace_hash(self) -> str:
        """Of replication 0, which is the season that ``shinsei season`` runs."""
        return self.seasons[0].trace_hash

    @property
    def by_money(self) -> bool:
        """Whether the scenario asks what pays, so that the choice is by cost over a year."""
        return Answer.PAYS in self.scenario.report.answers

    @property
    def asked(self) -> Text | None:
        """What replication 0 answers to the scenario's question, in the words of a season."""
        return self.seasons[0].asked

    def values(self, method: int, key: str) -> list[float | None]:
        """A figure of a method, season by season."""
        return [season.methods[method].values[key] for season in self.seasons]

    def estimate(self, method: int, key: str) -> Estimate:
        """A figure of a method over the seasons."""
        return self._estimates[method, key]

    def difference(self, method: int, other: int, key: str) -> Estimate:
        """How much a figure of one method exceeds that of another, season by season."""
        return difference(self.values(method, key), self.values(other, key))

    def to_pandas(self) -> Any:
        """A pandas ``DataFrame``, one row a replication and method, moments as datetimes of Tokyo.

        Raises:
            UnavailableError: pandas is not installed.
        """
        return frame("pandas", self)

    def to_polars(self) -> Any:
        """The same as a polars ``DataFrame``.

        Raises:
            UnavailableError: polars is not installed.
        """
        return frame("polars", self)

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Those that say anything here: known in some season, and not 0 in all of them."""
        methods = range(len(self.methods))
        return tuple(figure for figure in FIGURES if any(any(self.values(method, figure.key)) for method in methods))

    @cached_property
    def first_counts(self) -> tuple[int, ...]:
        """In how many seasons each method was the best of its season (``ranking``)."""
        best = [best_of(season, by_money=self.by_money) for season in self.seasons]
        return tuple(best.count(method) for method in range(len(self.methods)))

    @cached_property
    def wide(self) -> tuple[tuple[int, Figure], ...]:
        """Methods and headline figures whose interval is wider than the precision wanted."""
        return tuple(
            (method, figure)
            for method in range(len(self.methods))
            for figure in HEADLINES
            if self.wanted.precision is not None and _relative(self, method, figure) > self.wanted.precision
        )

    @cached_property
    def unknown(self) -> tuple[tuple[int, Figure], ...]:
        """Methods and headline figures not known in every season: they have no interval that could be narrow."""
        return tuple(
            (method, figure)
            for method in range(len(self.methods))
            for figure in HEADLINES
            if figure in self.figures and self.estimate(method, figure.key).mean is None
        )

    @cached_property
    def _estimates(self) -> dict[tuple[int, str], Estimate]:
        return {
            (method, figure.key): estimate(self.values(method, figure.key))
            for method in range(len(self.methods))
            for figure in FIGURES
        }


def study(
    scenario: Scenario, wanted: Wanted, workers: Workers, progress: Callable[[int], None] = lambda _: None
) -> Study:
    """Runs the replications of one scenario; see ``studies``."""
    return studies([scenario], wanted, workers, progress)[0]


def studies(
    scenarios: Sequence[Scenario], wanted: Wanted, workers: Workers, progress: Callable[[int], None] = lambda _: None
) -> list[Study]:
    """Runs the replications of several variants on common random numbers.

    Args:
        scenarios: the variants.
        wanted: how many replications of each; all variants get as many.
        workers: who does it.
        progress: told the number of replications done, over all variants.

    Raises:
        InvalidInputError: a scenario has no season, or nobody files anything in it.
    """
    done: list[list[PlannedSeason]] = [[] for _ in scenarios]
    found: list[Study] = []
    for number, season in enumerate(workers.in_order(_replicate, _tasks(scenarios, wanted)), start=1):
        done[(number - 1) % len(scenarios)].append(season)
        progress(number)
        if number % len(scenarios) == 0:
            found = [
                Study(scenario=scenario, wanted=wanted, seasons=tuple(seasons))
                for scenario, seasons in zip(scenarios, done, strict=True)
            ]
            if wanted.precision is not None and len(done[0]) >= LEAST and not any(each.wide for each in found):
                break
    return found


def _tasks(scenarios: Sequence[Scenario], wanted: Wanted) -> Iterator[tuple[Scenario, int, bool]]:
    for n in range(wanted.replications):
        for scenario in scenarios:
            yield scenario, n, wanted.until_clear


def _replicate(task: tuple[Scenario, int, bool]) -> PlannedSeason:
    scenario, n, until_clear = task
    return plan_season_of(scenario, n, until_clear=until_clear, with_asked=n == 0)


def _relative(found: Study, method: int, figure: Figure) -> float:
    """Half-width over the mean; moments count in days of the run. A figure not known in every season is left out."""
    one = found.estimate(method, figure.key)
    if one.mean is None or not one.half_width:
        return 0.0
    if figure.kind is Kind.MOMENT:
        return one.half_width / max(one.mean - found.scenario.start, DAY_MS)
    return one.half_width / abs(one.mean) if one.mean else 0.0
