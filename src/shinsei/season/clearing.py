"""Finds the moment at which a season that runs until it is clear ends.

That is the first Tokyo midnight after the last thing that happened to a case under comparison in any twin, once
none of them is open or to come. It follows from the histories alone: how early the driver notices does not
move it. Cases of other procedures come all year round and keep nobody waiting here.
"""

import asyncio
from bisect import bisect_left
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

from shinsei.domain.lifecycle import TRANSITIONS
from shinsei.domain.run import Filing, RunSpec
from shinsei.domain.simtime import SimTime, day_number, day_start
from shinsei.season.outcome import CaseHistory
from shinsei.season.standing import Standing

ReadHistories = Callable[[RunSpec], Awaitable[Sequence[CaseHistory]]]


class ClearWatch:
    """Asks for the histories only when the progress reports leave it possible that the season is clear."""

    def __init__(
        self,
        filings: Mapping[RunSpec, Sequence[Filing]],
        procedures: Collection[int],
        histories: ReadHistories,
    ) -> None:
        """Takes the online filings of each twin, and the procedures under comparison (none: all)."""
        self._procedures = frozenset(procedures)
        self._last = {
            spec: max((filing.at for filing in cases if self._counts(filing.procedure)), default=spec.start)
            for spec, cases in filings.items()
        }
        self._beside = {
            spec: [filing.at for filing in cases if not self._counts(filing.procedure)]
            for spec, cases in filings.items()
        }
        self._histories = histories
        self._asked_on = -1
        self._found: SimTime | None = None
        self._asking = asyncio.Lock()

    async def end(self, standings: Sequence[Standing], end: SimTime) -> SimTime:
        """The end of the season as far as it is known: ``end`` until the season is clear."""
        if self._found is not None:
            return self._found
        lowest = SimTime(min(standing.returned for standing in standings))
        asked_already = day_number(lowest) <= self._asked_on or self._asking.locked()
        if asked_already or not all(self._may_be_clear(standing) for standing in standings):
            return end
        async with self._asking:
            self._asked_on = day_number(lowest)
            midnight = await self._midnight([standing.spec for standing in standings])
            if midnight is not None and midnight <= lowest:
                self._found = SimTime(min(midnight, end))
        return self._found or end

    def _counts(self, procedure: int) -> bool:
        return not self._procedures or procedure in self._procedures

    def _may_be_clear(self, standing: Standing) -> bool:
        """Everything under comparison has come, and no more is open than there are other cases."""
        beside = bisect_left(self._beside[standing.spec], standing.watermark)
        return standing.returned > self._last[standing.spec] and standing.progress.open <= beside

    async def _midnight(self, specs: Sequence[RunSpec]) -> SimTime | None:
        last = []
        for spec in specs:
            for case in await self._histories(spec):
                if self._counts(case.procedure):
                    if TRANSITIONS[case.lines[-1].status]:
                        return None
                    last.append(case.lines[-1].at)
        return day_start(day_number(max(last)) + 1) if last else None
