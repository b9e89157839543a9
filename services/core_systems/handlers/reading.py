"""What can be read: the registry's mapping, registrations, and this stage's part of the ledger."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from core_systems.handlers.values import RunKey
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.identification import SerialMapping
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import SimTime


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredCase:
    """A case in its core system."""

    receipt_number: str
    submission_id: str
    core_system: str
    resident_number: str
    method: LinkageMethod
    registered_at: SimTime
    fields: Mapping[str, str] = field(repr=False)
    batch_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """This stage's part of the ledger, all of one moment."""

    watermark: SimTime
    """Every case accepted before this has reached the stage."""
    known: int
    fingerprint: int
    registered: Mapping[LinkageMethod, int]
    """Registered cases by the method chosen for them."""
    dead_lettered: int


class Mappings(Protocol):
    """The resident registry's mapping (番号紐付情報)."""

    def between(self, key: RunKey, after: SimTime, until: SimTime) -> AsyncIterator[Sequence[SerialMapping]]:
        """Lines that became valid after ``after`` and up to ``until``, in chunks.

        Raises:
            NotFoundError: the run has not reached the registry.
        """


class Registrations(Protocol):
    """The tables of the core systems."""

    async def by_receipt(self, receipt_number: str) -> RegisteredCase:
        """One registration."""


class Ledger(Protocol):
    """This stage's part of the ledger."""

    async def stage(self, key: RunKey, before: SimTime) -> Stage:
        """Counts of cases accepted before a moment; 0: before the stage's own watermark."""

    def ids(self, key: RunKey, before: SimTime) -> AsyncIterator[Sequence[str]]:
        """The ids themselves, in chunks."""


def check_span(after: SimTime, until: SimTime) -> None:
    """Refuses a span of time that ends before it begins."""
    if until < after:
        raise InvalidInputError("until_ms", f"{until} is before after_ms, {after}")
