"""Values that the linkage server's use cases pass around."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shinsei.domain.polling import EntryKind, kind_of
from shinsei.domain.run import Change, RunSpec, TakenAs
from shinsei.domain.simtime import SimTime


class LostPartitionError(Exception):
    """Another process owns the partition now; what is under way here must stop."""


EntryKey = tuple[str, int]
"""Receipt number and n."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRun:
    """A run as the portal lists it."""

    run_id: str
    municipality: str
    spec: bytes
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedEntry:
    """An entry of a listing: a submission, a reply, a withdrawal, or a control change."""

    receipt_number: str
    n: int
    stamp: SimTime
    submission_id: str
    files: int
    size: int
    change: Change | None
    """None for all else."""

    @property
    def kind(self) -> EntryKind:
        """What it is."""
        return kind_of(self.n, is_change=self.change is not None)

    @property
    def key(self) -> EntryKey:
        """What is acknowledged."""
        return self.receipt_number, self.n


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Everything not acknowledged that was filed before the watermark."""

    watermark: SimTime
    entries: Sequence[ListedEntry]
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenEntry:
    """An entry that a poll has taken, with the moment at which it is behind the virus check."""

    receipt_number: str
    n: int
    stamp: SimTime
    submission_id: str
    poll_at: SimTime
    fetched_at: SimTime
    change: Change | None

    @property
    def kind(self) -> EntryKind:
        """What it is."""
        return kind_of(self.n, is_change=self.change is not None)

    @property
    def key(self) -> EntryKey:
        """What is acknowledged."""
        return self.receipt_number, self.n


@dataclass(frozen=True, slots=True, kw_only=True)
class Polls:
    """Several polls at once: what they take, and where they leave the line."""

    upto: SimTime
    """Time of the last one."""
    working: SimTime | None
    """The last one at which the line was up."""
    count: int
    failed: int
    """How many met an outage."""
    busy_until: SimTime
    entries: Sequence[TakenEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class PollState:
    """How far the polls of a run have come."""

    started: bool
    """``RunStarted`` has been written."""
    polled: SimTime | None
    published: SimTime | None
    working: SimTime | None
    complete: SimTime | None
    """Last poll handed on that met no outage: every case accepted before it has been handed on."""
    busy_until: SimTime


@dataclass(frozen=True, slots=True, kw_only=True)
class PushState:
    """How far the pushes of a run have come."""

    status: SimTime
    """Watermark of the statuses that have come from application management."""
    number: int
    pushed: SimTime
    pushed_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run as it is stored."""

    key: int
    run_id: str
    municipality: str
    partition: int
    spec: RunSpec
    spec_bytes: bytes
    finished: bool
    poll: PollState
    push: PushState


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentRef:
    """An attachment whose bytes exist at the portal."""

    n: int
    """Its place among the attachments of the case."""
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An application as it came from the portal."""

    receipt_number: str
    attachments: Sequence[AttachmentRef]
    """Those whose bytes exist."""
    files: Sequence[str]
    """Names of all attachments."""
    message: Any = field(repr=False)
    """As it came; nobody here looks into it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """An entry ready to be handed on."""

    entry: TakenEntry
    application: Any = field(default=None, repr=False)
    """As it came; None for all but a submission."""
    payloads: Sequence[str] = ()
    """Names in the payload store."""
    taken_as: TakenAs = TakenAs.WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStatus:
    """What one case went through, as it waits for its push."""

    first_at: SimTime
    payload: bytes
    """The encoded ``StatusChanged``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusBatch:
    """What a batch of records says about one run."""

    statuses: Sequence[NewStatus]
    watermark: SimTime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BufferedUpdate:
    """A status update with the number under which the portal takes it, once."""

    number: int
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCount:
    """How many cases a stage knows, and which, as a fingerprint."""

    known: int
    fingerprint: int
