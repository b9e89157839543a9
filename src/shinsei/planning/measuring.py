"""One season of one method, measured: only what a plan reports, so that fifty seasons take seconds.

The definitions are those of a season's findings (``season.cases``, ``season.books``); what a single season shows
beside them (its days, its histograms, its hash) is left out, because computing it takes longer than the season.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shinsei.domain.demand import filing_closes
from shinsei.domain.plan import VirtualRun
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import SimTime, day_number, day_start
from shinsei.scenario import Scenario
from shinsei.season.books import OfficeFigures, office_figures, robots_of
from shinsei.season.breakdown import yearly_cost
from shinsei.season.cases import (
    backlog_steps,
    case_times,
    cleared_at,
    decided_share,
    in_rank,
    lead_hours,
    lead_working_days,
    peak,
    ranked,
)
from shinsei.season.corrections import CorrectionFigures, corrections_of
from shinsei.season.municipalities import together
from shinsei.season.outcome import CaseHistory, TwinOutcome, procedure_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one season left behind in one city."""

    accepted: int
    compared: int
    """Those of the procedures under comparison, as is all that follows on backlog and lead time."""
    not_fetched_at_end: int
    """Under comparison, at the portal still, whether a poll listed them or not."""
    registered: int
    decided: int
    corrections: CorrectionFigures
    backlog_peak: int
    backlog_peak_at: SimTime | None
    backlog_at_end: int
    backlog_by_day: tuple[int, ...]
    """At the end of each day."""
    cleared_at: SimTime | None
    working_days: Sequence[float]
    """Of every case that is registered or under way, in order; infinity for one that is not registered."""
    hours: Sequence[float]
    decided_by_cutoff_share: float | None
    office: OfficeFigures
    cost_yen: float
    wrong_records_yen: float

    def lead_working_days(self, share: float) -> float | None:
        """Percentile of the working days from acceptance to registration."""
        return ranked(self.working_days, share)

    def lead_h(self, share: float) -> float | None:
        """Percentile of the hours from acceptance to registration."""
        return ranked(self.hours, share)


def measured(runs: Sequence[VirtualRun], end: SimTime, scenario: Scenario) -> Measured:
    """The figures of a city, or of several municipalities together, whose runs have been advanced to ``end``."""
    twins = [_outcome(run, end) for run in runs]
    twin = twins[0] if len(twins) == 1 else together(twins)
    spec = twin.spec
    everything = [case_times(case) for case in twin.cases]
    procedures = frozenset(scenario.compared_procedures)
    cases = [case for case in everything if case.procedure in procedures] if procedures else everything
    steps = backlog_steps(cases)
    height, height_at = peak(steps)
    cutoff, costs = scenario.cutoff, scenario.costs
    return Measured(
        accepted=len(everything),
        compared=len(cases),
        not_fetched_at_end=sum(case.stored_at is None and case.ended_at is None for case in cases),
        registered=sum(case.registered_at is not None for case in everything),
        decided=sum(case.decided_at is not None for case in everything),
        corrections=_corrections(twin),
        backlog_peak=height,
        backlog_peak_at=height_at,
        backlog_at_end=steps[-1][1] if steps else 0,
        backlog_by_day=_by_day(spec, end, steps),
        cleared_at=cleared_at(spec, cases) if procedures and end >= filing_closes(spec) else None,
        working_days=in_rank(lead_working_days(spec, cases)),
        hours=in_rank(lead_hours(cases)),
        decided_by_cutoff_share=decided_share(spec, cases, cutoff) if cutoff and end >= cutoff else None,
        office=twin.office,
        cost_yen=sum(yearly_cost(each.spec, each.office, costs).total_yen for each in twins),
        wrong_records_yen=round(twin.office.undetected_errors * costs.wrong_record_yen),
    )


def _outcome(run: VirtualRun, end: SimTime) -> TwinOutcome:
    """The run as a season leaves it."""
    return TwinOutcome(
        spec=run.spec,
        end=end,
        cases=tuple(_histories(run, end)),
        office=office_figures(run.report(), end=end, robots=robots_of(run.spec)),
    )


def _histories(run: VirtualRun, end: SimTime) -> Iterator[CaseHistory]:
    for lines in run.histories(end):
        submission = lines[0].submission_id
        yield CaseHistory(submission_id=submission, procedure=procedure_of(submission), lines=tuple(lines))


def _corrections(twin: TwinOutcome) -> CorrectionFigures:
    spec = twin.spec
    return corrections_of(twin) if spec.defects or spec.withdrawals else CorrectionFigures()


def _by_day(spec: RunSpec, end: SimTime, steps: Sequence[tuple[SimTime, int]]) -> tuple[int, ...]:
    days = range(day_number(spec.start), day_number(SimTime(end - 1)) + 1)
    levels = [0, *(level for _, level in steps)]
    moments = [at for at, _ in steps]
    return tuple(levels[bisect_left(moments, day_start(day + 1))] for day in days)
