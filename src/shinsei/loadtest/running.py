"""Runs a load test: opens the runs, starts the generator, follows both sides, waits for the last case, closes.

Nothing here offers load or measures it; this is where what the generator says and what the server says come together.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from shinsei.domain.errors import ConflictError, ShinseiError, UnavailableError
from shinsei.domain.run import RunSpec
from shinsei.loadtest.apart import ApartSearching, parts_of
from shinsei.loadtest.arrivals import RateProfile
from shinsei.loadtest.books import OFFERED, Books
from shinsei.loadtest.ending import close_runs, list_runs, open_run, read_ledgers
from shinsei.loadtest.feed import StatusFeed
from shinsei.loadtest.finding import Searching
from shinsei.loadtest.generator import Generator
from shinsei.loadtest.metrics import Telling
from shinsei.loadtest.offices import OfficeSearching
from shinsei.loadtest.outcome import Outcome
from shinsei.loadtest.plan import Plan
from shinsei.loadtest.preset import Preset
from shinsei.loadtest.search_section import Asks
from shinsei.loadtest.town import Town
from shinsei.loadtest.under_test import Target
from shinsei.runtime.clock import RealClock, sleep
from shinsei.season.gateway import Gateway
from shinsei.season.steady import steady_ms

LOOK_EVERY_S = 0.25
BEGIN_WITHIN_S = 120.0
INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be run."""

    preset: Preset
    specs: Sequence[RunSpec]
    profile: RateProfile
    processes: int
    folder: Path
    requests_csv: bool = False


Show = Callable[[Books, str], None]
"""Is told how things stand, about four times a second."""


