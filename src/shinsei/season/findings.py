"""What a season says about each method: the figures from which summary, table, sentence and report are made.

``accepted``, ``registered`` and ``decided`` count every online case of a city. Backlog, lead times, the day
cleared and the share decided by the cut-off are those of the procedures under comparison: only they take the
twin's method, all others follow the scenario's policy in every twin.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.costs import CostBreakdown, CostSpec, SharedCost, shared_cost
from shinsei.domain.demand import Echo, echo_of, filing_closes
from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod
from shinsei.domain.run import case_id, original_of
from shinsei.domain.simtime import DAY_MS, SimTime, day_number, day_start
from shinsei.domain.trace import trace_hash
from shinsei.scenario import Answer
from shinsei.season.books import OfficeDay, OfficeFigures
from shinsei.season.breakdown import ProcedureRow, by_procedure, yearly_cost
from shinsei.season.cases import (
    CaseTimes,
    backlog_steps,
    cleared_at,
    decided_share,
    lead_hours,
    lead_working_days,
    linkage_share,
    peak,
    percentile,
    times_of,
)
from shinsei.season.corrections import CorrectionFigures, corrections_of
from shinsei.season.intake import IntakeFigures, intake_of
from shinsei.season.outcome import Ledger, RealTime, SeasonOutcome, TwinOutcome
from shinsei.season.staleness import Staleness, staleness
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
class MethodFindings:
    """One twin city."""

    method: LinkageMethod
    """The one under comparison, else the default of the policy."""
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
        return run_name(self.method, is_compared=self.is_compared)


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
    others: tuple[MethodFindings, ...]
    """Runs beside the comparison: a prefecture."""
    shared_cost: SharedCost
    real: RealTime | None
    closed_days: tuple[int, ...]
    """Days of the season on which the office is closed."""
    answers: tuple[Answer, ...]
    """What the answer says first."""
    echo: Echo | None
    """What outages of the portal did; None without one."""
    retention_d: float | None
    """Days for which the portal keeps what is not fetched; None for as long as it takes."""


def findings(
    outcome: SeasonOutcome,
    *,
    procedures: Collection[int],
    costs: CostSpec,
    cutoff: SimTime | None,
    answers: Sequence[Answer] = (),
) -> Findings:
    """Everything that is said about a season, from what it left behind."""
    each = [
        _method(twin, ledger, frozenset(procedures), costs, cutoff)
        for twin, ledger in zip(outcome.twins, outcome.ledgers, strict=True)
    ]
    first = outcome.twins[0]
    calendar = BusinessCalendar(first.spec.calendar)
    return Findings(
        run_id=outcome.run_id,
        scenario=outcome.scenario,
        seed=outcome.seed,
        start=first.spec.start,
        end=first.end,
        deadline=filing_closes(first.spec),
        has_deadline=bool(first.spec.demand.deadlines),
        cutoff=cutoff,
        procedures=tuple(sorted(procedures)),
        partial=outcome.partial,
        trace_hash=trace_hash(line for twin in outcome.twins for line in twin.lines),
        late_cases=sum(twin.late for twin in outcome.twins),
        refused=outcome.refused,
        ledger=outcome.ledger,
        methods=tuple(one for one in each if one.method in COMPARED_METHODS),
        others=tuple(one for one in each if one.method not in COMPARED_METHODS),
        shared_cost=shared_cost(costs),
        real=outcome.real,
        closed_days=tuple(day for day in _days(first) if not calendar.is_open_day(day)),
        answers=tuple(answers),
        echo=echo_of(first.spec),
        retention_d=first.spec.retention.window_ms / DAY_MS if first.spec.retention else None,
    )


def _method(
    twin: TwinOutcome, ledger: Ledger, procedures: frozenset[int], costs: CostSpec, cutoff: SimTime | None
) -> MethodFindings:
    spec, office = twin.spec, twin.office
    everything = times_of(twin)
    cases = [case for case in everything if case.procedure in procedures] if procedures else list(everything)
    steps = backlog_steps(cases)
    height, height_at = peak(steps)
    working_days = lead_working_days(spec, cases)
    return MethodFindings(
        method=twin.method,
        is_compared=spec.twin_method is not None,
        municipality=spec.municipality,
        trace_hash=trace_hash(twin.lines),
        accepted=len(everything),
        registered=sum(case.registered_at is not None for case in everything),
        persons_served=_persons(case for case in everything if case.registered_at is not None),
        decided=sum(case.decided_at is not None for case in everything),
        ledger=ledger,
        compared=len(cases),
        compared_registered=sum(case.registered_at is not None for case in cases),
        filed_on_time=sum(case.submitted_at < filing_closes(spec) for case in cases),
        backlog_peak=height,
        backlog_peak_at=height_at,
        backlog_at_end=steps[-1][1] if steps else 0,
        cleared_at=cleared_at(spec, cases) if procedures and twin.end >= filing_closes(spec) else None,
        lead_time_h=_percentiles(lead_hours(cases)),
        lead_time_working_days=_percentiles(working_days),
        decision_time_h=_percentiles([case.decision_h for case in cases if case.ledger_line in _LIVING]),
        decided_by_cutoff_share=decided_share(spec, cases, cutoff) if cutoff and twin.end >= cutoff else None,
        corrections=corrections_of(twin),
        intake=intake_of(twin),
        linkage_share=linkage_share(cases),
        staleness=staleness(spec, twin.changes, cases, twin.end),
        cost=yearly_cost(spec, office, costs),
        wrong_records_yen=round(office.undetected_errors * costs.wrong_record_yen),
        office=office,
        within_working_days=_histogram(working_days),
        lead_hours=tuple(sorted(lead_hours(cases), key=lambda hours: float("inf") if hours is None else hours)),
        backlog=tuple(steps),
        procedures=by_procedure(spec, cases),
        days=tuple(_day_rows(twin, cases, steps)),
    )


def _persons(cases: Iterable[CaseTimes]) -> int:
    names = (case_id(case.submission_id) for case in cases)
    return len({original_of(name) or name for name in names})


_LIVING = frozenset({"registered", "in_flight"})


def _percentiles(values: Sequence[float | None]) -> Percentiles:
    return Percentiles(p50=percentile(values, 0.5), p90=percentile(values, 0.9), p99=percentile(values, 0.99))


def _histogram(days: Sequence[float | None]) -> tuple[int, ...]:
    counts = Counter(int(value) for value in days if value is not None)
    return tuple(counts[value] for value in range(max(counts, default=-1) + 1))


def _days(twin: TwinOutcome) -> range:
    """The calendar days of a season."""
    return range(day_number(twin.spec.start), day_number(SimTime(twin.end - 1)) + 1)


def _day_rows(twin: TwinOutcome, cases: Iterable[CaseTimes], steps: Sequence[tuple[SimTime, int]]) -> Iterable[DayRow]:
    calendar = BusinessCalendar(twin.spec.calendar)
    counts: dict[str, Counter[int]] = {name: Counter() for name in ("submitted", "stored", "registered", "decided")}
    for case in cases:
        for name, counter in counts.items():
            at: SimTime | None = getattr(case, f"{name}_at")
            if at is not None:
                counter[day_number(at)] += 1
    books = {office.day: office for office in twin.office.days}
    level, index = 0, 0
    for day in _days(twin):
        while index < len(steps) and steps[index][0] < day_start(day) + DAY_MS:
            level = steps[index][1]
            index += 1
        yield DayRow(
            day=day,
            open=calendar.is_open_day(day),
            backlog=level,
            office=books.get(day) or OfficeDay(day=day),
            **{name: counter[day] for name, counter in counts.items()},
        )
