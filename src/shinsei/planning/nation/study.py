"""A season of very many municipalities, once or more often: figures by size class and method, no cases kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod
from shinsei.domain.run import Pacing
from shinsei.planning.nation.figures import NATION_FIGURES
from shinsei.planning.nation.municipality import MunicipalitySeason, tasks, work
from shinsei.planning.pool import Workers
from shinsei.planning.seasons import seed_of
from shinsei.planning.statistics import Estimate, estimate
from shinsei.scenario import Scenario
from shinsei.scenario.model import MOST_AT_ONCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some of the municipalities: all, those of a size class, or those of a class with one method."""

    size_class: int | None = None
    method: LinkageMethod | None = None

    def has(self, one: MunicipalitySeason) -> bool:
        """Whether a municipality belongs to it."""
        return self.size_class in (None, one.size_class) and self.method in (None, one.method)


ALL = Part()


@dataclass(frozen=True, kw_only=True)
class Nation:
    """What the seasons of all municipalities say."""

    scenario: Scenario
    seeds: tuple[int, ...]
    """Of each season; of the first the scenario's own."""
    municipalities: tuple[MunicipalitySeason, ...]
    """Of the first season, by code."""
    seasons: tuple[Mapping[tuple[Part, str], float | None], ...]
    """Every figure of every part, season by season."""
    trace_hash: str
    """Of the first season; empty where there are more municipalities than a live season takes."""

    @cached_property
    def classes(self) -> tuple[Part, ...]:
        """The size classes that have a municipality, the largest first."""
        return tuple(Part(size_class=place) for place in sorted({one.size_class for one in self.municipalities}))

    @cached_property
    def methods(self) -> tuple[Part, ...]:
        """Each method of each class, then each method over all."""
        pairs = {(one.size_class, one.method) for one in self.municipalities}
        order = [(part.size_class, method) for part in (*self.classes, ALL) for method in COMPARED_METHODS]
        used = {method for _, method in pairs}
        return tuple(
            Part(size_class=place, method=method)
            for place, method in order
            if (place, method) in pairs or (place is None and method in used)
        )

    def members(self, part: Part) -> tuple[MunicipalitySeason, ...]:
        """The municipalities of a part in the first season."""
        return tuple(one for one in self.municipalities if part.has(one))

    def estimate(self, part: Part, key: str) -> Estimate:
        """A figure of a part over the seasons."""
        return estimate([season[part, key] for season in self.seasons])


def nation(
    scenario: Scenario, replications: int, workers: Workers, progress: Callable[[int], None] = lambda _: None
) -> Nation:
    """Plans the seasons.

    Args:
        scenario: one with size classes.
        replications: seasons of the whole.
        workers: who does it; at a time no more cases are in memory than those of one municipality a process.
        progress: told how many people's municipalities have been planned.

    Raises:
        InvalidInputError: the scenario has no season, has one that ends when it is clear, or nobody files anything.
    """
    _check(scenario)
    seasons: list[Mapping[tuple[Part, str], float | None]] = []
    first: Nation | None = None
    people = 0
    for n in range(replications):
        specs = scenario.with_seed(seed_of(scenario.seed, n)).run_specs(f"{scenario.name}-plan")
        with_trace = n == 0 and len(specs) <= MOST_AT_ONCE
        found: list[MunicipalitySeason] = []
        digest = sha256()
        for done in workers.in_order(work, tasks(scenario, specs, with_trace=with_trace)):
            digest.update(done.trace)
            found += done.municipalities
            people += sum(one.population for one in done.municipalities)
            progress(people)
        one = Nation(
            scenario=scenario,
            seeds=tuple(seed_of(scenario.seed, n) for n in range(replications)),
            municipalities=tuple(found),
            seasons=(),
            trace_hash=digest.hexdigest() if with_trace else "",
        )
        first = first or one
        seasons.append(_figures(one))
    if first is None or not any(one.value("accepted") or one.value("paper_registered") for one in first.municipalities):
        raise InvalidInputError(scenario.name, "nobody files anything in this season; look at population and demand")
    return Nation(
        scenario=scenario,
        seeds=first.seeds,
        municipalities=first.municipalities,
        seasons=tuple(seasons),
        trace_hash=first.trace_hash,
    )


def _check(scenario: Scenario) -> None:
    if scenario.file.run.pacing is Pacing.CLOCK:
        raise InvalidInputError(scenario.name, "is a standing run without a season; there is nothing to plan")
    if scenario.until_clear:
        raise InvalidInputError(
            "run.until_clear", "is for one city or its twins; here every municipality runs to run.end"
        )


def _figures(season: Nation) -> Mapping[tuple[Part, str], float | None]:
    parts = (ALL, *season.classes, *season.methods)
    return {
        (part, figure.key): figure.value(members)
        for part in parts
        for members in (season.members(part),)
        for figure in NATION_FIGURES
    }
