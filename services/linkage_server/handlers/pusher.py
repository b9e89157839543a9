"""The pusher of one run: statuses go back to the portal at poll times, together with their watermark.

The push of T waits until the statuses have come that far; it never waits for the poll of T.
"""

from linkage_server.handlers.live import LiveRun
from linkage_server.handlers.polls import push_times
from linkage_server.handlers.ports import Ports
from shinsei.domain.simtime import SimTime

CHUNK = 5_000
"""Updates in one call; what is more goes ahead, under a watermark that does not rise."""


class Pusher:
    """Pushes for one municipality."""

    def __init__(self, run: LiveRun, epoch: int, ports: Ports) -> None:
        self._run = run
        self._epoch = epoch
        self._portal = ports.portal
        self._store = ports.store
        self._observer = ports.observer

    async def run(self) -> None:
        """Pushes for ever."""
        run = self._run
        while True:
            run.status_came.clear()
            due = push_times(run.row.spec, run.changes, run.push.status, run.push.pushed)
            if due is None:
                await run.status_came.wait()
            else:
                await self._push(*due)

    async def _push(self, at: SimTime, working: SimTime) -> None:
        """Pushes what happened before ``working``, and the watermark ``at``."""
        carries = working > self._run.push.pushed
        full = carries
        while full:
            full = await self._send(working, SimTime(0), at_least=CHUNK)
        await self._send(working if carries else SimTime(0), at, at_least=0)

    async def _send(self, before: SimTime, watermark: SimTime, at_least: int) -> bool:
        """One call; whether there were enough updates to make it."""
        run = self._run
        updates = await self._store.to_push(run.row, before, CHUNK) if before else ()
        if len(updates) < at_least:
            return False
        await self._portal.push(run.row, updates, watermark)
        number = updates[-1].number if updates else run.push.pushed_number
        await self._store.pushed(run.row, self._epoch, watermark, number)
        run.has_pushed(watermark, number)
        self._observer.pushed(len(updates))
        return True
