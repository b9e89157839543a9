"""What the linkage server's use cases need from outside."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from linkage_server.handlers.model import (
    AttachmentRef,
    BufferedUpdate,
    EntryKey,
    Fetched,
    Handed,
    Listing,
    OpenRun,
    Polls,
    RunRow,
    TakenEntry,
)
from linkage_server.handlers.observer import Observer
from shinsei.domain.run import Change
from shinsei.domain.simtime import SimTime


class Portal(Protocol):
    """The portal's pull interface. Calls are repeated while the portal is away, and log in by themselves."""

    async def runs(self) -> Sequence[OpenRun]:
        """Open runs, and closed ones of which something is left."""

    async def listing(self, run: RunRow, wait_until: SimTime) -> Listing:
        """Waits for the watermark for a while, then lists."""

    async def fetch(self, run: RunRow, receipt_numbers: Sequence[str]) -> Sequence[Fetched]:
        """Applications in the order asked for."""

    def download(self, run: RunRow, receipt_number: str, name: str) -> AsyncIterator[bytes]:
        """The bytes of an attachment."""

    async def acknowledge(self, run: RunRow, keys: Sequence[EntryKey]) -> None:
        """These entries need not be listed again."""

    async def push(self, run: RunRow, updates: Sequence[BufferedUpdate], watermark: SimTime) -> None:
        """Pushes statuses and watermark, together."""


class Payloads(Protocol):
    """The payload store (a folder, or an object store)."""

    async def put(self, name: str, attachment: AttachmentRef, chunks: AsyncIterator[bytes]) -> str:
        """Stores an attachment under a name, whole or not at all; says what is wrong with it, or nothing."""


class Store(Protocol):
    """What the linkage server keeps. Every commit checks that the partition is still owned under its epoch."""

    async def take(self, partition: int) -> int:
        """Becomes the owner of a partition; the new epoch."""

    async def load(self) -> Sequence[RunRow]:
        """Every run."""

    async def reload(self, key: int) -> RunRow:
        """One run as it stands now."""

    async def add(self, run: OpenRun) -> RunRow:
        """Stores a run, if it is not there already.

        Raises:
            InvalidInputError: its specification cannot be read here.
        """

    async def changes(self, run: RunRow) -> Sequence[Change]:
        """The control changes of committed polls."""

    async def start(self, run: RunRow, epoch: int, watermark: SimTime) -> None:
        """Writes ``RunStarted`` and the time of the first poll, once."""

    async def taken(self, run: RunRow, keys: Sequence[EntryKey]) -> Collection[EntryKey]:
        """Those of the entries that committed polls have taken."""

    async def commit_polls(self, run: RunRow, epoch: int, after: SimTime | None, polls: Polls) -> None:
        """Commits polls with the entries they took and the times these get."""

    async def pass_on(self, run: RunRow, epoch: int, after: SimTime | None, polls: Polls) -> None:
        """Commits polls that took nothing and hands their watermark on, at once."""

    async def unpublished(self, run: RunRow, published: SimTime | None) -> Sequence[TakenEntry]:
        """Entries of committed polls that have not been handed on, in their order."""

    async def publish(
        self,
        run: RunRow,
        epoch: int,
        handed: Sequence[Handed],
        upto: SimTime,
        working: SimTime | None,
        after: SimTime | None,
    ) -> None:
        """Hands entries on, and behind them the time of the next poll."""

    async def finish(self, run: RunRow, epoch: int) -> None:
        """Writes ``RunClosed``."""

    async def to_push(self, run: RunRow, before: SimTime, limit: int) -> Sequence[BufferedUpdate]:
        """The first updates that hold nothing from ``before`` on, in the order of their numbers."""

    async def pushed(self, run: RunRow, epoch: int, watermark: SimTime, number: int) -> None:
        """The portal has these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything that work on a run needs from outside."""

    portal: Portal
    store: Store
    payloads: Payloads
    observer: Observer
