"""The moments of a case that every figure of a season is made of, and what can be said about many of them.

Lead time runs from the portal's acceptance to registration, and separately to the decision. A case without
an end by the end of the season counts as slower than any other, so that a percentile is never made to look
better by the cases that are still waiting; a percentile that falls among them is None.
"""

from collections.abc import Iterable, Sequence
from math import ceil
from typing import Final, NamedTuple

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.demand import filing_closes
from shinsei.domain.lifecycle import LEDGER_ENDS, Action, Status
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import HOUR_MS, SimTime, day_number, day_of, day_start
from shinsei.season.outcome import CaseHistory, TwinOutcome

_LATEST = float("inf")
_ENDS = dict(LEDGER_ENDS)
_REGISTERED, _IN_FLIGHT = LEDGER_ENDS[Status.REGISTERED], "in_flight"
# Bound once: under Python 3.11 an enum takes long to give out a member (docs/performance.md).
_REGISTER: Final = Action.REGISTER
_GRANT: Final = Action.GRANT
_DENY: Final = Action.DENY
_STORE: Final = Action.STORE
_EXAMINE: Final = Action.EXAMINE
_FAIL_IDENTIFICATION: Final = Action.FAIL_IDENTIFICATION
_RETURN_TO_QUEUE: Final = Action.RETURN_TO_QUEUE
_WITHDRAWN: Final = Status.WITHDRAWN


class CaseTimes(NamedTuple):
    """When what happened to one online case; None for not before the end of the season.

    A named tuple and no dataclass: a plan makes one a case.
    """

    submission_id: str
    procedure: int
    submitted_at: SimTime
    stored_at: SimTime | None
    ended_at: SimTime | None
    """First end by the ledger's lines: registered, or ended before."""
    ledger_line: str
    """``in_flight`` without an end."""
    decided_at: SimTime | None
    manual: bool
    """A clerk had to identify the applicant or key in an exception or an import reject."""
    examined_at: SimTime | None = None
    """When the result stood in the core system."""
    is_undone: bool = False
    """Withdrawn after the registration: there is no decision to come."""

    @property
    def registered_at(self) -> SimTime | None:
        """When the core system had it."""
        return self.ended_at if self.ledger_line == _REGISTERED else None

    @property
    def lead_h(self) -> float | None:
        """Hours from acceptance to registration."""
        registered = self.registered_at
        return None if registered is None else (registered - self.submitted_at) / HOUR_MS

    @property
    def decision_h(self) -> float | None:
        """Hours from acceptance to the decision."""
        return None if self.decided_at is None else (self.decided_at - self.submitted_at) / HOUR_MS


def case_times(case: CaseHistory) -> CaseTimes:
    """The moments of one case."""
    lines = case.lines
    moments = {action: at for _, at, action, _, _ in lines}
    _, last, _, status, _ = lines[-1]
    registered, granted = moments.get(_REGISTER), moments.get(_GRANT)
    ended, ledger_line = (last, _ENDS.get(status, _IN_FLIGHT)) if registered is None else (registered, _REGISTERED)
    return CaseTimes(
        submission_id=case.submission_id,
        procedure=case.procedure,
        submitted_at=case.submitted_at,
        stored_at=moments.get(_STORE),
        ended_at=None if ledger_line is _IN_FLIGHT else ended,
        ledger_line=ledger_line,
        decided_at=moments.get(_DENY) if granted is None else granted,
        manual=_FAIL_IDENTIFICATION in moments or _RETURN_TO_QUEUE in moments,
        examined_at=moments.get(_EXAMINE),
        is_undone=registered is not None and status is _WITHDRAWN,
    )


def times_of(twin: TwinOutcome) -> tuple[CaseTimes, ...]:
    """The moments of every online case of a twin."""
    return tuple(case_times(case) for case in twin.cases)


