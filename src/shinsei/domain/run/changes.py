"""Control changes: what alters a run while it goes on."""

from dataclasses import dataclass
from enum import StrEnum

from shinsei.domain.catalogue import Level, procedure
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod
from shinsei.domain.simtime import SimTime


class ChangeKind(StrEnum):
    """What a control change alters."""

    POLICY = "policy"
    """The linkage method of a procedure, for cases that are stored from then on."""
    STAFF = "staff"
    """The number of clerks, from the next opening of the office."""
    LINE = "line"
    """Line outage: ``value`` is its length in minutes."""
    ROBOTS = "robots"
    """The number of robots, from the next robot run."""
    REGISTRY_FEED = "registry_feed"
    """1: the registry's refreshes run as scheduled; 0: they are suppressed."""
    NARROW_LINE = "narrow_line"
    """``value`` percent of the line's bandwidth are left, for polls from then on."""
    SLOW_SCANNER = "slow_scanner"
    """A virus check behind the line takes ``value`` times as long, for polls from then on."""
    CORRUPT_PAYLOAD = "corrupt_payload"
    """Of ``value`` percent of the cases with files one file is held back behind the line, for polls from then on."""
    CORE_OFFLINE = "core_offline"
    """The core systems fail for ``value`` minutes, for which nobody was prepared."""
    BATCH_ABORTS = "batch_aborts"
    """The next ``value`` attempts to import a file abort."""
    BATCH_TWICE = "batch_twice"
    """The next ``value`` import files are handed over a second time."""


OFFICE_CHANGES = frozenset(
    {
        ChangeKind.STAFF,
        ChangeKind.ROBOTS,
        ChangeKind.CORE_OFFLINE,
        ChangeKind.BATCH_ABORTS,
        ChangeKind.BATCH_TWICE,
    }
)
"""Those that an office hears of; the others are for the stages ahead of it."""

_RANGES = {
    ChangeKind.STAFF: (0, 10_000),
    ChangeKind.ROBOTS: (0, 10_000),
    ChangeKind.LINE: (1, 366 * 24 * 60),
    ChangeKind.REGISTRY_FEED: (0, 1),
    ChangeKind.NARROW_LINE: (1, 100),
    ChangeKind.SLOW_SCANNER: (1, 10_000),
    ChangeKind.CORRUPT_PAYLOAD: (0, 100),
    ChangeKind.CORE_OFFLINE: (1, 366 * 24 * 60),
    ChangeKind.BATCH_ABORTS: (0, 1_000),
    ChangeKind.BATCH_TWICE: (0, 1_000),
}
"""Least and greatest value. A change is kept for good, so one that no office could carry out must never get in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A control change with its effective simulated time; kept for good in ``changes.toml``."""

    at: SimTime
    kind: ChangeKind
    n: int
    """Ordinal among the changes of the run, for order within one moment."""
    procedure: int = 0
    method: LinkageMethod | None = None
    value: int = 0


def check_change(wanted: Change) -> None:
    """Whether a change can be carried out, asked before it is taken.

    Raises:
        InvalidInputError: its value is out of range, or its procedure has no linkage method.
    """
    if wanted.kind is ChangeKind.POLICY:
        _check_policy(wanted)
        return
    least, greatest = _RANGES[wanted.kind]
    if not least <= wanted.value <= greatest:
        raise InvalidInputError(str(wanted.kind), f"must be from {least:,} to {greatest:,}, not {wanted.value:,}")


def _check_policy(wanted: Change) -> None:
    if wanted.method not in COMPARED_METHODS:
        raise InvalidInputError("policy", f"needs a linkage method, one of {', '.join(COMPARED_METHODS)}")
    if wanted.procedure and procedure(wanted.procedure).level is Level.PREFECTURAL:
        raise InvalidInputError(
            "policy", f"procedure {wanted.procedure} goes to the national one-stop service, by no linkage method"
        )
