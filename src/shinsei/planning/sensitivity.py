"""Which assumptions the answer rests on: each alone at both ends of its range, then all at once by a screening design.

One at a time says how far a figure moves, and whether the recommendation changes with it. The screening design moves
all of them together, so it finds an assumption that matters only where others differ from what is assumed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.linkage_method import FOUR_METHODS, LinkageMethod
from shinsei.domain.simtime import DAY_MS
from shinsei.planning.grid import varied
from shinsei.planning.pool import Workers
from shinsei.planning.probing import Point, Probe, Setting, judge_of, season_point
from shinsei.planning.ranges import Learning, Range, ranges
from shinsei.planning.screening import Effects, design, main_effects
from shinsei.planning.unvaried import unvaried
from shinsei.planning.wholes import side_by_side
from shinsei.scenario import Scenario
from shinsei.season.text import Text
from shinsei.season.words import METHOD_NAMES

FOLLOWED = ("cleared_at", "staff_hours", "cost_yen")
"""Figures of the recommended method that are followed."""
MATTERS = 0.02
"""A swing of hours or yen of at least this share of the figure is worth knowing better."""
_A_DAY = 1.0
_ALL = Text("All municipalities together", "全市区町村")
_CITY = Text("The city", "市全体")


@dataclass(frozen=True, slots=True, kw_only=True)
class Swing:
    """One assumption at both ends of its range, all others as assumed."""

    parameter: Range
    low: Point
    high: Point

    def values(self, method: LinkageMethod, key: str) -> tuple[float | None, float | None]:
        """A figure of a method at the low and at the high end."""
        return self.low[method][key], self.high[method][key]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """All assumptions at once."""

    seasons: int
    effects: dict[str, Effects]
    """By figure of the recommended method, in the order of the swings."""


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """What the answer of a scenario rests on."""

    scenario: Scenario
    replications: int
    best: LinkageMethod
    """The method recommended under the assumptions as they are; the city's own where none are compared."""
    base: Point
    swings: tuple[Swing, ...]
    refused: dict[str, str]
    """Assumptions that cannot be varied alone, and why."""
    unvaried: dict[str, Text]
    """Assumptions that have no range, and why."""
    screening: Screening | None
    """None where the scenario does not take all of them at once."""

    @property
    def compares(self) -> bool:
        """Whether methods are compared, and one is recommended."""
        return bool(self.scenario.methods)

    @property
    def name(self) -> Text:
        """Whose figures are followed: the recommended method, or where none are compared the whole."""
        if self.compares:
            return METHOD_NAMES[self.best]
        return _ALL if self.scenario.groups else _CITY

    def size(self, swing: Swing, key: str) -> float:
        """How far a figure moves between the ends, as a share of it; days for the day cleared."""
        low, high = swing.values(self.best, key)
        base = self.base[self.best][key]
        known = [value for value in (low, high, base) if value is not None]
        if len(known) < 3:  # noqa: PLR2004 - both ends and the base
            return 0.0 if not known else float("inf")
        reach = max(known) - min(known)
        return reach / DAY_MS if key == "cleared_at" else reach / abs(base or 1)

    def changes(self, swing: Swing) -> LinkageMethod | None:
        """The other method that an end of the range recommends; None where both say the same, or none are compared."""
        if not self.compares:
            return None
        judge = judge_of(self.scenario)
        said = [judge(point) for point in (swing.low, swing.high)]
        return next((method for method in said if method not in (None, judge(self.base))), None)

    def matters(self, swing: Swing) -> bool:
        """Whether it moves the answer: another method, a day, or hours or yen by two per cent."""
        moves = self.size(swing, "cleared_at") >= _A_DAY
        return (
            moves
            or self.changes(swing) is not None
            or any(self.size(swing, key) >= MATTERS for key in ("staff_hours", "cost_yen"))
        )

    def worth_learning(self, how: Learning) -> list[Swing]:
        """Assumptions that matter and are learnt in this way, the largest first."""
        found = [swing for swing in self.swings if swing.parameter.learning is how and self.matters(swing)]
        return sorted(found, key=self._weight, reverse=True)

    def ranked(self, key: str) -> list[Swing]:
        """The largest swings of a figure first."""
        return sorted(self.swings, key=lambda swing: self.size(swing, key), reverse=True)

    def _weight(self, swing: Swing) -> tuple[bool, float]:
        return self.changes(swing) is not None, max(self.size(swing, key) for key in ("staff_hours", "cost_yen"))


def seasons_needed(count: int, replications: int) -> int:
    """About how many seasons a sensitivity analysis of so many assumptions plans, for a progress bar."""
    return 2 * count * replications + len(design(count))


def sensitivity(
    scenario: Scenario, replications: int, workers: Workers, progress: Callable[[int], None] = lambda _: None
) -> Sensitivity:
    """Works it out.

    Args:
        scenario: whose assumptions.
        replications: seasons at each end of each range.
        workers: who does it.
        progress: told the number of seasons planned.

    Raises:
        InvalidInputError: the scenario has no season, no assumption with a range, or too many municipalities.
    """
    scenario.check_few("--sensitivity")
    found, refused = ranges(scenario)
    if not found:
        raise InvalidInputError(scenario.name, "has no number marked [A] or [M] that can be varied")
    four = tuple(method for method in scenario.methods if method in FOUR_METHODS) or scenario.methods
    probe = Probe(scenario=scenario, methods=four, replications=replications, workers=workers)
    base = probe.base()
    ends: list[Setting] = [(each, end) for each in found for end in (each.low, each.high)]
    points = probe.points(base, ends, progress)
    best = judge_of(scenario)(base) or next(iter(base))
    return Sensitivity(
        scenario=scenario,
        replications=replications,
        best=best,
        base=base,
        swings=tuple(
            Swing(parameter=each, low=low, high=high)
            for each, low, high in zip(found, points[::2], points[1::2], strict=True)
        ),
        refused=refused,
        unvaried=unvaried(scenario),
        screening=_screened(scenario, found, best, workers, lambda done: progress(len(ends) * replications + done)),
    )


def _screened(
    scenario: Scenario,
    found: Sequence[Range],
    best: LinkageMethod,
    workers: Workers,
    progress: Callable[[int], None],
) -> Screening | None:
    rows = design(len(found))
    one = scenario.with_methods([best]) if scenario.methods else scenario
    try:
        variants = [varied(one, _settings(found, row)) for row in rows]
    except InvalidInputError:
        return None
    points = []
    for number, point in enumerate(workers.in_order(season_point, _tasks(variants)), start=1):
        points.append(point)
        progress(number)
    results = {key: [point[best][key] for point in points] for key in FOLLOWED}
    effects = {
        key: main_effects(rows, [value or 0.0 for value in values])
        for key, values in results.items()
        if None not in values
    }
    return Screening(seasons=len(rows), effects=effects)


def _settings(found: Sequence[Range], row: Sequence[int]) -> list[tuple[str, str]]:
    """All at once; the shares of one whole keep their proportions to each other."""
    values = {each.path: each.high if sign > 0 else each.low for each, sign in zip(found, row, strict=True)}
    settings = {each.path: each.text(values[each.path]) for each in found}
    for each in found:
        if each.others:
            base = {each.path: each.base, **dict(each.others)}
            settings |= side_by_side(base, {path: values.get(path, share) for path, share in base.items()})
    return list(settings.items())


def _tasks(variants: Iterable[Scenario]) -> Iterable[tuple[Scenario, int]]:
    return ((variant, 0) for variant in variants)
