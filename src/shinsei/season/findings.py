"""What a season says about each method: the figures from which summary, table, sentence and report are made.

``accepted``, ``registered`` and ``decided`` count every online case of a city. Backlog, lead times, the day
cleared and the share decided by the cut-off are those of the procedures under comparison: only they take the
twin's method, all others follow the scenario's policy in every twin.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.costs import CostSpec, shared_cost
from shinsei.domain.demand import Echo, echo_of, filing_closes
from shinsei.domain.linkage_method import COMPARED_METHODS
from shinsei.domain.run import original_of
from shinsei.domain.simtime import DAY_MS, SimTime, day_number, day_start
from shinsei.domain.trace import trace_hash
from shinsei.scenario import Answer, MunicipalityGroup
from shinsei.season import municipalities
from shinsei.season.books import OfficeDay
from shinsei.season.breakdown import by_procedure, yearly_cost
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
from shinsei.season.corrections import corrections_of
from shinsei.season.deadlines import deadlines_of
from shinsei.season.figures import DayRow, Findings, Group, MethodFindings, Percentiles
from shinsei.season.intake import intake_of
from shinsei.season.line import line_figures
from shinsei.season.outcome import Ledger, SeasonOutcome, TwinOutcome
from shinsei.season.resends import resends_of
from shinsei.season.staleness import staleness

__all__ = ["DayRow", "Findings", "Group", "MethodFindings", "Percentiles", "findings"]


def findings(
    outcome: SeasonOutcome,
    *,
    procedures: Collection[int],
    costs: CostSpec,
    cutoff: SimTime | None,
    answers: Sequence[Answer] = (),
    groups: Sequence[MunicipalityGroup] = (),
) -> Findings:
    """Everything that is said about a season, from what it left behind."""
    each = [
        _method(twin, ledger, frozenset(procedures), costs, cutoff)
        for twin, ledger in zip(outcome.twins, outcome.ledgers, strict=True)
    ]
    many, columns = _grouped(outcome, each, groups, frozenset(procedures), costs, cutoff) if groups else ([], each)
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
        methods=tuple(one for one in columns if one.method in COMPARED_METHODS),
        municipalities=tuple(many),
        others=tuple(one for one in each if one.method not in COMPARED_METHODS),
        shared_cost=shared_cost(costs),
        real=outcome.real,
        closed_days=tuple(day for day in _days(first) if not calendar.is_open_day(day)),
        answers=tuple(answers),
        line=line_figures(outcome.twins) if Answer.ATTACHMENTS in answers else None,
        echo=_echo(outcome),
        resends=resends_of(outcome.twins) if Answer.RESENDS in answers else None,
        retention_d=first.spec.retention.window_ms / DAY_MS if first.spec.retention else None,
    )


def _echo(outcome: SeasonOutcome) -> Echo | None:
    """Twins meet an outage of the portal alike; many municipalities each with people of their own."""
    seeds = {twin.spec.seed: twin.spec for twin in outcome.twins}
    echoes = [found for spec in seeds.values() if (found := echo_of(spec)) is not None]
    if not echoes:
        return None
    return Echo(
        failed=sum(one.failed for one in echoes),
        given_up=sum(one.given_up for one in echoes),
        late=sum(one.late for one in echoes),
    )


def _grouped(
    outcome: SeasonOutcome,
    each: Sequence[MethodFindings],
    groups: Sequence[MunicipalityGroup],
    procedures: frozenset[int],
    costs: CostSpec,
    cutoff: SimTime | None,
) -> tuple[list[MethodFindings], list[MethodFindings]]:
    """Every municipality with its group, and the groups."""
    found = {one.municipality: one for one in each}
    many: list[MethodFindings] = []
    columns: list[MethodFindings] = []
    for place, group in enumerate(groups):
        twins = municipalities.members_of(group, outcome.twins)
        told = Group(
            name=municipalities.name_of(group),
            place=place,
            count=len(twins),
            clerks=group.clerks,
            population=group.population,
            are_alike=group.size_class is None,
        )
        members = [replace(found[twin.spec.municipality], group=told) for twin in twins]
        ledger = municipalities.ledger_together(one.ledger for one in members)
        whole = _method(municipalities.together(twins), ledger, procedures, costs, cutoff)
        refused = sum(one.corrections.refused_at_form_check for one in members)
        many += members
        columns.append(
            replace(
                whole,
                group=told,
                municipality=", ".join(one.municipality for one in members),
                cost=municipalities.costs_together([one.cost for one in members]),
                corrections=replace(whole.corrections, refused_at_form_check=refused),
                intake=replace(
                    whole.intake, refused=municipalities.refusals_together([one.intake.refused for one in members])
                ),
            )
        )
    return many, columns


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
        decision_time_h=_percentiles([case.decision_h for case in cases if _is_living(case)]),
        decided_by_cutoff_share=decided_share(spec, cases, cutoff) if cutoff and twin.end >= cutoff else None,
        deadlines=deadlines_of(spec, cases),
        corrections=corrections_of(twin),
        intake=intake_of(twin),
        linkage_share=linkage_share(cases),
        staleness=staleness(spec, twin.changes, cases, twin.end),
        cost=yearly_cost(spec, office, costs),
        wrong_records_yen=round(office.undetected_errors * costs.wrong_record_yen),
        doubles_yen=round(office.doubles.registered * spec.doubles.yen_per_case),
        office=office,
        within_working_days=_histogram(working_days),
        lead_hours=tuple(sorted(lead_hours(cases), key=lambda hours: float("inf") if hours is None else hours)),
        backlog=tuple(steps),
        procedures=by_procedure(spec, cases),
        days=tuple(_day_rows(twin, cases, steps)),
    )


def _persons(cases: Iterable[CaseTimes]) -> int:
    names = (case.submission_id.partition("-")[::2] for case in cases)
    return len({(city, original_of(name) or name) for city, name in names})


_LIVING = frozenset({"registered", "in_flight"})


def _is_living(case: CaseTimes) -> bool:
    """Whether it is decided or still may be."""
    return case.ledger_line in _LIVING and not case.is_undone


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
