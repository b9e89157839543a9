"""Control changes: what alters a run while it goes on."""

from dataclasses import dataclass
from enum import StrEnum

from shinsei.domain.linkage_method import LinkageMethod
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


OFFICE_CHANGES = frozenset({ChangeKind.STAFF, ChangeKind.ROBOTS})
"""Those that an office hears of; the others are for the stages ahead of it."""


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
