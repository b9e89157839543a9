"""What goes into an office and what comes out of it."""

from dataclasses import dataclass
from typing import NamedTuple

from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import Change, TakenAs
from shinsei.domain.simtime import SimTime


class CaseOpened(NamedTuple):
    """Application management opens a case, once, with its method and the outcome of identification."""

    at: SimTime
    case_id: str
    procedure: int
    method: LinkageMethod
    identified: bool
    submitted_at: SimTime
    taken_as: TakenAs = TakenAs.WHOLE


class PaperArrived(NamedTuple):
    """A paper case reaches the office; derived from the run, never from a message."""

    at: SimTime
    case_id: str
    procedure: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWithdrawn:
    """The applicant withdraws; the office arbitrates between this and a registration."""

    at: SimTime
    case_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedOut:
    """The registry notes that the applicant has moved out; derived from the run, never from a message."""

    at: SimTime
    case_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCorrected:
    """The applicant's reply to a correction request has come in."""

    at: SimTime
    case_id: str
    n: int
    """Which request of the case it answers, from 0."""
    filed_at: SimTime
    """When it was filed at the portal: what counts against the deadline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTakesEffect:
    """A control change for the office (staff, robots)."""

    at: SimTime
    change: Change


Offer = CaseOpened | PaperArrived | CaseWithdrawn | MovedOut | CaseCorrected | ChangeTakesEffect


class WorkEvent(NamedTuple):
    """One thing that the office did to an online case; events sort in the order of the trace.

    A named tuple and no dataclass: an office makes seven of them a case, and these are made three times as fast.
    """

    at: SimTime
    rank: int
    """Place of the action among what happens at the same moment."""
    case_id: str
    n: int
    """How many times this action has happened to this case before."""
    action: Action
    status: Status
    """Status after the action."""
    method: LinkageMethod
    """The route on which it happened (an RPA exception is keyed as TRANSCRIPTION)."""
    detail: str = ""
    """Batch id, robot, reject reason: for people and for the core system, not for the trace."""
