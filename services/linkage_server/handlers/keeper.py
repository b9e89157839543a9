"""Which runs this process serves: those of the partitions of ``application.status-changed`` that it owns.

A run is found by asking the portal, and kept in the database. Work on it that fails begins anew from there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

from linkage_server.handlers.live import LiveRun
from linkage_server.handlers.model import LostPartitionError, OpenRun, RunRow
from linkage_server.handlers.poller import Poller
from linkage_server.handlers.ports import Ports
from linkage_server.handlers.pusher import Pusher
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.simtime import SimTime

Sleep = Callable[[float], Awaitable[None]]
ADDED_AT_ONCE = 10
"""New runs whose commits wait together; a nation's runs one by one would take minutes."""
SHORT_LIST = 100
"""Runs that are told in no time; where there are more, the portal is asked less often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Real times that the keeper goes by."""

    sleep: Sleep
    delays_s: Callable[[], Iterator[float]]
    """Delays between attempts at failing work."""
    discover_every_s: float
    """How often the portal is asked for runs, while they are few."""
    rest_s: float
    """Pause between two listings of a run that is paced by the clock."""

    async def rest(self) -> None:
        """Lets some polls of a fast clock come together."""
        await self.sleep(self.rest_s)


class Keeper:
    """Starts and stops the work on runs."""

    def __init__(self, ports: Ports, times: Times) -> None:
        self._ports = ports
        self._portal = ports.portal
        self._store = ports.store
        self._observer = ports.observer
        self._times = times
        self._runs: dict[tuple[str, str], LiveRun] = {}
        self._epochs: dict[int, int] = {}
        self._tasks: dict[LiveRun, asyncio.Task[None]] = {}
        self._refused: set[tuple[str, str]] = set()

    async def start(self) -> None:
        """Takes up the runs that the database holds."""
        for row in await self._store.load():
            self._keep(row)

    async def stop(self) -> None:
        """Stops all work."""
        await self._cancel(list(self._tasks))

    def epoch(self, partition: int) -> int:
        """Epoch under which this process owns a partition.

        Raises:
            LostPartitionError: it does not.
        """
        if partition not in self._epochs:
            raise LostPartitionError(partition)
        return self._epochs[partition]

    def find(self, run_id: str, municipality: str) -> LiveRun | None:
        """A run that has been started here, if it is known."""
        return self._runs.get((run_id, municipality))

    async def discover(self) -> None:
        """Asks the portal for runs, for ever."""
        while True:
            runs = await self._portal.runs()
            known = self._runs.keys() | self._refused
            new = [listed for listed in runs if (listed.run_id, listed.municipality) not in known]
            for first in range(0, len(new), ADDED_AT_ONCE):
                await asyncio.gather(*map(self._add, new[first : first + ADDED_AT_ONCE]))
            await self._times.sleep(self._times.discover_every_s * (1 + len(runs) // SHORT_LIST))

    async def assigned(self, partitions: Sequence[int]) -> None:
        """Takes partitions and begins with their runs."""
        for partition in partitions:
            # Until it is taken, nothing may begin under the epoch of an attempt before.
            self._epochs.pop(partition, None)
            await self._cancel([run for run in self._tasks if run.row.partition == partition])
            self._epochs[partition] = await self._store.take(partition)
        # What an earlier owner began is known here before the first of its statuses is read.
        await self.start()
        for run in self._runs.values():
            self._serve(run)

    async def revoked(self, partitions: Sequence[int]) -> None:
        """Lets go of partitions."""
        for partition in partitions:
            self._epochs.pop(partition, None)
        await self._cancel([run for run in self._tasks if run.row.partition in partitions])

    def saw_status(self, run_id: str, municipality: str, watermark: SimTime | None) -> None:
        """Statuses of a run have been buffered."""
        run = self.find(run_id, municipality)
        if run is not None and watermark is not None:
            run.saw_status(watermark)

    async def _add(self, listed: OpenRun) -> None:
        try:
            row = await self._store.add(listed)
        except InvalidInputError as error:
            self._refused.add((listed.run_id, listed.municipality))
            self._observer.refused({"run": listed.run_id, "municipality": listed.municipality}, error)
            return
        except Exception as error:  # noqa: BLE001 - reported; the run is listed again
            self._observer.failed("add", {"run": listed.run_id, "municipality": listed.municipality}, error)
            return
        self._serve(self._keep(row))

    def _keep(self, row: RunRow) -> LiveRun:
        return self._runs.setdefault((row.run_id, row.municipality), LiveRun(row))

    def _serve(self, run: LiveRun) -> None:
        epoch = self._epochs.get(run.row.partition)
        if epoch is None or run.finished or run in self._tasks:
            return
        task = asyncio.create_task(self._work(run, epoch), name=f"run-{run.row.municipality}")
        self._tasks[run] = task
        task.add_done_callback(lambda done: self._gone(run, done))
        self._observer.serving(len(self._tasks))

    def _gone(self, run: LiveRun, task: "asyncio.Task[None]") -> None:
        if self._tasks.get(run) is task:
            del self._tasks[run]
        self._observer.serving(len(self._tasks))

    async def _work(self, run: LiveRun, epoch: int) -> None:
        """Polls and pushes until the run is finished or the partition lost; a failure begins anew."""
        for delay_s in self._times.delays_s():
            try:
                run.renew(await self._store.reload(run.row.key), await self._store.changes(run.row))
                await self._both(run, epoch)
            except LostPartitionError:
                return
            except Exception as error:  # noqa: BLE001 - reported, and begun anew from the database
                self._observer.failed("run", run.name, error)
            if run.finished:
                return
            await self._times.sleep(delay_s)

    async def _both(self, run: LiveRun, epoch: int) -> None:
        """The poller and the pusher beside each other; ends with the first of them."""
        poller = Poller(run, epoch, self._ports, self._times.rest)
        pusher = Pusher(run, epoch, self._ports)
        tasks = [asyncio.create_task(poller.run()), asyncio.create_task(pusher.run())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _cancel(self, runs: Sequence[LiveRun]) -> None:
        tasks = [self._tasks[run] for run in runs]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
