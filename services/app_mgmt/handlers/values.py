"""What application management receives, decides and sends, as plain values.

Times are simulated time throughout. ``payload`` is the encoded application as it came, so that nothing is
taken apart and put together again on its way to the database.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from shinsei.domain.applicants import ReactionKind
from shinsei.domain.history import CaseTransition
from shinsei.domain.lifecycle import Status
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import Change, RunSpec, TakenAs
from shinsei.domain.simtime import SimTime


class RunKey(NamedTuple):
    """One municipality's run."""

    run_id: str
    municipality: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOpened:
    """The head of a municipality's log."""

    spec: RunSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded:
    """The last message of a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatermarkRose:
    """Nothing earlier than ``at`` follows."""

    at: SimTime
    accepted_before: SimTime = SimTime(0)
    """On the way to the core systems: every case that the portal accepted before this has been sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeArrived:
    """A control change, ahead of the watermark that covers it."""

    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionArrived:
    """What an applicant did after filing: a reply or a withdrawal, for the office to act on."""

    submission_id: str
    receipt_number: str
    kind: ReactionKind
    n: int
    """Which correction request a reply answers, from 0; 0 for a withdrawal."""
    filed_at: SimTime
    fetched_at: SimTime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedApplication:
    """Application data taken over by the linkage server."""

    submission_id: str
    receipt_number: str
    procedure: int
    serial_number: str
    """The key under which the mapping has the person concerned: the signer's serial number, or for a proxy's form
    in long-term care insured number and date of birth. Empty where only a clerk can tell."""
    submitted_at: SimTime
    fetched_at: SimTime
    payload: bytes = field(repr=False)
    taken_as: TakenAs = TakenAs.WHOLE
    fields: Any = field(default=None, repr=False, compare=False)
    """The form's fields, while they are at hand; else they are in the payload."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedMessage:
    """What cannot be used and goes to the dead letters."""

    submission_id: str | None
    """The case that it was about, where the message still says so."""
    receipt_number: str = ""
    at: SimTime
    """The case's own time, not the moment of the discovery."""
    reason: str
    payload: bytes = field(default=b"", repr=False)


Forwarded = tuple[tuple[int, int, int], Any]
"""A transition on its way to the portal: its order within the case, and its message, into which nobody here looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDone:
    """What the office did to one case in one step."""

    submission_id: str
    transitions: tuple[CaseTransition, ...]
    messages: Sequence[Any] = field(repr=False)
    """The same as they came, for passing on."""
    payload: bytes = field(repr=False)
    """The encoded transitions: a row of the case's history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRequest:
    """A case is opened in the office, once."""

    application: ReceivedApplication
    method: LinkageMethod
    resident_number: str
    """Empty where automatic identification failed."""
    identified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """Transitions of one case, in order, for the portal."""

    submission_id: str
    receipt_number: str
    transitions: Sequence[Forwarded]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What application management decided about one application when it was stored."""

    application: ReceivedApplication
    transitions: tuple[CaseTransition, ...]
    method: LinkageMethod | None
    """None for a case that went to the dead letters."""
    resident_number: str = ""
    identified: bool = False

    @property
    def status(self) -> Status:
        """Where the case stands after the decision."""
        return self.transitions[-1].status


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeRun:
    """A run as the intake finds it in the database."""

    spec: RunSpec
    changes: tuple[Change, ...]
    closed: bool
    last_number: int
    """Number of the last message taken in."""
    watermark: SimTime
    refreshed_until: SimTime
    """The last refresh of the registry's mapping that has been delivered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedCase:
    """What the status path needs to know of a case."""

    receipt_number: str
    submitted_at: SimTime
    stored_at: SimTime
    method: LinkageMethod | None


IntakeMessage = (
    RunOpened | RunEnded | WatermarkRose | ChangeArrived | ReceivedApplication | ReactionArrived | RefusedMessage
)
TrackingMessage = WorkDone | WatermarkRose
Outgoing = RunOpened | RunEnded | WatermarkRose | ChangeArrived | WorkRequest | ReactionArrived
Body_co = TypeVar("Body_co", covariant=True)


class Arrival(NamedTuple, Generic[Body_co]):
    """A message and its place in the municipality's log."""

    number: int
    delivered: object
    """The record as it was delivered; opaque here, handed back to whoever accepts or dead-letters it."""
    body: Body_co
    sent_ms: int = 0
    """Real time at which its writer committed it: for what a stage takes, and nothing else."""


def once_each(arrivals: Iterable[Arrival[Body_co]], numbers: Collection[int]) -> list[Arrival[Body_co]]:
    """The arrivals of these numbers, the first of each.

    A relay that died before it forgot has sent twice, and both copies may lie in one stretch of the log.
    """
    first: dict[int, Arrival[Body_co]] = {}
    for arrival in arrivals:
        if arrival.number in numbers:
            first.setdefault(arrival.number, arrival)
    return list(first.values())
