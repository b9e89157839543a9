"""A whole scenario, and how it becomes the runs of its municipalities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from shinsei.domain.advice import AdviceSpec, yearly_cases
from shinsei.domain.catalogue import PREFECTURAL
from shinsei.domain.costs import CostSpec
from shinsei.domain.demand import seasonal_filers, waves_with_filers
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.flows import CounterTimes
from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod
from shinsei.domain.municipality import with_check_digit
from shinsei.domain.run import (
    KERNEL_VERSION,
    AttachmentFaultSpec,
    DemandSpec,
    DoubleSpec,
    PolicySpec,
    PolicyYear,
    RunSpec,
)
from shinsei.domain.simtime import SimTime, to_datetime
from shinsei.scenario.file import ScenarioFile
from shinsei.scenario.marks import Parameter
from shinsei.scenario.municipalities_section import Municipality, MunicipalityGroup, municipality_groups
from shinsei.scenario.report_section import ReportSection
from shinsei.scenario.sections import PrefectureSection, TwinsSection

PARTITIONS = 8
"""Partitions of every topic; a run's is its place in the scenario modulo this."""
MOST_AT_ONCE = 200
"""[A] Municipalities of which all cases are kept at once, in a live season or a plan that compares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A validated scenario with the text it was read from and the marks of its numbers."""

    name: str
    """The file's stem."""
    path: Path
    text: str
    overrides: tuple[str, ...]
    """``key=value`` as given with --set."""
    parameters: tuple[Parameter, ...]
    file: ScenarioFile
    daily_counts: tuple[tuple[date, int], ...] = ()
    whole: str = ""
    """The text with what it extends written into it."""

    @property
    def seed(self) -> int:
        """Seed of every draw."""
        return self.file.seed

    @property
    def report(self) -> ReportSection:
        """Texts for the report and the terminal."""
        return self.file.report

    @property
    def start(self) -> SimTime:
        """Start of the run."""
        return SimTime(self.file.run.start)

    @property
    def end(self) -> SimTime:
        """Latest end of the run."""
        return SimTime(self.file.run.end)

    @property
    def until_clear(self) -> bool:
        """Whether the run ends when the season's backlog is gone."""
        return self.file.run.until_clear

    @property
    def clock_speed(self) -> float:
        """Simulated over real seconds of a standing run."""
        return self.file.run.clock_speed

    @property
    def cutoff(self) -> SimTime | None:
        """Moment by which a case should be decided."""
        return None if self.file.run.cutoff is None else SimTime(self.file.run.cutoff)

    @property
    def costs(self) -> CostSpec:
        """Prices."""
        return self.file.costs.spec()

    @property
    def counter_times(self) -> CounterTimes | None:
        """The counter's minutes per case on paper, for reception flows alone."""
        return None if self.file.flows is None else self.file.flows.times()

    @property
    def advice(self) -> AdviceSpec:
        """What advice needs to know; the template's values where the file says nothing."""
        return self.file.advice.spec(to_datetime(self.start).date())

    def yearly_cases(self) -> dict[int, float]:
        """Online cases a year by catalogue number, whichever division handles them."""
        return yearly_cases(self._demand_spec(), self.file.demand.background_volumes, self.file.advice.volumes)

    @property
    def methods(self) -> tuple[LinkageMethod, ...]:
        """Methods of the twins in their order; empty where there are none."""
        return self.file.twins.methods if self.file.twins and not self.file.has_many else ()

    @property
    def groups(self) -> tuple[MunicipalityGroup, ...]:
        """Groups of municipalities, where the scenario has many; empty else."""
        city, curve = self.file.municipality, self.file.rank_size
        if curve is not None:
            return curve.groups(code=city.code, population=city.population, seed=self.file.seed)
        return municipality_groups(
            self.file.municipalities, code=city.code, population=city.population, seed=self.file.seed
        )

    @property
    def compared_procedures(self) -> tuple[int, ...]:
        """Procedures that take a twin's method."""
        twins = self.file.twins
        if twins is None and not self.file.has_many:
            return ()
        return (twins.procedures if twins else ()) or self._demand_spec().seasonal_procedures

    def check_few(self, what: str) -> None:
        """Refuses what keeps all cases at once for more municipalities than that.

        Raises:
            InvalidInputError: there are too many.
        """
        count = sum(len(group.members) for group in self.groups)
        if count > MOST_AT_ONCE:
            every = -(-count // MOST_AT_ONCE)
            problem = f"{self.name} has {count:,} municipalities, and this takes at most {MOST_AT_ONCE}"
            hint = f"shinsei plan without further questions takes all, or --set rank_size.every={every}"
            raise InvalidInputError(what, f"{problem}; {hint}")

    def run_specs(self, run_id: str) -> list[RunSpec]:
        """One run per twin or municipality (or one of the city alone), then the prefecture's if there is one."""
        methods: Sequence[LinkageMethod | None] = self.methods or (None,)
        specs = self._many(run_id) or [self._city(run_id, method, index) for index, method in enumerate(methods)]
        if self.file.prefecture is not None:
            specs.append(self._prefecture(run_id, self.file.prefecture, len(specs)))
        return specs

    def run_spec(self, run_id: str, method: LinkageMethod | None = None) -> RunSpec:
        """The run of one twin, or of the city without a method under comparison.

        Raises:
            InvalidInputError: the scenario has no twin with this method.
        """
        for spec in self.run_specs(run_id):
            if spec.twin_method is method:
                return spec
        raise InvalidInputError("methods", f"scenario {self.name} has no twin city with method {method}")

    def with_methods(self, methods: Sequence[LinkageMethod]) -> "Scenario":
        """The scenario with these twins alone."""
        twins = TwinsSection(methods=tuple(methods), procedures=self.compared_procedures)
        return replace(self, file=self.file.model_copy(update={"twins": twins}))

    def with_seed(self, seed: int) -> "Scenario":
        """The scenario with another seed."""
        shown = tuple(
            replace(item, value=str(seed), mark="set", source="given with --seed") if item.path == "seed" else item
            for item in self.parameters
        )
        return replace(self, parameters=shown, file=self.file.model_copy(update={"seed": seed}))

    def under_rules(self, year: PolicyYear) -> "Scenario":
        """The same city under other rules of the status report."""
        demand = self.file.demand.model_copy(update={"policy_year": year})
        return replace(self, file=self.file.model_copy(update={"demand": demand}))

    def filers(self) -> tuple[int, int]:
        """Filers of the season: all, and those online."""
        demand = self._demand_spec()
        if demand.waves:
            waves = [(len(numbers), wave.online_share) for wave, numbers in waves_with_filers(demand)]
            return sum(filers for filers, _ in waves), sum(int(filers * online + 0.5) for filers, online in waves)
        counts = [count for _, count in self.daily_counts]
        total = sum(counts) if counts else seasonal_filers(demand)
        return total, int(total * demand.online_share + 0.5)

    def post2022_line(self, language: str = "en") -> str:
        """One line about the same city under the rules from 2022; empty if the scenario has none."""
        text = self.report.post2022_ja if language == "ja" else self.report.post2022
        filers, online = replace(self, daily_counts=()).under_rules(PolicyYear.POST2022).filers()
        return text.format(filers=f"{filers:,}", online=f"{online:,}")

    def record(self) -> str:
        """The scenario for the results folder: the whole text, and what was set beside it."""
        changes = [f"# --set {override}" for override in self.overrides]
        header = [f"# shinsei: read from {self.path.name}; seed {self.seed}", *changes]
        return "\n".join(header) + "\n" + (self.whole or self.text)

    def _demand_spec(self) -> DemandSpec:
        return self.file.demand.spec(self.file.municipality.population, self.daily_counts)

    def _city(self, run_id: str, method: LinkageMethod | None, index: int) -> RunSpec:
        base = self.file.municipality.code
        code = base if method is None else with_check_digit(f"{int(base[:5]) + COMPARED_METHODS.index(method):05d}")
        spec = self._run(run_id, code, self.file.municipality.population)
        return replace(spec, partition=index % PARTITIONS, twin_method=method, policy=self._policy(spec.policy, method))

    def _many(self, run_id: str) -> list[RunSpec]:
        """The runs of the municipalities of all groups; none without groups."""
        pairs = sorted(((group, one) for group in self.groups for one in group.members), key=lambda pair: pair[1].code)
        base = self._run(run_id, self.file.municipality.code, self.file.municipality.population)
        specs = [self._member(base, group, one) for group, one in pairs]
        return [replace(spec, partition=index % PARTITIONS) for index, spec in enumerate(specs)]

    def _member(self, base: RunSpec, group: MunicipalityGroup, one: Municipality) -> RunSpec:
        rpa = base.office.methods.rpa
        office = replace(
            base.office,
            clerks=one.clerks,
            productive_share=one.productive_share or base.office.productive_share,
            login_seats=one.login_seats or base.office.login_seats,
            methods=replace(base.office.methods, rpa=replace(rpa, robots=one.robots or rpa.robots)),
        )
        return replace(
            base,
            municipality=one.code,
            seed=one.seed,
            twin_method=group.method,
            policy=self._policy(base.policy, group.method, group.by_procedure),
            office=office,
            demand=replace(base.demand, population=one.population),
        )

    def _policy(
        self, policy: PolicySpec, method: LinkageMethod | None, own: Mapping[int, LinkageMethod] | None = None
    ) -> PolicySpec:
        """The scenario's policy, but for the procedures under comparison and a municipality's ``own`` choices."""
        if method is None:
            return policy
        compared = dict.fromkeys(self.compared_procedures, method)
        mix = {**dict(policy.by_procedure), **compared, **(own or {})}
        return replace(policy, by_procedure=tuple(sorted(mix.items())))

    def _prefecture(self, run_id: str, section: PrefectureSection, index: int) -> RunSpec:
        one_stop = LinkageMethod.ONE_STOP_SERVICE
        policy = PolicySpec(default=one_stop, by_procedure=tuple((item.number, one_stop) for item in PREFECTURAL))
        spec = self._run(run_id, section.code, section.population)
        return replace(spec, partition=index % PARTITIONS, policy=policy)

    def _run(self, run_id: str, code: str, population: int) -> RunSpec:
        """A run with the scenario's own policy and no method under comparison."""
        file = self.file
        return RunSpec(
            run_id=run_id,
            scenario=self.name,
            seed=file.seed,
            kernel_version=KERNEL_VERSION,
            municipality=code,
            partition=0,
            twin_method=None,
            pacing=file.run.pacing,
            start=self.start,
            end=self.end,
            lookahead_ms=file.run.lookahead,
            demand=file.demand.spec(population, self.daily_counts),
            calendar=file.calendar.spec(self.start, self.end),
            poll=file.poll.spec(),
            line=file.line.spec(),
            registry=file.registry.spec(),
            identification=file.identification.spec(),
            policy=file.policy.spec(),
            office=file.office.spec(file.methods.spec()),
            defects=file.defects.spec() if file.defects else None,
            corrections=file.corrections.spec() if file.corrections else None,
            withdrawals=file.withdrawals.spec() if file.withdrawals else None,
            doubles=file.doubles.spec() if file.doubles else DoubleSpec(),
            workforce=file.workforce.spec(),
            attachment_faults=file.attachment_faults.spec() if file.attachment_faults else AttachmentFaultSpec(),
            moves_out=file.moves_out.spec() if file.moves_out else None,
            retention=file.retention.spec() if file.retention else None,
        )
