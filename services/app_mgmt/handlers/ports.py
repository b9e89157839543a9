"""What the use cases of application management need from outside, by role."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from app_mgmt.handlers.values import (
    Arrival,
    Decision,
    IntakeRun,
    Outgoing,
    ReceivedApplication,
    RunKey,
    StatusChange,
    TrackedCase,
    WorkDone,
)
from shinsei.domain.identification import SerialMapping
from shinsei.domain.run import Change, RunSpec
from shinsei.domain.simtime import SimTime


class Registry(Protocol):
    """The resident registry's mapping (番号紐付情報), pulled from the core systems."""

    def mappings(self, key: RunKey, *, after: SimTime, until: SimTime) -> AsyncIterator[Sequence[SerialMapping]]:
        """Mappings that became valid after ``after`` and up to ``until``, in chunks."""


class DeadLetters(Protocol):
    """Where messages go that cannot be used."""

    async def bury(self, delivered: object, reason: str) -> None:
        """Keeps a record's raw bytes with the reason; a record buried twice is recognised by its origin."""


class IntakeWork(Protocol):
    """One transaction of the intake, for one run."""

    async def accept(self, arrivals: Sequence[Arrival[object]]) -> set[int]:
        """Numbers of those that come next in the log; all others have been taken in before or come too early."""

    async def run(self) -> IntakeRun:
        """The run as this transaction sees it."""

    async def open_run(self, spec: RunSpec) -> None:
        """Keeps a run's specification."""

    async def close_run(self) -> None:
        """Notes that nothing more follows."""

    async def add_changes(self, changes: Sequence[Change]) -> None:
        """Keeps control changes."""

    async def store(self, applications: Sequence[ReceivedApplication]) -> set[str]:
        """Stores applications; the submission ids that were not there before."""

    async def postpone(self, applications: Sequence[ReceivedApplication]) -> None:
        """Lets applications wait for a watermark that has passed them."""

    async def take_postponed(self, before: SimTime) -> Sequence[ReceivedApplication]:
        """Applications that a watermark has passed."""

    async def oldest_postponed(self) -> SimTime | None:
        """Earliest acceptance among those that still wait."""

    async def look_up(self, serials: Collection[str]) -> Mapping[str, SerialMapping]:
        """The copied mapping's lines for these serial numbers."""

    async def decided(self, decisions: Sequence[Decision]) -> None:
        """Keeps decisions: current status, history, and the transitions that the portal is to see."""

    async def progress(self, *, number: int, watermark: SimTime | None, polled_until: SimTime | None) -> None:
        """Notes how far the log has been taken in."""

    async def send(self, outgoing: Sequence[Outgoing]) -> None:
        """Sends to the core systems, in this order."""


class TrackingWork(Protocol):
    """One transaction of the status path, for one run."""

    async def accept(self, arrivals: Sequence[Arrival[object]]) -> set[int]:
        """Numbers of those that come next in the log."""

    async def raise_to(self, watermark: SimTime) -> bool:
        """Notes up to where statuses are passed on; whether that is more than before."""

    async def track(self, done: Sequence[WorkDone], residents: Mapping[str, str]) -> Mapping[str, TrackedCase]:
        """Updates current statuses and histories; the cases that are known.

        ``residents``: resident numbers of the cases that a clerk has identified.
        """

    async def hold(self, done: Sequence[WorkDone], known: Mapping[str, TrackedCase]) -> None:
        """Lets transitions of known cases wait for a watermark that has passed them."""

    async def take_held(self, before: SimTime) -> Sequence[StatusChange]:
        """Transitions that a watermark has passed."""

    async def send(self, changes: Sequence[StatusChange], watermark: SimTime) -> None:
        """Sends to the portal's side, the watermark last."""


class Books(Protocol):
    """The database of application management."""

    async def run(self, key: RunKey) -> IntakeRun | None:
        """A run as it stands."""

    async def seed(self, key: RunKey) -> int | None:
        """Seed of a run."""

    async def keep_mappings(self, key: RunKey, mappings: Sequence[SerialMapping]) -> None:
        """Adds lines to the copy of the registry's mapping."""

    async def refreshed(self, key: RunKey, until: SimTime) -> None:
        """Notes that a refresh is complete."""

    def intake(self, key: RunKey) -> AbstractAsyncContextManager[IntakeWork]:
        """Begins a transaction of the intake; leaving it without an error commits."""

    def tracking(self, key: RunKey) -> AbstractAsyncContextManager[TrackingWork]:
        """Begins a transaction of the status path; leaving it without an error commits."""
