"""The portal as the driver of a season needs it: one run a municipality, filings, and how far it came.

Two things stand behind this protocol: the portal's gRPC services, and the small portal in memory of the tests.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from shinsei.domain.applicants import Reaction, VisibleRequest
from shinsei.domain.run import Filing, RunSpec
from shinsei.domain.simtime import SimTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where one run stands."""

    watermark: SimTime
    frontier: SimTime
    returned: SimTime
    """Everything before this moment has happened and is in the kept history."""
    accepted: int = 0
    registered: int = 0
    decided: int = 0
    late: int = 0
    open: int = 0
    """Accepted and neither decided nor ended otherwise."""
    closed: bool = False


class SeasonPortal(Protocol):
    """What a season asks of the portal; every call may be repeated without harm."""

    async def start(self, spec: RunSpec) -> None:
        """Opens the run of one municipality."""

    async def revoke(self, spec: RunSpec, revoked: Sequence[tuple[str, SimTime]]) -> None:
        """Tells from when which certificates are not good any more, by serial number."""

    async def commit_frontier(self, spec: RunSpec, frontier: SimTime) -> None:
        """Announces that everything before this moment is about to be filed."""

    async def file(self, spec: RunSpec, filings: Sequence[Filing]) -> Sequence[str]:
        """Files a chunk and returns why any of it was refused."""

    async def corrections(self, spec: RunSpec, *, after: SimTime) -> Sequence[VisibleRequest]:
        """The next correction requests behind a moment that applicants can see by now; none is the end of them."""

    async def react(self, spec: RunSpec, reactions: Sequence[Reaction]) -> Sequence[str]:
        """Files replies and withdrawals and returns why any of them was refused."""

    async def raise_watermark(self, spec: RunSpec, watermark: SimTime) -> None:
        """Nothing before this moment will be filed any more."""

    async def progress(self, spec: RunSpec, *, after: SimTime, wait_ms: int) -> Progress:
        """Waits until more than ``after`` has come back, at most ``wait_ms`` of real time."""
