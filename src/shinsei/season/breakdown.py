"""Two breakdowns of one twin: its cases by procedure, and what its methods cost in a year."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shinsei.domain.costs import Books, CostBreakdown, CostSpec, cost
from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import to_datetime
from shinsei.season.books import OfficeFigures
from shinsei.season.cases import CaseTimes, lead_hours, percentile


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureRow:
    """The online cases of one procedure."""

    procedure: int
    method: LinkageMethod
    accepted: int
    registered: int
    lead_p50_h: float | None
    lead_p90_h: float | None
    busiest_month: int
    """1 to 12; the earliest of equals."""


def by_procedure(spec: RunSpec, cases: Sequence[CaseTimes]) -> tuple[ProcedureRow, ...]:
    """One row a procedure that anybody filed online, most filed first."""
    grouped: dict[int, list[CaseTimes]] = {}
    for case in cases:
        grouped.setdefault(case.procedure, []).append(case)
    rows = (_row(spec, number, group) for number, group in grouped.items())
    return tuple(sorted(rows, key=lambda row: (-row.accepted, row.procedure)))


def _row(spec: RunSpec, number: int, cases: Sequence[CaseTimes]) -> ProcedureRow:
    leads = lead_hours(cases)
    months = Counter(to_datetime(case.submitted_at).month for case in cases)
    return ProcedureRow(
        procedure=number,
        method=spec.policy.method_of(number),
        accepted=len(cases),
        registered=sum(case.registered_at is not None for case in cases),
        lead_p50_h=percentile(leads, 0.5),
        lead_p90_h=percentile(leads, 0.9),
        busiest_month=min(months, key=lambda month: (-months[month], month)),
    )


def yearly_cost(spec: RunSpec, office: OfficeFigures, costs: CostSpec) -> CostBreakdown:
    """The cost of the twin's method; of every method that the policy uses, where policy alone decides."""
    books = Books(
        staff_hours=max(0.0, office.staff_hours - office.overtime_work_hours),
        overtime_hours=office.overtime_hours,
        robots=office.robots,
        temporary_hours=office.temporary_hours + office.temporary_duty_hours,
        temporary_staff_hours=office.temporary_staff_hours,
    )
    if spec.twin_method is not None:
        return cost(costs, spec.twin_method, books)
    total = cost(costs, spec.policy.default, books)
    for method in sorted(_used(spec) - {spec.policy.default}):
        more = cost(costs, method, Books(staff_hours=0.0, overtime_hours=0.0, robots=office.robots))
        total = replace(
            total,
            licences_yen=total.licences_yen + more.licences_yen,
            modification_yen=total.modification_yen + more.modification_yen,
            upkeep_yen=total.upkeep_yen + more.upkeep_yen,
        )
    return total


def _used(spec: RunSpec) -> set[LinkageMethod]:
    return {method for _, method in spec.policy.by_procedure if method in COMPARED_METHODS}
