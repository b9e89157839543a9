"""What municipalities do at the portal: list, get, acknowledge, push back. The portal never calls them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal_sim.handlers.model import Entry, StoredApplication, Update
from portal_sim.handlers.ports import PullStore
from portal_sim.handlers.run import Run
from portal_sim.handlers.runs import Runs
from shinsei.domain.errors import ConflictError, InvalidInputError, NotFoundError
from shinsei.domain.simtime import SimTime

MAX_BATCH = 1_000
MAX_WAIT_MS = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Everything not acknowledged that was filed before the watermark."""

    watermark: SimTime
    entries: Sequence[Entry]
    closed: bool


class Pulls:
    """The pull interface, behind its authentication."""

    def __init__(self, runs: Runs, store: PullStore) -> None:
        self._runs = runs
        self._store = store

    async def runs(self, municipalities: Iterable[str] | None) -> list[Run]:
        """Open runs, and closed ones of which something is left, of some municipalities (None: all)."""
        wanted = None if municipalities is None else frozenset(municipalities)
        runs = [run for run in self._runs.all() if wanted is None or run.municipality in wanted]
        closed = [run.key for run in runs if run.closed]
        left = await self._store.runs_with_entries(closed) if closed else ()
        return [run for run in runs if not run.closed or run.key in left]

    async def listing(self, run: Run, wait_until: SimTime, wait_ms: int) -> Listing:
        """Waits for the watermark, then lists. The watermark is read first, so the listing is complete up to it."""
        await run.reach(wait_until, min(wait_ms, MAX_WAIT_MS))
        closed = run.closed
        watermark = await self._runs.tell_watermark(run)
        entries = await self._store.entries(run.key, watermark)
        return Listing(watermark=watermark, entries=entries, closed=closed)

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
