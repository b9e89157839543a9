"""How long decisions take in the scenario's own season under each method: the kernel, in virtual time."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import ceil, inf

from shinsei.domain.lifecycle import TRANSITIONS, Action
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.plan import CasePlan, VirtualRun
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import DAY_MS, SimTime

_DECIDED = frozenset({Action.GRANT, Action.DENY})
_MOST_CASES = 0.9


def planned_days(
    run: RunSpec, methods: Iterable[LinkageMethod], standard_days: Mapping[int, float], *, factor: float = 1.0
) -> dict[tuple[int, LinkageMethod], float]:
    """Days within which nine of ten cases of the season's procedures are decided, by method.

    The season's procedures alone take the method, as in a twin city; the people are those of the scenario, whatever
    multiple of its volume comes. A case that is undecided at the end counts as endless once it is older than its
    standard processing period, and not at all before.
    """
    seasonal = run.demand.seasonal_procedures
    demand = replace(run.demand, population=max(1, round(run.demand.population * factor)))
    found: dict[tuple[int, LinkageMethod], float] = {}
    for method in methods:
        taken = {**dict(run.policy.by_procedure), **dict.fromkeys(seasonal, method)}
        policy = replace(run.policy, by_procedure=tuple(sorted(taken.items())))
        virtual = VirtualRun(replace(run, demand=demand, policy=policy))
        virtual.advance(run.end)
        days: dict[int, list[float]] = {}
        for case in virtual.cases():
            number = case.filing.procedure
            lasted = _days(case, run.end, standard_days.get(number, inf)) if number in seasonal else None
            if lasted is not None:
                days.setdefault(number, []).append(lasted)
        found |= {(number, method): _most(lasted) for number, lasted in days.items()}
    return found


def _days(case: CasePlan, end: SimTime, standard: float) -> float | None:
    """From acceptance to decision; None where nothing can be said."""
    lines = [line for line in case.lines if line.at < end]
    if not lines:
        return None
    decided = [line.at for line in lines if line.action in _DECIDED]
    if decided:
        return (decided[0] - lines[0].at) / DAY_MS
    is_open = bool(TRANSITIONS[lines[-1].status])
    return inf if is_open and (end - lines[0].at) / DAY_MS > standard else None


def _most(days: list[float]) -> float:
    """The nearest-rank percentile."""
    return sorted(days)[ceil(_MOST_CASES * len(days)) - 1]
