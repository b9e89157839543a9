"""Drives a season: one task a twin commits a frontier, files everything before it and raises the watermark.

The driver is the one sequencer of a run. It never runs further ahead of what came back than the lookahead,
so a slow or killed stage makes the season wait and never wrong. It keeps no state of its own: a resumed
season reads where the portal stands and files the rest again, which the portal recognises by its ids.
"""

import asyncio
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence

from shinsei.domain import polling
from shinsei.domain.certificates import revocations
from shinsei.domain.errors import ConflictError, UnavailableError
from shinsei.domain.run import Filing, RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.season.clearing import ClearWatch
from shinsei.season.pacing import Pace
from shinsei.season.portal import Progress, SeasonPortal
from shinsei.season.reacting import Reacting
from shinsei.season.standing import Standing

CHUNK = 500
"""Filings in one call; the portal takes up to 1,000."""
WAIT_MS = 1_000
"""Longest long poll for progress."""
STEPS_PER_LOOKAHEAD = 2
"""A watermark rises by at least this part of the lookahead: finer steps cost round trips and gain nothing."""
TICK_MS = 500
"""Longest long poll while the pace, not the stack, holds the season back."""
STALLED_AFTER_MS = 300_000
"""Real time without anything coming back, though something is out, after which a season gives up waiting."""


class SeasonDriver:
    """All twins of one season."""

    def __init__(
        self,
        portal: SeasonPortal,
        filings: Mapping[RunSpec, Sequence[Filing]],
        pace: Pace,
        now_ms: Callable[[], int],
        clear_watch: ClearWatch | None = None,
    ) -> None:
        """Takes the online filings of each twin, sorted by their time."""
        self._portal = portal
        self._filings = filings
        self._pace = pace
        self._now_ms = now_ms
        self._clear_watch = clear_watch
        self.standings: list[Standing] = []
        self.end: SimTime = SimTime(max(spec.end for spec in filings))
        """The moment at which the season ends, the same for all twins."""

    async def run(self) -> None:
        """Runs until everything before the end has come back from every twin.

        Raises:
            ConflictError: another run has one of the municipalities, or this one has been closed.
            UnavailableError: nothing came back for a long time.
        """
        self.standings = list(await asyncio.gather(*(self._open(spec) for spec in self._filings)))
        self._pace.begin(min(standing.watermark for standing in self.standings))
        try:
            async with asyncio.TaskGroup() as group:
                for standing in self.standings:
                    group.create_task(self._drive(standing))
        except* (ConflictError, UnavailableError) as failures:
            raise failures.exceptions[0] from None

    async def _open(self, spec: RunSpec) -> Standing:
        await self._portal.start(spec)
        await self._portal.revoke(spec, list(revocations(spec, self._filings[spec])))
        progress = await self._portal.progress(spec, after=SimTime(0), wait_ms=0)
        if progress.closed:
            raise ConflictError(f"run {spec.run_id} of {spec.municipality} is closed; start a new season")
        standing = Standing(spec=spec, watermark=spec.start, returned=spec.start, progress=progress)
        standing.saw(progress, self._now_ms())
        return standing

    async def _drive(self, standing: Standing) -> None:
        spec = standing.spec
        filings = self._filings[spec]
        last = polling.next_poll(spec, SimTime(spec.end - 1))
        to_file = bisect_left(filings, standing.watermark, key=lambda filing: filing.at)
        reacting = Reacting(spec, filings, standing.watermark)
        while standing.returned < self.end:
            target = self._next_frontier(standing, last)
            if target is not None:
                await self._portal.commit_frontier(spec, target)
                to_file = await self._file(standing, to_file, target)
                await self._react(standing, reacting, target)
                await self._portal.raise_watermark(spec, target)
                standing.watermark = target
                self._pace.observe(min(other.watermark for other in self.standings))
            await self._await_progress(standing, last)

    def _next_frontier(self, standing: Standing, last: SimTime) -> SimTime | None:
        """How far to file now; None for not yet. What the pace or a frontier asks for is never put off."""
        spec = standing.spec
        limit = self._pace.limit()
        allowed = min(standing.returned + spec.lookahead_ms, last)
        target = SimTime(max(allowed if limit is None else min(allowed, limit), standing.progress.frontier))
        step = target - standing.watermark
        asked_for = target in {last, limit, standing.progress.frontier}
        return target if step > 0 and (asked_for or step >= _least_step_ms(spec)) else None

    async def _file(self, standing: Standing, first: int, frontier: SimTime) -> int:
        filings = self._filings[standing.spec]
        stop = bisect_left(filings, min(frontier, standing.spec.end), key=lambda filing: filing.at)
        for start in range(first, stop, CHUNK):
            chunk = filings[start : min(start + CHUNK, stop)]
            standing.refused += await self._portal.file(standing.spec, chunk)
            standing.filed += len(chunk)
            standing.chunks.append((chunk[-1].at, self._now_ms()))
        return max(first, stop)

    async def _react(self, standing: Standing, reacting: Reacting, frontier: SimTime) -> None:
        """Files what applicants do before the frontier.

        What they do there they decided on what was visible a lookahead before, and all of that has come back.
        """
        spec = standing.spec
        while reacting.asks:
            requests = await self._portal.corrections(spec, after=reacting.read_until)
            if not requests:
                break
            reacting.saw(requests)
        due = reacting.due(SimTime(min(frontier, spec.end)))
        for start in range(0, len(due), CHUNK):
            standing.refused += await self._portal.react(spec, due[start : start + CHUNK])

    async def _await_progress(self, standing: Standing, last: SimTime) -> None:
        """Waits until enough has come back for the next step, or for a while."""
        spec = standing.spec
        next_step = standing.watermark + _least_step_ms(spec) - spec.lookahead_ms
        needed = self.end if standing.watermark >= last else next_step
        progress = await self._portal.progress(
            spec,
            after=SimTime(max(standing.returned, needed - 1)),
            wait_ms=WAIT_MS if standing.returned < needed else TICK_MS,
        )
        self._check(standing, progress)
        standing.saw(progress, self._now_ms())
        if self._clear_watch is not None:
            self.end = await self._clear_watch.end(self.standings, self.end)

    def _check(self, standing: Standing, progress: Progress) -> None:
        if progress.closed:
            raise ConflictError(f"run {standing.spec.run_id} has been closed by someone else")
        silent_ms = self._now_ms() - standing.moved_real_ms
        is_out = progress.returned <= standing.returned < standing.watermark
        if is_out and silent_ms > STALLED_AFTER_MS:
            raise UnavailableError(
                f"nothing came back from {standing.spec.municipality} for {silent_ms // 1000} s; "
                "shinsei status and shinsei logs show why, season --resume goes on"
            )


def _least_step_ms(spec: RunSpec) -> int:
    return spec.lookahead_ms // STEPS_PER_LOOKAHEAD
