"""What a season left behind, whoever made it: the live services or the plan in virtual time.

Summary, series and report read these values and nothing else.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from shinsei.domain.lifecycle import LEDGER_ENDS
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import Change, RunSpec, case_id
from shinsei.domain.simtime import SimTime
from shinsei.domain.trace import TraceLine
from shinsei.season.books import OfficeFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHistory:
    """One online case with every transition, in the order of the trace."""

    submission_id: str
    procedure: int
    lines: tuple[TraceLine, ...]

    @property
    def submitted_at(self) -> SimTime:
        """When the portal accepted it."""
        return self.lines[0].at


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinOutcome:
    """One twin city at the end of a season."""

    spec: RunSpec
    end: SimTime
    """Nothing at or after this moment belongs to the season."""
    cases: tuple[CaseHistory, ...]
    office: OfficeFigures
    changes: tuple[Change, ...] = ()
    late: int = 0
    """Cases that came behind the watermark."""

    @property
    def method(self) -> LinkageMethod:
        """The method under comparison here."""
        return self.spec.twin_method or self.spec.policy.default

    @property
    def lines(self) -> Iterable[TraceLine]:
        """Every transition that belongs to the season."""
        return (line for case in self.cases for line in case.lines if line.at < self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """``accepted = registered + ... + in_flight``; ``unaccounted`` is what a stage should know and does not."""

    accepted: int = 0
    registered: int = 0
    not_accepted: int = 0
    withdrawn: int = 0
    expired: int = 0
    transferred: int = 0
    dead_lettered: int = 0
    in_flight: int = 0
    unaccounted: int = 0

    def __add__(self, other: "Ledger") -> "Ledger":
        return Ledger(**{name: getattr(self, name) + getattr(other, name) for name in Ledger.__slots__})


@dataclass(frozen=True, slots=True, kw_only=True)
class RealTime:
    """What the stack took in real time; beside the simulated figures, never in them."""

    wall_s: float
    """From the first filing to the last watermark that came back, by this command."""
    completed: int
    """Cases registered by this command."""
    submit_to_registered_s: tuple[float, float] | None = None
    """p50 and p99 over the cases filed and registered by this command; None without one."""
    round_trip_s: tuple[float, float] | None = None
    """p50 and p99 of the real time from an accepted filing to its municipality's next returned watermark."""

    @property
    def completed_per_s(self) -> float:
        """Registered cases a real second."""
        return self.completed / self.wall_s if self.wall_s else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonOutcome:
    """All twins of one season, in the order of the methods."""

    run_id: str
    scenario: str
    seed: int
    twins: tuple[TwinOutcome, ...]
    ledgers: tuple[Ledger, ...]
    """One a twin, in the same order."""
    real: RealTime | None = None
    """None for a plan."""
    partial: bool = False
    """Interrupted before its end; it can be resumed."""
    refused: tuple[str, ...] = ()
    """Why the portal refused filings."""
    orphans: int = field(default=0)
    """Dead letters of no known id."""

    @property
    def ledger(self) -> Ledger:
        """The sum over the twins."""
        return sum(self.ledgers, Ledger())


def histories(lines: Iterable[TraceLine]) -> tuple[CaseHistory, ...]:
    """The lines of a trace, gathered case by case."""
    ordered = sorted(lines, key=lambda line: line.sort_key)
    return tuple(
        CaseHistory(submission_id=submission, procedure=procedure_of(submission), lines=tuple(group))
        for submission, group in groupby(ordered, key=lambda line: line.submission_id)
    )


def procedure_of(submission_id: str) -> int:
    """The procedure number in a submission id (``482013-10-000123``)."""
    return int(case_id(submission_id).partition("-")[0])


def ledger_of(cases: Iterable[CaseHistory], *, unaccounted: int = 0) -> Ledger:
    """The ledger of the cases of one run: each has one line, its first end."""
    lines = Counter(
        next((LEDGER_ENDS[line.status] for line in case.lines if line.status in LEDGER_ENDS), "in_flight")
        for case in cases
    )
    return Ledger(accepted=lines.total(), unaccounted=unaccounted, **lines)
