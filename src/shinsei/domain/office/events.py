"""What goes into an office and what comes out of it."""

from dataclasses import dataclass

from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.native import mypyc_attr
from shinsei.domain.run import Change, TakenAs
from shinsei.domain.simtime import SimTime


@mypyc_attr(acyclic=True)
class Told:
    """What is never changed once it is told, compared by what it says.

    No dataclasses: of these an office takes and makes eight a case, and compiled they are made and read several times
    as fast.
    """

    __slots__ = ()

    def fields(self) -> tuple[object, ...]:
        """What it says."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Told) and type(self) is type(other) and self.fields() == other.fields()

    def __hash__(self) -> int:
        return hash(self.fields())

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self.fields()}"


@mypyc_attr(acyclic=True)
class CaseOpened(Told):
    """Application management opens a case, once, with its method and the outcome of identification."""

    __slots__ = ("at", "case_id", "identified", "method", "procedure", "submitted_at", "taken_as")

    def __init__(  # noqa: PLR0917 - by place, as is fastest
        self,
        at: SimTime,
        case_id: str,
        procedure: int,
        method: LinkageMethod,
        identified: bool,  # noqa: FBT001
        submitted_at: SimTime,
        taken_as: TakenAs = TakenAs.WHOLE,
    ) -> None:
        self.at = at
        self.case_id = case_id
        self.procedure = procedure
        self.method = method
        self.identified = identified
        self.submitted_at = submitted_at
        self.taken_as = taken_as

    def fields(self) -> tuple[object, ...]:
        """What it says."""
        of_case = (self.procedure, self.method, self.identified, self.submitted_at, self.taken_as)
        return (self.at, self.case_id, *of_case)


@mypyc_attr(acyclic=True)
class PaperArrived(Told):
    """A paper case reaches the office; derived from the run, never from a message."""

    __slots__ = ("at", "case_id", "procedure")

    def __init__(self, at: SimTime, case_id: str, procedure: int) -> None:
        self.at = at
        self.case_id = case_id
        self.procedure = procedure

    def fields(self) -> tuple[object, ...]:
        """What it says."""
        return (self.at, self.case_id, self.procedure)


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


@mypyc_attr(acyclic=True)
class WorkEvent(Told):
    """One thing that the office did to an online case."""

    __slots__ = ("action", "at", "case_id", "detail", "method", "n", "rank", "status")

    def __init__(  # noqa: PLR0917 - by place, as is fastest
        self,
        at: SimTime,
        rank: int,
        case_id: str,
        n: int,
        action: Action,
        status: Status,
        method: LinkageMethod,
        detail: str = "",
    ) -> None:
        self.at = at
        self.rank = rank
        """Place of the action among what happens at the same moment."""
        self.case_id = case_id
        self.n = n
        """How many times this action has happened to this case before."""
        self.action = action
        self.status = status
        """Status after the action."""
        self.method = method
        """The route on which it happened (an RPA exception is keyed as TRANSCRIPTION)."""
        self.detail = detail
        """Batch id, robot, reject reason: for people and for the core system, not for the trace."""

    def is_before(self, other: "WorkEvent") -> bool:
        """Whether it comes first, in the order of the trace, of what has happened at the same moment."""
        if self.rank != other.rank:
            return self.rank < other.rank
        return self.n < other.n if self.case_id == other.case_id else self.case_id < other.case_id

    def fields(self) -> tuple[object, ...]:
        """What it says."""
        of_case = (self.case_id, self.n, self.action, self.status, self.method, self.detail)
        return (self.at, self.rank, *of_case)
