"""What can be read: the inquiry screen (申請内容照会) and this stage's part of the ledger."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app_mgmt.handlers.values import RunKey
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.history import CaseTransition
from shinsei.domain.lifecycle import Status
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import SimTime

MAX_CASES = 1_000
MAX_PAGE = 500
DEFAULT_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as a clerk sees it."""

    submission_id: str
    payload: bytes = field(repr=False)
    """The encoded application."""
    status: Status
    method: LinkageMethod | None
    resident_number: str
    """Empty while unidentified."""
    stored_at: SimTime
    history: tuple[CaseTransition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases a list shows; None and 0: any."""

    status: Status | None = None
    procedure: int = 0
    method: LinkageMethod | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageStart:
    """The last case of the page before: the list goes on behind it, whatever has been stored since."""

    stored_at: SimTime
    submission_id: str


FIRST_PAGE = PageStart(stored_at=SimTime(0), submission_id="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """This stage's part of the ledger, all of one moment."""

    watermark: SimTime
    """Every case accepted before this has reached the stage."""
    known: int
    fingerprint: int
    lines: Mapping[tuple[str, LinkageMethod | None], int]
    """Cases by (line of their first end, method)."""
    dead_lettered: int


class Cases(Protocol):
    """The stored cases, to read."""

    async def by_receipt(self, receipt_number: str) -> Case:
        """One case with its history."""

    async def by_ids(self, key: RunKey, submission_ids: Sequence[str]) -> Sequence[Case]:
        """Those of the cases that are known, without history, in the order asked for."""

    async def page(self, key: RunKey, wanted: CaseFilter, start: PageStart, size: int) -> Sequence[Case]:
        """The next cases in the order of storing."""


class Ledger(Protocol):
    """This stage's part of the ledger."""

    async def stage(self, key: RunKey, before: SimTime) -> Stage:
        """Counts of cases accepted before a moment; 0: before the stage's own watermark."""

    def ids(self, key: RunKey, before: SimTime, line: str) -> AsyncIterator[Sequence[str]]:
        """The ids themselves, in chunks; only those whose first end is this line, or all."""


async def find_cases(cases: Cases, key: RunKey, submission_ids: Sequence[str]) -> Sequence[Case]:
    """Many cases by submission id: what clerks and robots read off the screen in one step of an office."""
    if not 1 <= len(submission_ids) <= MAX_CASES:
        raise InvalidInputError("submission_ids", f"1 to {MAX_CASES} ids can be asked for, not {len(submission_ids)}")
    return await cases.by_ids(key, submission_ids)


async def list_cases(
    cases: Cases, key: RunKey, wanted: CaseFilter, start: PageStart, size: int
) -> tuple[Sequence[Case], PageStart | None]:
    """A page of the list and where the next one begins; None on the last page."""
    if not 0 <= size <= MAX_PAGE:
        raise InvalidInputError("page_size", f"{size} is not between 1 and {MAX_PAGE}")
    size = size or DEFAULT_PAGE
    found = await cases.page(key, wanted, start, size + 1)
    page = found[:size]
    if len(found) <= size:
        return page, None
    return page, PageStart(stored_at=page[-1].stored_at, submission_id=page[-1].submission_id)
