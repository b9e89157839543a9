"""The tables of a scenario file, and what must fit together between them."""

from typing import Literal, Self

from pydantic import Field, model_validator

from shinsei.domain.municipality import is_invented
from shinsei.domain.simtime import SimTime, to_datetime
from shinsei.scenario.advice_section import AdviceSection
from shinsei.scenario.applicant_sections import (
    CorrectionsSection,
    DefectsSection,
    DoublesSection,
    MovesOutSection,
    WithdrawalsSection,
)
from shinsei.scenario.costs_section import CostsSection
from shinsei.scenario.demand_section import DemandSection
from shinsei.scenario.flows_section import FlowsSection
from shinsei.scenario.intake_sections import AttachmentFaultsSection, RetentionSection
from shinsei.scenario.municipalities_section import GroupSection, check_groups
from shinsei.scenario.office_sections import MethodsSection, OfficeSection
from shinsei.scenario.quantities import MOST_PEOPLE, Count, Section
from shinsei.scenario.rank_size_section import RankSizeSection
from shinsei.scenario.report_section import ReportSection
from shinsei.scenario.sections import (
    CalendarSection,
    IdentificationSection,
    LineSection,
    MunicipalitySection,
    PolicySection,
    PollSection,
    PrefectureSection,
    RegistrySection,
    RunSection,
    TwinsSection,
)
from shinsei.scenario.workforce_sections import WorkforceSection


class ScenarioFile(Section):
    """The tables of a scenario file."""

    schema_version: Literal[1] = Field(alias="schema")
    seed: Count
    report: ReportSection
    run: RunSection
    municipality: MunicipalitySection
    twins: TwinsSection | None = None
    municipalities: tuple[GroupSection, ...] = ()
    """Instead of twin cities."""
    rank_size: RankSizeSection | None = None
    """Instead of twin cities: very many municipalities, by size class."""
    prefecture: PrefectureSection | None = None
    demand: DemandSection
    calendar: CalendarSection
    poll: PollSection
    line: LineSection
    registry: RegistrySection
    identification: IdentificationSection = Field(default_factory=IdentificationSection)
    policy: PolicySection
    office: OfficeSection
    defects: DefectsSection | None = None
    corrections: CorrectionsSection | None = None
    withdrawals: WithdrawalsSection | None = None
    moves_out: MovesOutSection | None = None
    doubles: DoublesSection | None = None
    attachment_faults: AttachmentFaultsSection | None = None
    retention: RetentionSection | None = None
    workforce: WorkforceSection = Field(default_factory=WorkforceSection)
    methods: MethodsSection
    flows: FlowsSection | None = None
    costs: CostsSection
    advice: AdviceSection = Field(default_factory=lambda: AdviceSection.model_validate({}))

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_groups(self.municipalities)
        self._check_rank_size()
        if (self.twins is not None or self.has_many) and not is_invented(self.municipality.code):
            several = "many municipalities" if self.has_many else "twin cities"
            message = f"{several} need an invented code (prefecture 48 to 99), not {self.municipality.code}"
            raise ValueError(message)
        held = self.attachment_faults is not None and self.attachment_faults.p_virus > 0
        if (self.defects is not None or held) and self.corrections is None:
            message = "a scenario with [defects], or attachment_faults.p_virus, needs the table [corrections]"
            raise ValueError(message)
        if self.corrections is not None and self.corrections.grace < self.poll.interval:
            message = "corrections.grace must be at least poll.interval, or a reply in time would come too late"
            raise ValueError(message)
        self._check_that_the_end_is_seen()
        if self.demand.recipients_share > 0 and not self.demand.arrivals:
            self._check_filing_period()
        return self

    @property
    def has_many(self) -> bool:
        """Whether there are many municipalities in the place of twin cities."""
        return bool(self.municipalities) or self.rank_size is not None

    def _check_rank_size(self) -> None:
        people = self.municipality.population
        if self.rank_size is None:
            if people > MOST_PEOPLE:
                message = f"municipality.population: must be at most {MOST_PEOPLE}, not {people}"
                raise ValueError(message)
            return
        if self.municipalities:
            message = "the tables municipalities and rank_size both say which municipalities there are; keep one"
            raise ValueError(message)
        if self.prefecture is not None:
            message = "a scenario with the table rank_size has no prefecture; leave the table prefecture out"
            raise ValueError(message)
        self.rank_size.populations(people)

    def _check_that_the_end_is_seen(self) -> None:
        """What happens before the end comes back to the portal with a poll, by which a season knows it."""
        run, poll = self.run, self.poll.interval
        if poll >= run.end - run.start:
            message = "poll.interval must be shorter than the run, or nothing is ever fetched"
            raise ValueError(message)
        if any(gap.start < run.end < gap.start + gap.length + poll for gap in self.line.outages):
            message = "an outage of line.outages must be over one poll.interval before run.end; let the run end later"
            raise ValueError(message)

    def _check_filing_period(self) -> None:
        first, last = to_datetime(SimTime(self.run.start)).date(), to_datetime(SimTime(self.run.end - 1)).date()
        demand = self.demand
        opens = min((wave.first_day for wave in demand.waves), default=demand.mailing_day)
        closes = max((wave.last_day for wave in demand.waves), default=demand.deadline_day)
        if not first <= opens <= closes <= last:
            period = f"{opens} to {closes}"
            message = f"the filing period ({period}) must lie within the run ({first} to {last})"
            raise ValueError(message)
