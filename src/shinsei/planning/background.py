"""An outlook worked out in processes of low priority while a season runs on the real parts."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from shinsei.domain.errors import ShinseiError
from shinsei.planning.outlook import outlook
from shinsei.planning.pool import StoppedError, Workers
from shinsei.scenario import Scenario
from shinsei.season.outlook import Outlook

_NICENESS = 10


class BackgroundForecast:
    """One outlook; a thread hands out the work, and the processes do it."""

    def __init__(self, replications: int, jobs: int, say: Callable[[str], object] = lambda _: None) -> None:
        """Takes the number of seasons, of processes, and whom to tell that the season is waiting for it."""
        self._say = say
        self._replications = replications
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="outlook")
        self._coming: Future[Outlook | None] | None = None
        self._workers = Workers(jobs, niceness=_NICENESS)
        self.done = 0
        """Seasons planned so far."""

    def start(self, scenario: Scenario) -> None:
        """Begins, and returns at once."""
        if self._replications and self._coming is None:
            self._coming = self._thread.submit(self._work, scenario)
            self._thread.shutdown(wait=False)

    async def result(self) -> Outlook | None:
        """Waits for it; None if it was not wanted, or given up."""
        if self._coming is None:
            return None
        if not self._coming.done():
            self._say(f"planning {self._replications} seasons in virtual time, for the intervals: {self.done} so far …")
        return await asyncio.wrap_future(self._coming)

    def stop(self) -> None:
        """Gives up after the seasons that are under way."""
        self._workers.stop()

    def _work(self, scenario: Scenario) -> Outlook | None:
        try:
            with self._workers as workers:
                return outlook(scenario, self._replications, workers, self._tell)
        except (StoppedError, ShinseiError):  # the season itself needs no outlook
            return None

    def _tell(self, done: int) -> None:
        self.done = done