class LoadTest:
    """One load test."""

    def __init__(self, wanted: Wanted, target: Target, gateway: Gateway, show: Show) -> None:
        self._wanted = wanted
        self._target = target
        self._gateway = gateway
        self._show = show
        self._telling = Telling(wanted.preset.file.most_generator_lag / 1e3)
        self._now_ms = steady_ms(RealClock())
        self._generator = Generator(wanted.folder, wanted.processes)
        specs = wanted.specs
        methods = {spec.municipality: str(spec.twin_method) for spec in specs}
        self._feed = StatusFeed(target.kafka, specs[0].run_id, methods)
        self._open: list[RunSpec] = []
        self._opened: list[RunSpec] = []
        self._search: Searching | OfficeSearching | ApartSearching | None = None
        self._gone_after_s = wanted.preset.file.gone_after / 1e3
        self._is_gone = False
        self._outcome = Outcome(books=Books(self._now_s(), wanted.preset.file.warm_up / 1e3))

    async def run(self, interrupted: asyncio.Event) -> Outcome:
        """Runs it to its end, or to an interruption; whatever happens, its runs are closed.

        Raises:
            ConflictError: another run has one of the municipalities.
            UnavailableError: the target is not there.
        """
        await make_sure_of(self._gateway, self._wanted.specs)
        self._search = self._searching()
        try:
            if not isinstance(self._search, OfficeSearching | ApartSearching):
                await self._open_runs(self._wanted.specs)
            await self._feed.start()
            following = asyncio.create_task(self._feed.follow(self._outcome.books))
            try:
                await self._offer(interrupted, following)
                await self._drain(interrupted, following)
            finally:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)
                await self._feed.stop()
            self._outcome.feed_unreadable = self._feed.unreadable
            self._outcome.ledgers, why = await read_ledgers(self._gateway, self._opened, self._gone_after_s)
            self._falls_short(why)
        finally:
            self._falls_short(await close_runs(self._gateway, self._open, self._gone_after_s))
        return self._outcome

    async def _offer(self, interrupted: asyncio.Event, following: "asyncio.Task[None]") -> None:
        """The generator's time."""
        wanted, outcome = self._wanted, self._outcome
        plan = Plan.of(
            wanted.preset,
            wanted.specs,
            wanted.profile,
            targets=self._target.for_workers,
            requests_csv=str(wanted.folder) if wanted.requests_csv else "",
        )
        await self._generator.start(plan)
        started_s = self._now_s()
        searching = asyncio.create_task(self._keep_looking())
        try:
            while self._generator.exit_code is None and not interrupted.is_set():
                await sleep(LOOK_EVERY_S)
                self._take_ticks()
                if self._has_lost(following, searching):
                    break
                if not outcome.books.workers and self._now_s() - started_s > BEGIN_WITHIN_S:
                    raise UnavailableError(f"the generator does not begin: {self._generator.last_words()}")
                self._tell(self._search.told if self._search is not None else "offering")
        finally:
            searching.cancel()
            await asyncio.gather(searching, return_exceptions=True)
            await self._generator.stop()
        self._take_ticks()
        outcome.books.planned_per_s = 0.0  # one that was killed has not said so
        if isinstance(self._search, OfficeSearching):
            outcome.offices = self._search.found()
        elif isinstance(self._search, ApartSearching):
            outcome.apart, outcome.is_confirmed = self._search.found(), self._search.is_confirmed
            outcome.confirmed_per_s = self._search.confirmed_per_s
        elif self._search is not None:
            outcome.found = self._search.found()
        self._falls_short(self._why_partial(interrupted))
        # The last tick tells of the second before it: a rate's own time may end within.
        most_s = wanted.profile.duration_s if self._search is None else outcome.books.offered_s
        outcome.asked_s = min(outcome.books.offered_s, most_s)

    def _searching(self) -> Searching | OfficeSearching | ApartSearching | None:
        """Who decides on rates while the test runs; nobody where the preset has them."""
        section, books, order = self._wanted.preset.file.search, self._outcome.books, self._generator.order
        bulk = self._wanted.preset.file.bulk
        grain = bulk.batch if bulk.share else 1
        if section is None:
            return None
        if section.fetch_modes:
            parts = parts_of(self._wanted.specs, is_confirmed=bool(section.confirm))
            return ApartSearching(section, parts, self._open_runs, books, order, self._now_s, grain=grain)
        if section.asks is Asks.INFRASTRUCTURE:
            return Searching(section, books, order, self._now_s, grain=grain)
        width, specs = len(self._wanted.preset.file.methods), self._wanted.specs
        steps = [specs[start : start + width] for start in range(0, len(specs), width)]
        return OfficeSearching(section, steps, self._open_runs, order, self._now_s, books.lag_s)

    async def _keep_looking(self) -> None:
        """The search's time, beside all else: a step that is being begun keeps nobody from ending the test."""
        while True:
            await sleep(LOOK_EVERY_S)
            if self._outcome.books.is_ready:
                await self._look()

    async def _look(self) -> None:
        if isinstance(self._search, OfficeSearching):
            await self._search.look()
            self._feed.towns = self._search.towns
        elif isinstance(self._search, ApartSearching):
            await self._search.look()
        elif self._search is not None:
            self._search.look()

    async def _open_runs(self, specs: Sequence[RunSpec]) -> list[Town]:
        """Opens these runs, in place of those that are open.

        Raises:
            UnavailableError: the portal has gone.
        """
        left_open = await close_runs(self._gateway, self._open, self._gone_after_s)
        if left_open:
            raise UnavailableError(left_open)
        self._open = []
        speed = self._wanted.preset.file.clock_speed
        towns = []
        for spec in specs:
            self._open.append(spec)  # it may be, even where no answer comes
            await open_run(self._gateway, spec, speed, self._gone_after_s)
            self._opened.append(spec)
            towns.append(Town(spec, speed, self._now_s()))
        return towns

    def _why_partial(self, interrupted: asyncio.Event) -> str:
        if interrupted.is_set():
            return INTERRUPTED
        code = self._generator.exit_code
        if not self._outcome.books.totals[OFFERED]:
            return f"the generator offered nothing and ended with {code}: {self._generator.last_words() or 'no word'}"
        return f"the generator ended in the middle (exit code {code})" if code != 0 else ""

    def _tell(self, told: str) -> None:
        self._show(self._outcome.books, told)
        self._telling.tell(self._outcome.books, self._now_s())

    def _take_ticks(self) -> None:
        books = self._outcome.books
        for tick in self._generator.ticks():
            books.follow(tick, self._wanted.preset.file.warm_up / 1e3)

    async def _drain(self, interrupted: asyncio.Event, following: "asyncio.Task[None]") -> None:
        """Waits until everything accepted has been registered or has ended otherwise, at most as long as allowed."""
        books = self._outcome.books
        until_s = self._now_s() + (0.0 if self._is_gone else self._wanted.preset.file.drain / 1e3)
        while not self._has_lost_feed(following) and books.awaited_cases > 0 and self._now_s() < until_s:
            if interrupted.is_set():
                self._falls_short(INTERRUPTED)
                break
            await sleep(LOOK_EVERY_S)
            self._tell("waiting for the last cases")
        self._outcome.drained_s = books.drained_s(self._outcome.asked_s, self._now_s())

    def _has_lost(self, following: "asyncio.Task[None]", searching: "asyncio.Task[None]") -> bool:
        """Whether a part without which nothing can be measured has gone; the result says which."""
        if searching.done():
            error = searching.exception()
            if not isinstance(error, ShinseiError):
                searching.result()
            self._is_gone = isinstance(error, UnavailableError)
            self._falls_short(f"the next step of the search could not be begun ({error})")
        self._has_lost_feed(following)
        failing_s = self._outcome.books.failing_since_s
        if failing_s is not None and self._now_s() - failing_s > self._gone_after_s:
            self._is_gone = True
            self._falls_short(f"the portal went away: calls failed and none was answered for {self._gone_after_s:g} s")
        silent_s = self._wanted.preset.file.silent_after / 1e3
        silent = self._outcome.books.silent(self._now_s() - silent_s)
        if silent:
            self._falls_short(f"worker {silent[0]} of the generator was not heard of for {silent_s:g} s")
        return bool(self._outcome.partial)

    def _has_lost_feed(self, following: "asyncio.Task[None]") -> bool:
        if following.done():
            error = following.exception()
            self._falls_short(f"the status feed ended ({type(error).__name__}: {error})")
        return following.done()

    def _falls_short(self, why: str) -> None:
        """The result is not whole; the first reason counts, none is no reason."""
        self._outcome.partial = self._outcome.partial or why

    def _now_s(self) -> float:
        return self._now_ms() / 1e3


async def open_runs(gateway: Gateway, wanted: Wanted) -> None:
    """Opens the run of each municipality.

    Raises:
        ConflictError: another run has one of them.
    """
    await make_sure_of(gateway, wanted.specs)
    for spec in wanted.specs:
        await gateway.start(spec, speed=wanted.preset.file.clock_speed)


async def make_sure_of(gateway: Gateway, specs: Sequence[RunSpec]) -> None:
    """Makes sure that nobody has these municipalities.

    Raises:
        ConflictError: another run has one of them.
        UnavailableError: the portal is not there.
    """
    busy = {run.spec.municipality: run.spec.run_id for run in await list_runs(gateway)}
    for spec in specs:
        if spec.municipality in busy and busy[spec.municipality] != spec.run_id:
            raise ConflictError(
                f"municipality {spec.municipality} has run {busy[spec.municipality]} open; "
                "end it with shinsei loadtest run --discard, or wait for it"
            )
