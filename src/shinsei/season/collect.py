"""Reads what a season left behind in the four services, once everything before its end has come back."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.season.books import decode_report, office_figures, robots_of
from shinsei.season.cases import case_times, percentile
from shinsei.season.gateway import Gateway
from shinsei.season.ledger import RunKey, read_ledger
from shinsei.season.outcome import CaseHistory, RealTime, SeasonOutcome, TwinOutcome, ledger_of
from shinsei.season.standing import Standing

_MS = 1000


async def collect(
    gateway: Gateway, standings: Sequence[Standing], end: SimTime, *, wall_s: float, partial: bool
) -> SeasonOutcome:
    """The outcome up to ``end``; histories, books and ledger are read one twin after another."""
    twins: list[TwinOutcome] = []
    ledgers = []
    for standing in standings:
        twin = await _twin(gateway, standing.spec, end)
        twins.append(replace(twin, late=standing.progress.late))
        key = RunKey(run_id=standing.spec.run_id, municipality=standing.spec.municipality)
        stages = await read_ledger(gateway, key)
        ledgers.append(ledger_of(twin.cases, unaccounted=stages.ledger.unaccounted))
    spec = standings[0].spec
    return SeasonOutcome(
        run_id=spec.run_id,
        scenario=spec.scenario,
        seed=spec.seed,
        twins=tuple(twins),
        ledgers=tuple(ledgers),
        real=real_time(standings, twins, wall_s),
        partial=partial,
        refused=tuple(reason for standing in standings for reason in standing.refused),
    )


async def _twin(gateway: Gateway, spec: RunSpec, end: SimTime) -> TwinOutcome:
    cases = _until(await gateway.histories(spec), end)
    changes = await gateway.changes(spec)
    _, report = await gateway.office_report(spec)
    return TwinOutcome(
        spec=spec,
        end=end,
        cases=cases,
        office=office_figures(decode_report(report), end=end, robots=robots_of(spec)),
        changes=changes,
    )


def _until(cases: Iterable[CaseHistory], end: SimTime) -> tuple[CaseHistory, ...]:
    """The cases accepted before ``end``, with what happened to them before it."""
    return tuple(
        replace(case, lines=tuple(line for line in case.lines if line.at < end))
        for case in cases
        if case.submitted_at < end
    )


def real_time(standings: Sequence[Standing], twins: Sequence[TwinOutcome], wall_s: float) -> RealTime:
    """What this command took in real time; cases that an earlier command filed are left out."""
    waits: list[float | None] = []
    completed = 0
    for standing, twin in zip(standings, twins, strict=True):
        began = standing.returns[0][0]
        for case in map(case_times, twin.cases):
            if case.registered_at is None or case.registered_at < began:
                continue
            completed += 1
            accepted, known = standing.accepted_real_ms(case.submitted_at), standing.known_real_ms(case.registered_at)
            if accepted is not None and known is not None:
                waits.append((known - accepted) / _MS)
    trips: list[float | None] = [
        (known - accepted) / _MS
        for standing in standings
        for stamp, accepted in standing.chunks
        if (known := standing.known_real_ms(stamp)) is not None
    ]
    return RealTime(wall_s=wall_s, completed=completed, submit_to_registered_s=_pair(waits), round_trip_s=_pair(trips))


def _pair(values: Sequence[float | None]) -> tuple[float, float] | None:
    p50, p99 = percentile(values, 0.5), percentile(values, 0.99)
    return None if p50 is None or p99 is None else (p50, p99)
