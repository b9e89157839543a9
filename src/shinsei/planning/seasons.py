"""One replication: a season of every method in virtual time, on the seed of its number.

Replication 0 is the scenario's own season, with the trace hash that ``shinsei season`` publishes. Every method of a
replication meets the same filings and the same fates (common random numbers), and so does every variant of a grid.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from shinsei.domain.costs import CostSpec
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod
from shinsei.domain.plan import VirtualRun, run_all
from shinsei.domain.run import Pacing
from shinsei.domain.simtime import SimTime, day_number, day_start
from shinsei.domain.trace import TraceLine, trace_hash
from shinsei.planning.asked import asked_in
from shinsei.planning.emptiness import check_compared
from shinsei.planning.figures import values_of
from shinsei.planning.measuring import measured
from shinsei.planning.uncollected import uncollected
from shinsei.scenario import Scenario
from shinsei.season.books import office_figures, robots_of
from shinsei.season.breakdown import yearly_cost
from shinsei.season.figures import Group
from shinsei.season.municipalities import name_of
from shinsei.season.text import Text
from shinsei.season.words import method_of, run_name

_SEED_BYTES = 6
"""A derived seed stays exact in every JSON reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodSeason:
    """One method in one season."""

    method: LinkageMethod
    """The one under comparison, else the default of the policy."""
    is_compared: bool
    """False for a city whose policy chooses a method per procedure."""
    values: Mapping[str, float | None]
    """Every figure by its key; None for not by the end of the run."""
    backlog_by_day: tuple[int, ...]
    saturated: str | None
    """The first resource that was the limit."""
    trace_hash: str
    """Empty unless this is replication 0."""

    compared: int = 0
    """Cases of the procedures under comparison."""
    group: Group | None = None
    """The municipalities that it stands for; None for a city by itself."""

    @property
    def name(self) -> Text:
        """What it is called before people."""
        return run_name(self.method, is_compared=self.is_compared) if self.group is None else self.group.name


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSeason:
    """One replication."""

    n: int
    seed: int
    end: SimTime
    methods: tuple[MethodSeason, ...]
    trace_hash: str
    """Of the whole season; empty unless this is replication 0."""
    asked: Text | None = None
    """What the season itself answers to the scenario's question, where that was wanted and there is something."""


def seed_of(seed: int, n: int) -> int:
    """The seed of a replication: the scenario's own for 0, then a hash of it and the number."""
    if n == 0:
        return seed
    return int.from_bytes(blake2b(f"{seed}\x1freplication\x1f{n}".encode(), digest_size=_SEED_BYTES).digest(), "big")


@uncollected()
def plan_season_of(scenario: Scenario, n: int, *, until_clear: bool = False, with_asked: bool = False) -> PlannedSeason:
    """Replication ``n`` of a scenario; on demand with what the season answers to the scenario's question.

    Raises:
        InvalidInputError: the scenario is a standing run, which has no season, it has too many municipalities for
            this, nobody files anything in it, or (replication 0) nothing that could be compared.
    """
    if scenario.file.run.pacing is Pacing.CLOCK:
        raise InvalidInputError(scenario.name, "is a standing run without a season; there is nothing to plan")
    scenario.check_few("plan")
    seed = seed_of(scenario.seed, n)
    specs = scenario.with_seed(seed).run_specs(f"{scenario.name}-plan")
    procedures = scenario.compared_procedures
    watched = procedures if until_clear or scenario.until_clear else ()
    runs = run_all(specs, until_clear_of=watched)
    end = _end(runs, scenario.end, watched)
    lines = [line for run in runs for line in run.lines(end)] if n == 0 else []
    cities = [run for run in runs if method_of(run.spec) in COMPARED_METHODS]
    columns = _grouped(cities, scenario) or [((run,), None) for run in cities]
    methods = tuple(_method(members, group, end, scenario, with_hash=n == 0) for members, group in columns)
    if not any(one.values["accepted"] or one.values["paper_registered"] for one in methods):
        raise InvalidInputError(scenario.name, "nobody files anything in this season; look at population and demand")
    if n == 0:
        check_compared(scenario.name, methods, end)
    return PlannedSeason(
        n=n,
        seed=seed,
        end=end,
        methods=methods,
        trace_hash=trace_hash(lines) if n == 0 else "",
        asked=asked_in(scenario.with_seed(seed), runs, end) if with_asked else None,
    )


@uncollected()
def lines_of(scenario: Scenario, n: int, *, until_clear: bool = False) -> list[TraceLine]:
    """The trace of replication ``n``, every transition of every city."""
    specs = scenario.with_seed(seed_of(scenario.seed, n)).run_specs(f"{scenario.name}-plan")
    watched = scenario.compared_procedures if until_clear or scenario.until_clear else ()
    runs = run_all(specs, until_clear_of=watched)
    end = _end(runs, scenario.end, watched)
    return [line for run in runs for line in run.lines(end)]


@uncollected()
def costs_under(scenario: Scenario, n: int, prices: Sequence[CostSpec]) -> list[dict[LinkageMethod, float]]:
    """The yearly cost of every method in replication ``n`` under other prices: no season depends on a price.

    Many municipalities have one sum, under the method of the first.
    """
    specs = scenario.with_seed(seed_of(scenario.seed, n)).run_specs(f"{scenario.name}-plan")
    runs = [run for run in run_all(specs) if method_of(run.spec) in COMPARED_METHODS]
    whole = method_of(runs[0].spec) if scenario.groups else None
    found: list[dict[LinkageMethod, float]] = [{} for _ in prices]
    for run in runs:
        office = office_figures(run.report(), end=scenario.end, robots=robots_of(run.spec))
        method = whole or method_of(run.spec)
        for costs, each in zip(found, prices, strict=True):
            costs[method] = costs.get(method, 0.0) + yearly_cost(run.spec, office, each).total_yen
    return found


def _grouped(cities: Sequence[VirtualRun], scenario: Scenario) -> list[tuple[tuple[VirtualRun, ...], Group | None]]:
    """The runs of each group of municipalities; none where a scenario has none."""
    by_code = {run.spec.municipality: run for run in cities}
    return [
        (
            tuple(by_code[member.code] for member in group.members),
            Group(
                name=name_of(group),
                place=place,
                count=len(group.members),
                clerks=group.clerks,
                population=group.population,
                are_alike=group.size_class is None,
            ),
        )
        for place, group in enumerate(scenario.groups)
    ]


def _method(
    runs: Sequence[VirtualRun], group: Group | None, end: SimTime, scenario: Scenario, *, with_hash: bool
) -> MethodSeason:
    found = measured(runs, end, scenario)
    return MethodSeason(
        method=method_of(runs[0].spec),
        is_compared=group is None and runs[0].spec.twin_method is not None,
        group=group,
        compared=found.compared,
        values=values_of(found),
        backlog_by_day=found.backlog_by_day,
        saturated=found.office.first_saturated_resource,
        trace_hash=trace_hash(line for run in runs for line in run.lines(end)) if with_hash else "",
    )


def _end(runs: list[VirtualRun], end: SimTime, procedures: tuple[int, ...]) -> SimTime:
    """The fixed end, or the first midnight with nothing under comparison open, if that was asked for."""
    if not procedures:
        return end
    cleared = [run.clear_since(procedures) for run in runs]
    known = [at for at in cleared if at is not None]
    return SimTime(min(end, day_start(day_number(max(known)) + 1))) if len(known) == len(runs) else end
