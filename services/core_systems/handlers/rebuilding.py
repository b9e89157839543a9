"""Reports of offices that are not open in this process, each rebuilt from its journal once for what is in it.

To let a season happen anew takes a processor for seconds, and whoever watches asks every few of them: of a season that
was left or paused, nothing has come since.
"""

import asyncio
from collections import OrderedDict
from typing import Final

from core_systems.handlers.desk import Desk
from core_systems.handlers.ports import Books
from core_systems.handlers.values import RunKey
from shinsei.domain.office.report import OfficeReport

MOST_KEPT: Final = 32
"""More than the operations room looks at (``room.watching.MOST_RUNS``)."""


class Rebuilt:
    """These reports.

    Args:
        books: with the journals.
    """

    def __init__(self, books: Books) -> None:
        self._books = books
        self._kept: OrderedDict[RunKey, tuple[int, OfficeReport]] = OrderedDict()
        """Each with the last number of its journal; asked for last comes last."""
        self._at_work: dict[RunKey, asyncio.Task[OfficeReport | None]] = {}
        self._turn = asyncio.Lock()
        """One at a time, since each would take all of the processor."""

    async def report(self, key: RunKey) -> OfficeReport | None:
        """The books of an office at its last committed watermark; None if the run is unknown here."""
        if key not in self._at_work:
            self._at_work[key] = asyncio.create_task(self._newest(key))
            self._at_work[key].add_done_callback(lambda _: self._at_work.pop(key))
        # Who loses patience asks again, and then finds it done.
        return await asyncio.shield(self._at_work[key])

    async def _newest(self, key: RunKey) -> OfficeReport | None:
        number, kept = await self._books.last_number(key), self._kept.pop(key, None)
        if number is None:
            return None
        if kept is None or kept[0] != number:
            kept = await self._rebuild(key)
        if kept is None:
            return None
        self._kept[key] = kept
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return kept[1]

    async def _rebuild(self, key: RunKey) -> tuple[int, OfficeReport] | None:
        async with self._turn:
            journal = await self._books.journal(key)
            if journal is None:
                return None
            desk = await asyncio.to_thread(Desk.rebuild, journal)
            return journal.last_number, desk.office.report()
