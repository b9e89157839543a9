"""How a season that is under way may go on: the rest of it replayed in virtual time, with other lots.

A replay takes what was filed so far as it was filed, and the control changes as they were made. What is still to come
is drawn anew, and so is every lot of the office: the season's own future is not looked at. Several replays give the
spread of the date on which everything filed in time is through.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import median_high

from shinsei.domain import demand
from shinsei.domain.lifecycle import TRANSITIONS, Action
from shinsei.domain.plan import CasePlan, VirtualRun
from shinsei.domain.run import Change, Filing, RunSpec
from shinsei.domain.simtime import SimTime, day_number

_RENAMED = 500_000
"""Added to the ordinal of a case that is drawn anew, so that it is nobody else's."""


class Prospect(StrEnum):
    """How a season stands."""

    SAFE = "safe"
    """Through by the target in every replay."""
    AT_RISK = "at_risk"
    """Through by the target in some of the replays."""
    LOST = "lost"
    """Not through by the target in any replay."""
    UNKNOWN = "unknown"
    """Not replayed yet."""
    THROUGH = "through"
    """Nothing of what was filed in time waits any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be foreseen."""

    spec: RunSpec
    changes: tuple[Change, ...]
    """Made so far."""
    now: SimTime
    deadline: SimTime
    """The moment after the last day of filing."""
    target: SimTime
    """The moment by which everything filed in time is to be registered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """One way in which the season may end."""

    through: int | None
    """Number of the day on which everything filed in time is registered or ended; None: not before the run's end."""
    left_at_target: int
    """Cases filed in time that wait at the target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What the replays say together."""

    prospect: Prospect
    replays: int = 0
    met: int = 0
    """Replays that are through by the target."""
    early: int | None = None
    """Day of the first replay to be through; None for none before the run's end."""
    likely: int | None = None
    late: int | None = None
    left_at_target: int = 0


def replay(question: Question, seed: int) -> Replay:
    """One replay; the same question and seed give the same."""
    run = _begun(question, seed)
    ends: list[SimTime | None] = []
    for until in sorted({_judged_at(question), question.spec.end}):
        run.advance(until)
        ends = _ends(run, question)
        if until >= question.deadline and None not in ends:
            break
    done = [at for at in ends if at is not None]
    through = None
    if len(done) == len(ends):
        through = day_number(max(done, default=question.now))
    return Replay(through=through, left_at_target=_left(ends, question))


def left_at_target(question: Question, seed: int) -> int:
    """What a replay leaves at the target; it goes no further."""
    run = _begun(question, seed)
    run.advance(_judged_at(question))
    return _left(_ends(run, question), question)


def forecast(replays: Sequence[Replay]) -> Forecast:
    """What several replays say together."""
    if not replays:
        return Forecast(prospect=Prospect.UNKNOWN)
    met = sum(one.left_at_target == 0 for one in replays)
    days = sorted((one.through for one in replays), key=lambda day: (day is None, day or 0))
    return Forecast(
        prospect=Prospect.SAFE if met == len(replays) else Prospect.AT_RISK if met else Prospect.LOST,
        replays=len(replays),
        met=met,
        early=days[0],
        likely=days[len(days) // 2],
        late=days[-1],
        left_at_target=median_high(one.left_at_target for one in replays),
    )


def _begun(question: Question, seed: int) -> VirtualRun:
    return VirtualRun(replace(question.spec, seed=seed), question.changes, _filings(question, seed))


def _judged_at(question: Question) -> SimTime:
    return min(question.target, question.spec.end)


def _ends(run: VirtualRun, question: Question) -> list[SimTime | None]:
    """When each case filed in time was through; None of one that waits."""
    return [_end(case) for case in run.cases() if case.filing.at < question.deadline]


def _left(ends: Sequence[SimTime | None], question: Question) -> int:
    return sum(at is None or at >= question.target for at in ends)


def _filings(question: Question, seed: int) -> list[Filing]:
    """What came before now as it came, and what comes from now on drawn anew."""
    known = [filing for filing in demand.filings(question.spec) if (filing.original or filing).at < question.now]
    drawn = demand.filings(replace(question.spec, seed=seed))
    to_come = _renamed(filing for filing in drawn if (filing.original or filing).at >= question.now)
    return sorted((*known, *to_come), key=lambda filing: (filing.at, filing.case_id))


def _renamed(filings: Iterator[Filing]) -> Iterator[Filing]:
    for filing in filings:
        original = None if filing.original is None else next(_renamed(iter((filing.original,))))
        number, ordinal, *rest = filing.case_id.split("-")
        name = "-".join((number, f"{int(ordinal) + _RENAMED:06d}", *rest))
        yield replace(filing, case_id=name, original=original)


def _end(case: CasePlan) -> SimTime | None:
    """When a case was registered, or ended before it."""
    ends = (line.at for line in case.lines if line.action is Action.REGISTER or not TRANSITIONS[line.status])
    return next(ends, None)
