"""What the portal's use cases need from outside."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Protocol

from portal_sim.handlers.model import (
    Accepted,
    Case,
    CaseHistory,
    Counters,
    DeclaredDigest,
    Entry,
    EntryPlace,
    Filed,
    Outcome,
    RunRow,
    Seal,
    SimClock,
    StageCount,
    Stamped,
    StoredApplication,
    Update,
)
from shinsei.domain.applicants import Reaction
from shinsei.domain.certificates import Validity
from shinsei.domain.errors import SignatureError
from shinsei.domain.run import Change, RunSpec
from shinsei.domain.simtime import SimTime


class RealClock(Protocol):
    """Real time."""

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch."""


class RunStore(Protocol):
    """Runs, their watermarks and changes."""

    async def load(self) -> tuple[Sequence[RunRow], Mapping[int, Sequence[Change]]]:
        """Every run, and the changes by run key."""

    async def open(self, spec: RunSpec, spec_bytes: bytes, clock: SimClock | None) -> RunRow | None:
        """Stores a new run; None if the run is there already.

        Raises:
            AlreadyOpenError: another run of the municipality is open.
        """

    async def commit_frontier(self, key: int, frontier: SimTime) -> SimTime | None:
        """The frontier now; None if the run is closed."""

    async def raise_watermark(self, key: int, watermark: SimTime) -> SimTime | None:
        """The watermark now; None if the run is closed or its frontier is behind."""

    async def save_given(self, key: int, watermark: SimTime) -> None:
        """A clock-paced run is about to tell this watermark."""

    async def save_clock(self, key: int, clock: SimClock) -> None:
        """The clock of a standing run has been set."""

    async def add_change(self, key: int, change_id: str, decide: "ChangeDecision") -> Change | None:
        """Commits a change decided under the run's lock, with its entry; None if the run is closed.

        The change that is kept under this id already, if there is one; an empty id is nobody's.
        """

    async def close(self, key: int, watermark: SimTime) -> None:
        """Nothing more can be submitted; the root watermark stays here."""


class ChangeDecision(Protocol):
    """Decides on a change, given how far the run's submissions may have been filed and the next ordinal."""

    def __call__(self, filed: SimTime, n: int) -> tuple[Change, SimTime]:
        """The change with its effective time, and the stamp of its entry."""


class IntakeStore(Protocol):
    """Where submissions become accepted applications."""

    async def store(self, batch: Sequence[Stamped]) -> Sequence[Outcome]:
        """Commits a batch in one transaction, tried again until its outcome is known."""

    async def accepted(self, keys: Sequence[tuple[int, str]]) -> Mapping[tuple[int, str], Accepted]:
        """Those of the (run key, submission id) that have been accepted."""

    async def uploads(self, keys: Sequence[tuple[int, str]]) -> Mapping[tuple[int, str], Collection[DeclaredDigest]]:
        """The uploaded attachments by run key and submission id."""


class SignatureChecker(Protocol):
    """Who has signed, told without holding up anybody else."""

    async def signers(self, seals: Sequence[Seal]) -> Sequence[Validity | SignatureError]:
        """The certificate behind each signature, or what is wrong with it."""

    async def revoked(self, revocation_list: bytes) -> Mapping[str, SimTime]:
        """From when certificates are not good any more, by serial number.

        Raises:
            SignatureError: it is none of the citizens' authority.
        """


class RevocationStore(Protocol):
    """Certificates that are revoked in a run."""

    async def revoked(self) -> Mapping[int, Mapping[str, SimTime]]:
        """Of the open runs, by run key and serial number."""

    async def revoke(self, run_key: int, revoked: Mapping[str, SimTime]) -> None:
        """Keeps more of a run."""


class PullStore(Protocol):
    """What municipalities pull and push."""

    async def entries(self, run_key: int, before: SimTime, after: EntryPlace, limit: int) -> Sequence[Entry]:
        """What is not acknowledged and was filed before a moment, from behind a place on, by stamp."""

    async def runs_with_entries(self, run_keys: Sequence[int]) -> Collection[int]:
        """Those of the runs that have entries left."""

    async def applications(self, run_key: int, receipt_numbers: Sequence[str]) -> Mapping[str, StoredApplication]:
        """Applications by receipt number."""

    async def acknowledge(self, run_key: int, keys: Sequence[tuple[str, int]]) -> None:
        """Takes entries off the list for good."""

    async def push(
        self, run_key: int, updates: Sequence[Update], watermark: SimTime
    ) -> tuple[SimTime, int, Counters, int]:
        """Commits the updates not seen before, and the watermark, together.

        Returns:
            Watermark, highest number, counters after it, and how many updates were new.
        """


class ReactionStore(Protocol):
    """What applicants do after filing, and what asks them to."""

    async def file(self, run_key: int, municipality: str, reactions: Sequence[Reaction]) -> Mapping[Reaction, Filed]:
        """Commits reactions with their entries, each at most once; those of unknown cases are left out."""

    async def find(self, run_key: int, municipality: str, reaction: Reaction) -> Filed | None:
        """When a reaction of this kind and number was filed, if it was."""

    async def requested(self, run_key: int, after: SimTime, limit: int) -> Sequence[tuple[str, int, SimTime]]:
        """The first correction requests behind a moment, whole moments: submission id, how many before, moment."""


class CaseStore(Protocol):
    """Cases and their kept history."""

    async def find(self, receipt_number: str) -> Case | None:
        """The case of a receipt number."""

    async def updates(self, case: Case) -> Sequence[bytes]:
        """Its updates in order."""

    def trace(self, run_key: int) -> AsyncIterator[Sequence[CaseHistory]]:
        """Every case of a run by submission id, in chunks."""

    async def count(self, run_key: int, before: SimTime) -> StageCount:
        """Cases accepted before a moment."""

    def submission_ids(self, run_key: int, before: SimTime) -> AsyncIterator[Sequence[str]]:
        """Their ids, in chunks."""


class AttachmentStore(Protocol):
    """Bytes of attachments, in chunks."""

    async def uploaded(self, run_key: int, submission_id: str) -> tuple[bool, Collection[str]]:
        """Whether this submission has been filed, and the names of what has been uploaded for it."""

    async def begin(self, run_key: int, submission_id: str, name: str, media_type: str) -> int:
        """Key of a new, incomplete attachment."""

    async def add(self, key: int, n: int, chunk: bytes) -> None:
        """Stores the n-th chunk."""

    async def complete(self, key: int, owner: tuple[int, str, str], size: int, sha256: str) -> None:
        """Makes it the attachment of (run key, submission id, name), in place of an earlier one."""

    async def drop(self, key: int) -> None:
        """Forgets an upload that failed."""

    async def locate(self, receipt_number: str, name: str) -> tuple[int, str] | None:
        """Key and municipality of an attachment of an accepted application."""

    def read(self, key: int) -> AsyncIterator[bytes]:
        """Its chunks in order."""
