"""What municipalities do at the portal: list, get, acknowledge, push back. The portal never calls them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from portal_sim.handlers.model import Entry, EntryPlace, StoredApplication, Update
from portal_sim.handlers.ports import PullStore
from portal_sim.handlers.run import Run
from portal_sim.handlers.runs import Runs
from shinsei.domain.errors import ConflictError, InvalidInputError, NotFoundError
from shinsei.domain.simtime import SimTime

MAX_BATCH = 1_000
MAX_WAIT_MS = 30_000
MAX_PAGE = 10_000
"""Entries of a page: about 1 MB, far below what one gRPC message takes."""
_MAX_N = 2**31 - 1
_BEGINNING: EntryPlace = (-1, "", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Everything not acknowledged that was filed before the watermark, or a page of it."""

    watermark: SimTime
    entries: Sequence[Entry]
    closed: bool
    rest: "PageToken | None" = None
    """Where the next page begins; None on the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageToken:
    """The rest of a listing. Nothing comes to a listing behind its watermark, so its pages fit together."""

    watermark: SimTime
    closed: bool
    after: EntryPlace


class Pulls:
    """The pull interface, behind its authentication."""

    def __init__(self, runs: Runs, store: PullStore) -> None:
        self._runs = runs
        self._store = store
        self._emptied: set[int] = set()
        """Keys of closed runs of which nothing is left: nothing comes to a closed run any more."""

    async def runs(self, municipalities: Iterable[str] | None) -> list[Run]:
        """Open runs, and closed ones of which something is left, of some municipalities (None: all)."""
        wanted = None if municipalities is None else frozenset(municipalities)
        runs = [run for run in self._runs.all() if wanted is None or run.municipality in wanted]
        closed = [run.key for run in runs if run.closed and run.key not in self._emptied]
        left = await self._store.runs_with_entries(closed) if closed else ()
        self._emptied.update(key for key in closed if key not in left)
        return [run for run in runs if not run.closed or run.key in left]

    async def listing(self, run: Run, wait_until: SimTime, wait_ms: int, page_size: int) -> Listing:
        """Waits for the watermark, then lists. The watermark is read first, so the listing is complete up to it.

        Who has waited in vain is told no more than before: most long polls of a slow clock end so, and a later
        watermark would cost each of them a commit.
        """
        reached = await run.reach(wait_until, min(wait_ms, MAX_WAIT_MS))
        closed = run.closed
        watermark = await self._runs.tell_watermark(run) if reached else run.told
        return await self._page(run, PageToken(watermark=watermark, closed=closed, after=_BEGINNING), page_size)

    async def next_page(self, run: Run, token: PageToken, page_size: int) -> Listing:
        """The rest of a listing.

        Raises:
            InvalidInputError: no listing of this run has told such a watermark.
        """
        stamp, _, n = token.after
        if not (0 <= stamp < token.watermark <= run.watermark and -_MAX_N <= n <= _MAX_N):
            raise InvalidInputError("page_token", "is of no listing of this run")
        return await self._page(run, token, page_size)

    async def _page(self, run: Run, token: PageToken, page_size: int) -> Listing:
        if not 0 <= page_size <= MAX_PAGE:
            raise InvalidInputError("page_size", f"{page_size} asked for; 1 to {MAX_PAGE:,} are possible")
        limit = page_size or MAX_PAGE
        entries = await self._store.entries(run.key, token.watermark, token.after, limit)
        rest = replace(token, after=entries[-1].place) if len(entries) == limit else None
        return Listing(watermark=token.watermark, entries=entries, closed=token.closed, rest=rest)

    async def get(self, run: Run, receipt_numbers: Sequence[str]) -> list[StoredApplication]:
        """Applications in the order asked for.

        Raises:
            InvalidInputError: none or too many asked for.
            NotFoundError: one of them is not of this run.
        """
        if not 1 <= len(receipt_numbers) <= MAX_BATCH:
            raise InvalidInputError("receipt_numbers", f"{len(receipt_numbers)} given; 1 to {MAX_BATCH} are possible")
        found = await self._store.applications(run.key, receipt_numbers)
        try:
            return [found[number] for number in receipt_numbers]
        except KeyError as missing:
            raise NotFoundError("application", str(missing.args[0])) from None

    async def acknowledge(self, run: Run, keys: Sequence[tuple[str, int]]) -> None:
        """The municipality has these entries; they are not listed again."""
        if keys:
            await self._store.acknowledge(run.key, keys)

    async def push(self, run: Run, updates: Sequence[Update], watermark: SimTime) -> int:
        """Takes what came back; returns how many updates were new.

        Raises:
            ConflictError: the numbers have a gap, so something pushed earlier has not arrived.
        """
        numbers = [update.number for update in updates]
        if numbers != list(range(numbers[0], numbers[0] + len(numbers)) if numbers else ()):
            raise ConflictError(f"the numbers of the updates of {run.municipality} have gaps")
        returned, number, counters, new = await self._store.push(run.key, updates, watermark)
        run.returned = SimTime(max(run.returned, returned))
        run.pushed_number, run.counters = number, counters
        run.moved.notify()
        return new
