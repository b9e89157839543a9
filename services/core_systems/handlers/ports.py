"""What the use cases of the core systems need from outside, by role."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from core_systems.handlers.values import Arrival, CoreMessage, Journal, Owner, RunKey, Step


class Inquiry(Protocol):
    """The inquiry screen of application management (申請内容照会画面)."""

    async def forms(self, key: RunKey, submission_ids: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """Form data of every one of these cases; waits while the screen is away."""


class DeadLetters(Protocol):
    """Where messages go that cannot be used."""

    async def bury(self, delivered: object, reason: str) -> None:
        """Keeps a record's raw bytes with the reason; a record buried twice is recognised by its origin."""


class Books(Protocol):
    """The database of the core systems."""

    async def journal(self, key: RunKey) -> Journal | None:
        """What a run's office is rebuilt from."""

    async def last_number(self, key: RunKey) -> int | None:
        """Of the last message that is in a run's journal; None if the run is unknown here."""

    async def keep(self, key: RunKey, owner: Owner, step: Step, arrivals: Sequence[Arrival[CoreMessage]]) -> None:
        """Commits a step with the messages that caused it, in one transaction.

        Raises:
            UnavailableError: another owner has taken the partition, or the messages are not the next in the log.
        """
