"""The values of a season's figures: of every method, of every group of municipalities, and of the whole."""

from dataclasses import dataclass

from shinsei.domain.costs import CostBreakdown, SharedCost
from shinsei.domain.demand import Echo
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import SimTime
from shinsei.scenario import Answer
from shinsei.season.books import OfficeDay, OfficeFigures
from shinsei.season.breakdown import ProcedureRow
from shinsei.season.corrections import CorrectionFigures
from shinsei.season.deadlines import DeadlineRow
from shinsei.season.intake import IntakeFigures
from shinsei.season.line import LineFigures
from shinsei.season.outcome import Ledger, RealTime
from shinsei.season.resends import ResendFigures
from shinsei.season.staleness import Staleness
from shinsei.season.text import Text
from shinsei.season.words import run_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles:
    """Three percentiles; None where the cases still waiting at the end begin."""

    p50: float | None
    p90: float | None
    p99: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRow:
    """One calendar day of one twin, the online cases under comparison."""

    day: int
    open: bool
    """The office is open on this day."""
    submitted: int
    stored: int
    registered: int
    decided: int
    backlog: int
    """At the end of the day."""
    office: OfficeDay


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Municipalities of one season that are alike."""

    name: Text
    place: int
    """Among the groups, from 0."""
    count: int
    clerks: int
    """Of each; on average where they are not alike."""
    population: int
    """Of each; on average where they are not alike."""
    are_alike: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodFindings:
    """One twin city, or one group of municipalities taken together."""

    method: LinkageMethod
    """The one under comparison, else the default of the policy."""
    group: Group | None = None
    """The group of municipalities that it is, or belongs to; None for a city by itself."""
    is_compared: bool
    """False for a city whose policy chooses a method per procedure."""
    municipality: str
    trace_hash: str
    accepted: int
    registered: int
    persons_served: int
    """Persons with a registered online case; one who is registered twice counts once."""
    decided: int
    ledger: Ledger
    compared: int
    """Online cases under comparison."""
    compared_registered: int
    filed_on_time: int
    backlog_peak: int
    backlog_peak_at: SimTime | None
    backlog_at_end: int
    cleared_at: SimTime | None
    lead_time_h: Percentiles
    lead_time_working_days: Percentiles
    decision_time_h: Percentiles
    decided_by_cutoff_share: float | None
    deadlines: tuple[DeadlineRow, ...]
    """One a deadline of the season, in their order; cases under comparison."""
    corrections: CorrectionFigures
    intake: IntakeFigures
    """Cases that did not come in whole."""
    linkage_share: float | None
    """Time to registration as a share of the time to the decision."""
    staleness: Staleness
    """How long the applicant does not see what the office knows; cases under comparison."""
    cost: CostBreakdown
    wrong_records_yen: int
    """What the undetected errors cost at last; in no cost of a method."""
    doubles_yen: int
    """What was paid once more to people registered twice; in no cost of a method."""
    office: OfficeFigures
    within_working_days: tuple[int, ...]
    """Cases registered on the same working day, on the next, and so on."""
    lead_hours: tuple[float | None, ...]
    """Every lead time, sorted; None for not registered by the end."""
    backlog: tuple[tuple[SimTime, int], ...]
    """The backlog's steps."""
    procedures: tuple[ProcedureRow, ...]
    days: tuple[DayRow, ...]

    @property
    def name(self) -> Text:
        """What it is called before people."""
        return self.group.name if self.group else run_name(self.method, is_compared=self.is_compared)


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The whole season."""

    run_id: str
    scenario: str
    seed: int
    start: SimTime
    end: SimTime
    deadline: SimTime
    """Midnight after the last day of filing."""
    has_deadline: bool
    """False for a season in which nobody can be late."""
    cutoff: SimTime | None
    procedures: tuple[int, ...]
    """The procedures under comparison."""
    partial: bool
    trace_hash: str
    late_cases: int
    refused: tuple[str, ...]
    ledger: Ledger
    methods: tuple[MethodFindings, ...]
    municipalities: tuple[MethodFindings, ...] = ()
    """Each municipality of a season with many; ``methods`` are their groups then."""
    others: tuple[MethodFindings, ...]
    """Runs beside the comparison: a prefecture."""
    shared_cost: SharedCost
    real: RealTime | None
    closed_days: tuple[int, ...]
    """Days of the season on which the office is closed."""
    answers: tuple[Answer, ...]
    """What the answer says first."""
    line: LineFigures | None
    """What the attachments weighed; None without an online case."""
    echo: Echo | None
    """What outages of the portal did; None without one."""
    resends: ResendFigures | None
    """Who sent the very same again; None where nobody asks."""
    retention_d: float | None
    """Days for which the portal keeps what is not fetched; None for as long as it takes."""
