"""What the core systems receive, do and send, as plain values. Times are simulated time throughout."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from shinsei.domain.applicants import ReactionKind
from shinsei.domain.history import CaseTransition
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import Change, RunSpec, TakenAs
from shinsei.domain.simtime import SimTime


class RunKey(NamedTuple):
    """One municipality's run."""

    run_id: str
    municipality: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who works on a partition: the taker of this epoch."""

    partition: int
    epoch: int


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
    accepted_before: SimTime
    """Every case that the portal accepted before this has arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeArrived:
    """A control change, ahead of the watermark that covers it."""

    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRequested:
    """Application management opens a case."""

    submission_id: str
    receipt_number: str
    procedure: int
    method: LinkageMethod
    """The method chosen for it; an exception may let it be keyed all the same."""
    resident_number: str
    """Empty where automatic identification failed."""
    identified: bool
    submitted_at: SimTime
    opened_at: SimTime
    fields: Mapping[str, str] = field(repr=False)
    """Form data for a core system that can import; empty for what is read from the inquiry screen."""
    taken_as: TakenAs = TakenAs.WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionArrived:
    """What an applicant did after filing: a reply or a withdrawal."""

    submission_id: str
    kind: ReactionKind
    n: int
    """Which correction request a reply answers, from 0; 0 for a withdrawal."""
    filed_at: SimTime
    fetched_at: SimTime


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedMessage:
    """What cannot be used and goes to the dead letters."""

    submission_id: str | None
    """The case that it was about, where the message still says so."""
    at: SimTime
    """The case's own time, not the moment of the discovery."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStep:
    """What the office did to one case in one step."""

    submission_id: str
    transitions: tuple[CaseTransition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A case as it enters its core system."""

    submission_id: str
    core_system: str
    method: LinkageMethod
    """The route on which it was registered."""
    registered_at: SimTime
    resident_number: str
    """For a case that a clerk identified; the registry's own knowledge."""
    fields: Mapping[str, str] | None = field(repr=False)
    """As read from the inquiry screen; None: those that came with the case."""
    batch_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """What an office is rebuilt from."""

    spec: RunSpec
    watermark: SimTime
    last_number: int
    cases: tuple[CaseRequested, ...]
    """Without their fields, which an office does not read."""
    changes: tuple[Change, ...]
    reactions: tuple[ReactionArrived, ...] = ()
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Everything that one transaction keeps."""

    opened: RunSpec | None
    cases: tuple[CaseRequested, ...]
    reactions: tuple[ReactionArrived, ...] = ()
    changes: tuple[tuple[int, Change], ...]
    """(number, change)."""
    dead: tuple[str, ...]
    """Submission ids whose messages went to the dead letters."""
    registrations: tuple[Registration, ...]
    done: tuple[CaseStep, ...]
    last_number: int
    watermark: WatermarkRose | None
    ended: bool


CoreMessage = RunOpened | RunEnded | WatermarkRose | ChangeArrived | CaseRequested | ReactionArrived | RefusedMessage
Body_co = TypeVar("Body_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival(Generic[Body_co]):
    """A message and its place in the municipality's log."""

    number: int
    delivered: object
    """The record as it was delivered; opaque here, handed back to whoever accepts or dead-letters it."""
    body: Body_co
    sent_ms: int = 0
    """Real time at which its writer committed it: for what a stage takes, and nothing else."""