def linkage_share(cases: Iterable[CaseTimes]) -> float | None:
    """Time to registration as a share of the time to the decision, over the cases decided; None without one."""
    pairs = [(case.lead_h, case.decision_h) for case in cases]
    known = [(lead, decision) for lead, decision in pairs if lead is not None and decision is not None]
    total = sum(decision for _, decision in known)
    return sum(lead for lead, _ in known) / total if total else None


def percentile(values: Sequence[float | None], share: float) -> float | None:
    """Nearest-rank percentile; None counts as later than everything, and is the answer where it is hit."""
    return ranked(in_rank(values), share)


def in_rank(values: Iterable[float | None]) -> list[float]:
    """The values in their order, None as infinity: made once for several percentiles."""
    return sorted(_LATEST if value is None else value for value in values)


def ranked(ordered: Sequence[float], share: float) -> float | None:
    """Percentile of values that ``in_rank`` has put in order; None without one."""
    if not ordered:
        return None
    hit = ordered[max(0, ceil(share * len(ordered)) - 1)]
    return None if hit == _LATEST else hit


def lead_hours(cases: Iterable[CaseTimes]) -> list[float | None]:
    """Hours to registration; None for a case still in flight. Cases that ended otherwise have none to give."""
    return [case.lead_h for case in cases if case.ledger_line in {"registered", "in_flight"}]


def lead_working_days(spec: RunSpec, cases: Iterable[CaseTimes]) -> list[float | None]:
    """Working days after the day of acceptance up to that of registration; 0 for the same day."""
    calendar = BusinessCalendar(spec.calendar)
    known: dict[tuple[int, int], int] = {}

    def days(case: CaseTimes) -> float | None:
        registered = case.registered_at
        if registered is None:
            return None
        key = (day_number(case.submitted_at), day_number(registered))
        if key not in known:
            known[key] = calendar.working_days_between(*key)
        return float(known[key])

    return [days(case) for case in cases if case.ledger_line in {"registered", "in_flight"}]


def backlog_steps(cases: Iterable[CaseTimes]) -> list[tuple[SimTime, int]]:
    """(moment, backlog from then on), rising in time. Backlog is stored and not yet registered or ended."""
    changes: dict[SimTime, int] = {}
    for case in cases:
        if case.stored_at is None:
            continue
        changes[case.stored_at] = changes.get(case.stored_at, 0) + 1
        if case.ended_at is not None:
            changes[case.ended_at] = changes.get(case.ended_at, 0) - 1
    level, steps = 0, []
    for at in sorted(changes):
        level += changes[at]
        steps.append((at, level))
    return steps


def peak(steps: Sequence[tuple[SimTime, int]]) -> tuple[int, SimTime | None]:
    """The highest backlog and when it was reached first."""
    if not steps:
        return 0, None
    at, level = max(steps, key=lambda step: (step[1], -step[0]))
    return level, at if level else None


def cleared_at(spec: RunSpec, cases: Iterable[CaseTimes]) -> SimTime | None:
    """When the last case filed on time had been registered or ended; None if one was still waiting.

    Late filers trickle in for weeks under every method, so a backlog that must be 0 would say when they
    stop; what is asked is when the season's own backlog is gone.
    """
    closes = filing_closes(spec)
    ends = [case.ended_at for case in cases if case.submitted_at < closes]
    done = [at for at in ends if at is not None]
    return max(done) if done and len(done) == len(ends) else None


def decided_share(spec: RunSpec, cases: Iterable[CaseTimes], cutoff: SimTime) -> float | None:
    """Share of the cases that were decided before the cut-off; None without a case that counts.

    Those filed on time count; where there are several deadlines, on time for the last one before the cut-off.
    """
    closes = [day_start(day_of(day) + 1) for day in spec.demand.deadlines]
    on_time = max((at for at in closes if at <= cutoff), default=filing_closes(spec))
    decisions = [case.decided_at for case in cases if case.submitted_at < on_time]
    if not decisions:
        return None
    return sum(at is not None and at < cutoff for at in decisions) / len(decisions)
