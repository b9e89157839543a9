"""How stale the applicant's view is: what the office knows and the portal does not show yet (申請状況照会).

The result does not flow back by itself: a clerk reads it in the core system and keys it into application
management, and the linkage server pushes it at the next poll time at which the line is up. All of it is read from
the trace and the push schedule, so a plan and a live season say the same.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from shinsei.domain.polling import visible_from
from shinsei.domain.run import Change, RunSpec
from shinsei.domain.simtime import HOUR_MS, SimTime
from shinsei.season.cases import CaseTimes, percentile


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """Hours until applicants can see it, over the cases to which it happened; None where that is behind the end."""

    p50: float | None
    p90: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Staleness:
    """How long three things that the office knows are not on the portal yet."""

    registration: Delay
    """From the registration in the core system."""
    decision: Delay
    """From the keying of the result into application management."""
    result: Delay
    """From the end of the examination: the wait for a clerk who keys the result in is part of it."""


def staleness(spec: RunSpec, changes: Sequence[Change], cases: Iterable[CaseTimes], end: SimTime) -> Staleness:
    """The delays of a city's cases in a season that ends at ``end``."""
    known = tuple(cases)

    def delay(since: Callable[[CaseTimes], SimTime | None], seen: Callable[[CaseTimes], SimTime | None]) -> Delay:
        hours = [_hours(spec, changes, (at, seen(case)), end) for case in known if (at := since(case)) is not None]
        return Delay(p50=percentile(hours, 0.5), p90=percentile(hours, 0.9))

    return Staleness(
        registration=delay(lambda case: case.registered_at, lambda case: case.registered_at),
        decision=delay(lambda case: case.decided_at, lambda case: case.decided_at),
        result=delay(lambda case: None if case.is_undone else case.examined_at, lambda case: case.decided_at),
    )


def _hours(
    spec: RunSpec, changes: Sequence[Change], span: tuple[SimTime, SimTime | None], end: SimTime
) -> float | None:
    since, keyed = span
    if keyed is None:
        return None
    visible = visible_from(spec, changes, keyed)
    return (visible - since) / HOUR_MS if visible < end else None
