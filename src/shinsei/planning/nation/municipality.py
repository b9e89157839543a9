"""One municipality's season, planned and measured by itself: its cases are forgotten, its summary goes on."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.plan import VirtualRun
from shinsei.domain.run import RunSpec
from shinsei.domain.trace import rendered
from shinsei.planning.figures import values_of
from shinsei.planning.measuring import measured
from shinsei.planning.uncollected import uncollected
from shinsei.scenario import Scenario
from shinsei.season.words import method_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """So many cases that waited as long."""

    working_days: float
    """From acceptance to registration; infinity for not by the end of the run."""
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalitySeason:
    """What one season left behind in one municipality: a few kilobytes, however many its cases were."""

    code: str
    size_class: int
    """Place of its class among those of the scenario."""
    population: int
    clerks: int
    method: LinkageMethod
    values: Mapping[str, float | None]
    """Every figure of a plan by its key; None for not by the end of the run."""
    waits: tuple[Wait, ...]
    backlog_by_day: tuple[int, ...]

    @property
    def cleared_at(self) -> float | None:
        """When its season was cleared."""
        return self.values["cleared_at"]

    @property
    def is_through(self) -> bool:
        """Whether its season was cleared; where nobody filed online there was nothing to clear."""
        return self.cleared_at is not None or not self.values["accepted"]

    def value(self, key: str) -> float:
        """A figure that every municipality has."""
        return self.values[key] or 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Municipalities for one process."""

    scenario: Scenario
    specs: tuple[RunSpec, ...]
    size_classes: tuple[int, ...]
    """Of each."""
    with_trace: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of them."""

    municipalities: tuple[MunicipalitySeason, ...]
    trace: bytes
    """Their part of the trace as it is hashed; empty unless it was asked for."""


def work(task: Task) -> Done:
    """Plans the municipalities of a task, one after the other."""
    found, trace = [], b""
    with uncollected():
        for spec, size_class in zip(task.specs, task.size_classes, strict=True):
            run = VirtualRun(spec)
            run.advance(task.scenario.end)
            found.append(_summary(run, size_class, task.scenario))
            if task.with_trace:
                trace += rendered(run.lines(task.scenario.end))
            del run
    return Done(municipalities=tuple(found), trace=trace)


def _summary(run: VirtualRun, size_class: int, scenario: Scenario) -> MunicipalitySeason:
    one = measured([run], scenario.end, scenario)
    waits = Counter(one.working_days)
    return MunicipalitySeason(
        code=run.spec.municipality,
        size_class=size_class,
        population=run.spec.demand.population,
        clerks=run.spec.office.clerks,
        method=method_of(run.spec),
        values=values_of(one),
        waits=tuple(Wait(working_days=days, cases=cases) for days, cases in waits.items()),
        backlog_by_day=one.backlog_by_day,
    )


def tasks(scenario: Scenario, specs: Sequence[RunSpec], *, with_trace: bool) -> Iterator[Task]:
    """The municipalities in the order of their codes, the largest alone, small ones together."""
    places = {one.code: group.size_class or 0 for group in scenario.groups for one in group.members}
    batch: list[RunSpec] = []
    people = 0
    for number, spec in enumerate(specs, start=1):
        batch.append(spec)
        people += spec.demand.population
        if people >= _PEOPLE_A_TASK or number == len(specs):
            classes = tuple(places[one.municipality] for one in batch)
            yield Task(scenario=scenario, specs=tuple(batch), size_classes=classes, with_trace=with_trace)
            batch, people = [], 0


_PEOPLE_A_TASK = 400_000
"""About three seconds of work, so that handing it out costs nothing and both processes end together."""
