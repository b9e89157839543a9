"""What becomes of a season when one assumption takes another value, on the same filings and fates.

A parameter of one method moves that method alone, so its city alone is planned again; prices move no season at all.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from shinsei.domain.costs import CostSpec
from shinsei.domain.linkage_method import FOUR_METHODS, LinkageMethod
from shinsei.planning.grid import varied
from shinsei.planning.pool import Workers
from shinsei.planning.ranges import Range, only_method
from shinsei.planning.ranking import Values, best, what_pays
from shinsei.planning.seasons import costs_under, plan_season_of
from shinsei.scenario import Answer, Scenario

KEYS = (
    "cleared_at",
    "staff_hours",
    "cost_yen",
    "backlog_at_end",
    "backlog_peak",
    "overtime_hours",
    "undetected_errors",
)
"""Figures that are followed."""
_PRICES = "costs."

Point = Mapping[LinkageMethod, Values]
"""The followed figures of each method, mean over the replications; many municipalities have one line for all."""
Setting = tuple[Range, float]
"""A parameter and the value that it takes."""


@dataclass(frozen=True, kw_only=True)
class Probe:
    """Seasons of a scenario with some assumptions set, and who does them."""

    scenario: Scenario
    methods: tuple[LinkageMethod, ...]
    """Those that are followed; empty for a city whose policy chooses."""
    replications: int
    workers: Workers

    def base(self) -> Point:
        """As the scenario has it."""
        tasks = [(self._scenario(None), n) for n in range(self.replications)]
        return next(self._means(self.workers.in_order(season_point, tasks), lambda _: None))

    def points(
        self, base: Point, settings: Sequence[Setting], progress: Callable[[int], None] = lambda _: None
    ) -> list[Point]:
        """One point a setting; what a setting does not move is as in ``base``."""
        priced = [index for index, (each, _) in enumerate(settings) if each.path.startswith(_PRICES)]
        planned = [index for index in range(len(settings)) if index not in set(priced)]
        tasks = [(self._scenario(settings[index]), n) for index in planned for n in range(self.replications)]
        found = self._means(self.workers.in_order(season_point, tasks), progress)
        points = {index: {**base, **point} for index, point in zip(planned, found, strict=True)}
        for index, costs in zip(priced, self._costs([settings[index] for index in priced]), strict=True):
            points[index] = {method: {**values, "cost_yen": costs[method]} for method, values in base.items()}
        return [points[index] for index in range(len(settings))]

    def _scenario(self, setting: Setting | None) -> Scenario:
        if setting is None:
            return self._with(self.scenario, self.methods)
        one, value = setting
        made = varied(self.scenario, one.settings(value))
        moved = only_method(self.scenario, one.path)
        return self._with(made, [method for method in self.methods if moved in (None, method)])

    def _with(self, scenario: Scenario, methods: Sequence[LinkageMethod]) -> Scenario:
        return scenario.with_methods(methods) if methods else scenario

    def _costs(self, settings: Sequence[Setting]) -> list[dict[LinkageMethod, float]]:
        if not settings:
            return []
        prices = [varied(self.scenario, each.settings(value)).costs for each, value in settings]
        tasks = [(self._scenario(None), n, prices) for n in range(self.replications)]
        found = list(self.workers.in_order(_costs, tasks))
        return [
            {method: fsum(season[index][method] for season in found) / len(found) for method in found[0][index]}
            for index in range(len(settings))
        ]

    def _means(self, seasons: Iterable[Point], progress: Callable[[int], None]) -> Iterator[Point]:
        gathered: list[Point] = []
        for number, season in enumerate(seasons, start=1):
            gathered.append(season)
            progress(number)
            if len(gathered) == self.replications:
                yield mean_of(gathered)
                gathered = []


def mean_of(seasons: Sequence[Point]) -> Point:
    """Mean of each figure; None where a season has none."""
    return {method: {key: _mean([season[method][key] for season in seasons]) for key in KEYS} for method in seasons[0]}


def recommended(point: Point) -> LinkageMethod | None:
    """The method that a point recommends; None of none."""
    methods = [method for method in point if method in FOUR_METHODS]
    index = best([point[method] for method in methods], range(len(methods)))
    return None if index is None else methods[index]


def paying(point: Point) -> LinkageMethod | None:
    """The method that pays by a point; None of none."""
    costs = {method: values["cost_yen"] or 0.0 for method, values in point.items() if method in FOUR_METHODS}
    return what_pays(costs) if costs else None


def judge_of(scenario: Scenario) -> Callable[[Point], LinkageMethod | None]:
    """By what a scenario chooses a method: by money where it asks what pays, else by the day first."""
    return paying if Answer.PAYS in scenario.report.answers else recommended


def cheapest(point: Point) -> LinkageMethod | None:
    """The cheapest of the four methods; None of none."""
    methods = [method for method in point if method in FOUR_METHODS]
    return min(methods, key=lambda method: point[method]["cost_yen"] or 0, default=None)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fsum(known) / len(known) if len(known) == len(values) else None


def season_point(task: tuple[Scenario, int]) -> Point:
    """The followed figures of one replication; of many municipalities as one, under the method of the first."""
    scenario, n = task
    methods = plan_season_of(scenario, n).methods
    if scenario.groups:
        return {methods[0].method: {key: together(key, [one.values[key] for one in methods]) for key in KEYS}}
    return {one.method: {key: one.values[key] for key in KEYS} for one in methods}


def together(key: str, values: Sequence[float | None]) -> float | None:
    """A figure of all groups: the last moment, None where one did not get there, else the sum."""
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    return max(known) if key == "cleared_at" else fsum(known)


def _costs(task: tuple[Scenario, int, Sequence[CostSpec]]) -> list[dict[LinkageMethod, float]]:
    return costs_under(*task)
