"""What must hold when chaos is over: nothing lost, nothing doubled, every case in order, the plan's trace."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import asyncpg
from tests.chaos.load import Load

from shinsei.domain.lifecycle import TRANSITIONS, Action, Status
from shinsei.domain.plan import VirtualRun
from shinsei.domain.run import Change, ChangeKind, RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.domain.trace import TraceLine
from shinsei.season.gateway import Gateway
from shinsei.season.ledger import PORTAL, RunKey, read_ledger
from shinsei.season.outcome import CaseHistory, Ledger

_EVER: Final = SimTime(2**53)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of the applications of some runs; all but the first two must be 0."""

    applications: int = 0
    late: int = 0
    """Stamped behind a watermark already told: allowed in a load, not in a season."""
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    trace_differences: int = 0
    """Lines of the live trace that the plan has not, and the other way round."""

    def __add__(self, other: "Verdict") -> "Verdict":
        return Verdict(**{name: getattr(self, name) + getattr(other, name) for name in Verdict.__slots__})


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What every part says of one run that is over."""

    ledger: Ledger
    late: int
    histories: Sequence[CaseHistory]
    double_rows: int
    """Registrations of a case beyond the first, in the books of the core systems."""
    accepted: AbstractSet[str] = frozenset()
    """Submission ids that the portal has; as those that follow, only where they are asked for."""
    registered: AbstractSet[str] = frozenset()
    """Submission ids that the core systems have."""


async def judge_load(gateway: Gateway, load: Load, core_dsn: str) -> Verdict:
    """The runs of a load that is over and has been through: what applicants were told against every book there is."""
    books = {spec.municipality: await _read(gateway, spec, core_dsn, with_ids=True) for spec in load.specs}
    return verdict_of_load(load.filed.receipts, load.filed.changed, books)


async def judge_season(gateway: Gateway, specs: Sequence[RunSpec], core_dsn: str) -> Verdict:
    """The runs of a season that is over: its books, and its trace against the plan with the same changes."""
    total = Verdict()
    for spec in specs:
        planned = _planned(spec, await gateway.changes(spec))
        total += verdict_of_season(await _read(gateway, spec, core_dsn), planned, spec.end)
    return total


def felt(spec: RunSpec, changes: Sequence[Change]) -> set[ChangeKind]:
    """Kinds of the changes of a run without which its plan would be another."""
    planned = _planned(spec, changes)
    kinds = {change.kind for change in changes}
    return {kind for kind in kinds if _planned(spec, [one for one in changes if one.kind is not kind]) != planned}


def _planned(spec: RunSpec, changes: Sequence[Change]) -> list[TraceLine]:
    plan = VirtualRun(spec, changes)
    plan.advance(spec.end)
    return list(plan.lines(spec.end))


def verdict_of_load(told: Mapping[str, str], changed: Sequence[str], books: Mapping[str, Books]) -> Verdict:
    """Of what applicants were told, against the books of each municipality.

    Args:
        told: receipt number by submission id.
        changed: submission ids that were told another one afterwards.
        books: by municipality.
    """
    shared = sum(number - 1 for number in Counter(told.values()).values())
    total = Verdict(applications=len(told), doubled=len(changed) + shared)
    for municipality, book in books.items():
        mine = {one for one in told if one.startswith(f"{municipality}-")}
        invented = len(book.accepted - mine) + len(book.registered - book.accepted)
        total += Verdict(
            late=book.late,
            lost=len(mine - book.accepted) + book.ledger.unaccounted + book.ledger.in_flight,
            doubled=invented + doubled(book.histories) + book.double_rows,
            out_of_order=out_of_order(book.histories),
        )
    return total


def verdict_of_season(books: Books, planned: Iterable[TraceLine], end: SimTime) -> Verdict:
    """Of one run of a season, against its plan up to its end."""
    live = [line for case in books.histories for line in case.lines if line.at < end]
    return Verdict(
        applications=books.ledger.accepted,
        late=books.late,
        lost=books.ledger.unaccounted,
        doubled=doubled(books.histories) + books.double_rows,
        out_of_order=out_of_order(books.histories),
        trace_differences=differences(live, planned),
    )


async def _read(gateway: Gateway, spec: RunSpec, core_dsn: str, *, with_ids: bool = False) -> Books:
    key = RunKey(run_id=spec.run_id, municipality=spec.municipality)
    ids = (
        {
            "accepted": await gateway.ids(PORTAL, key, before=_EVER),
            "registered": await gateway.ids("core_systems", key, before=_EVER, line="registered"),
        }
        if with_ids
        else {}
    )
    return Books(
        ledger=(await read_ledger(gateway, key)).ledger,
        late=(await gateway.progress(spec, after=SimTime(0), wait_ms=0)).late,
        histories=await gateway.histories(spec),
        double_rows=await _double_rows(core_dsn, spec),
        **ids,
    )


def differences(live: Iterable[TraceLine], planned: Iterable[TraceLine]) -> int:
    """Lines that only one of two traces has."""
    one, other = Counter(live), Counter(planned)
    return ((one - other) + (other - one)).total()


def doubled(histories: Iterable[CaseHistory]) -> int:
    """Registrations beyond the first of a case."""
    times = (sum(line.action is Action.REGISTER for line in case.lines) for case in histories)
    return sum(max(0, number - 1) for number in times)


def out_of_order(histories: Iterable[CaseHistory]) -> int:
    """Cases whose transitions, in the order of their times, are none that the lifecycle allows."""
    return sum(not _is_in_order(case.lines) for case in histories)


def _is_in_order(lines: Sequence[TraceLine]) -> bool:
    status: Status | None = None
    for _, moment in groupby(lines, key=lambda line: line.at):
        status = _after(status, tuple(moment))
        if status is None:
            return False
    return True


def _after(status: Status | None, lines: Sequence[TraceLine]) -> Status | None:
    """Status after what happened in one moment, in whichever order is allowed; None if there is none."""
    if not lines:
        return status
    for place, line in enumerate(lines):
        if TRANSITIONS.get(status, {}).get(line.action) is line.status:
            found = _after(line.status, (*lines[:place], *lines[place + 1 :]))
            if found is not None:
                return found
    return None


async def _double_rows(core_dsn: str, spec: RunSpec) -> int:
    connection = await asyncpg.connect(core_dsn)
    try:
        return int(
            await connection.fetchval(
                "SELECT count(*) - count(DISTINCT submission_id) FROM registration g JOIN run r ON r.key = g.run_key"
                " WHERE r.run_id = $1 AND r.municipality = $2",
                spec.run_id,
                spec.municipality,
            )
        )
    finally:
        await connection.close()
