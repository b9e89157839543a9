"""Values that the portal's use cases pass around."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from shinsei.domain.application_check import CheckedForm
from shinsei.domain.errors import ConflictError, ShinseiError, UnavailableError
from shinsei.domain.lifecycle import Action
from shinsei.domain.polling import EntryKind
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import SimTime


class BusyError(UnavailableError):
    """Too much is waiting already; the same call is welcome a little later."""

    def __init__(self, what: str, retry_after_ms: int) -> None:
        self.what = what
        self.retry_after_ms = retry_after_ms
        super().__init__(f"{what}; try again in {retry_after_ms} ms")


class UnauthenticatedError(ShinseiError):
    """No valid token came with a call of the pull interface."""


class ForbiddenError(ShinseiError):
    """The token does not speak for this municipality."""


class AlreadyOpenError(ConflictError):
    """Another run is open for this municipality."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimClock:
    """The clock of a standing run: it showed ``sim`` at the real moment ``real_ms``. It only paces the run."""

    real_ms: int
    sim: SimTime
    speed: float
    """Simulated over real seconds; 0 stands still."""

    def at(self, real_ms: int) -> SimTime:
        """Simulated time at a real moment."""
        return SimTime(self.sim + int((real_ms - self.real_ms) * self.speed))

    def real_s_until(self, sim: SimTime, real_ms: int) -> float:
        """Real seconds from a real moment until the clock shows ``sim``; never, if it stands still."""
        if self.speed == 0:
            return 0.0 if sim <= self.sim else float("inf")
        return max(0.0, (self.real_ms + (sim - self.sim) / self.speed - real_ms) / 1000)

    def with_speed(self, speed: float, real_ms: int) -> "SimClock":
        """The same clock, going on at another speed from a real moment."""
        return SimClock(real_ms=real_ms, sim=self.at(real_ms), speed=speed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """What has become of a run's cases, as far as it has come back."""

    registered: int = 0
    decided: int = 0
    ended: int = 0
    """Ended otherwise than by a decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run as it is stored."""

    key: int
    run_id: str
    municipality: str
    spec: RunSpec
    spec_bytes: bytes
    closed: bool
    frontier: SimTime
    watermark: SimTime
    returned: SimTime
    pushed_number: int = 0
    accepted: int = 0
    late: int = 0
    counters: Counters = field(default_factory=Counters)
    clock: SimClock | None = None
    given: SimTime | None = None
    """Highest watermark that a clock-paced run has told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredDigest:
    """An attachment whose bytes have been uploaded, by the applicant's word."""

    name: str
    size: int
    sha256: str


class Seal(NamedTuple):
    """How an application was signed."""

    content: bytes
    """The application as it was signed."""
    certificate: bytes
    signature: bytes

    def __repr__(self) -> str:
        """Without what is in it, which is personal."""
        return "Seal()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """An application as it came in."""

    submission_id: str
    run_id: str
    """Empty: whichever run is open for the municipality."""
    form: CheckedForm
    wanted_at: SimTime
    """Set by the driver of a season; 0 otherwise."""
    uploads: tuple[DeclaredDigest, ...]
    payload: bytes = field(repr=False)
    """The application as it travels on, without what the portal adds."""
    seal: Seal | None = None
    """None: it came unsigned."""


class Stamped(NamedTuple):
    """A submission with the moment at which the portal took it."""

    run_key: int
    at: SimTime
    submission: Submission


class Accepted(NamedTuple):
    """The portal's answer to a submission."""

    receipt_number: str
    submitted_at: SimTime
    duplicate: bool
    late: bool = False
    serial_number: str = ""
    """Under which it was filed before, where it is a duplicate."""

    def __repr__(self) -> str:
        """Without the serial number, which is personal."""
        return (
            f"Accepted(receipt_number={self.receipt_number!r}, submitted_at={self.submitted_at}, "
            f"duplicate={self.duplicate}, late={self.late})"
        )


Outcome = Accepted | ShinseiError


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """When a reply or a withdrawal was filed."""

    at: SimTime
    duplicate: bool
    """It was there before."""


EntryPlace = tuple[int, str, int]
"""Stamp, receipt number and n: the order of a listing."""


class Entry(NamedTuple):
    """What a municipality pulls: a submission, a reply, a withdrawal, or a control change."""

    receipt_number: str
    n: int
    kind: EntryKind
    stamp: SimTime
    submission_id: str
    files: int
    size: int
    change: bytes | None

    @property
    def place(self) -> EntryPlace:
        """Where it stands in a listing."""
        return (self.stamp, self.receipt_number, self.n)


class StoredApplication(NamedTuple):
    """An application on its way to the municipality."""

    receipt_number: str
    submitted_at: SimTime
    payload: bytes

    def __repr__(self) -> str:
        """Without what is in it, which is personal."""
        return f"StoredApplication(receipt_number={self.receipt_number!r}, submitted_at={self.submitted_at})"


class Update(NamedTuple):
    """What one case went through, pushed back by the municipality."""

    number: int
    submission_id: str
    actions: Sequence[Action]
    payload: bytes
    corrections: Sequence[tuple[int, SimTime]] = ()
    """Correction requests among them: how many before, and moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An accepted application, as its applicant asks for it."""

    run_key: int
    receipt_number: str
    submission_id: str
    procedure: int
    submitted_at: SimTime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHistory:
    """A case with the updates that came back, in order."""

    submission_id: str
    receipt_number: str
    procedure: int
    submitted_at: SimTime
    updates: Sequence[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCount:
    """How many cases a stage knows, and which, as a fingerprint."""

    known: int
    fingerprint: int
