"""A run that this process serves: what poller, pusher and the reader of statuses share."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from linkage_server.handlers.model import PushState, RunRow
from shinsei.domain.run import Change
from shinsei.domain.simtime import SimTime


class LiveRun:
    """Where a run stands, as last committed."""

    def __init__(self, row: RunRow) -> None:
        self.row = row
        self.poll = row.poll
        self.push = row.push
        self.finished = row.finished
        self.changes: list[Change] = []
        self.status_came = asyncio.Event()
        self.pushed = asyncio.Event()

    @property
    def name(self) -> dict[str, str]:
        """For log lines."""
        return {"run": self.row.run_id, "municipality": self.row.municipality}

    def renew(self, row: RunRow, changes: Sequence[Change]) -> None:
        """Takes the state from the database: after a failure nothing in memory is trusted.

        But for statuses, of which only committed ones are ever seen: some may have been while the database was read.
        """
        self.row, self.poll, self.finished = row, row.poll, row.finished
        self.push = replace(row.push, status=SimTime(max(row.push.status, self.push.status)))
        self.changes = list(changes)
        self.status_came.set()

    def saw_status(self, watermark: SimTime) -> None:
        """Statuses up to here have been buffered."""
        self.push = replace(self.push, status=SimTime(max(self.push.status, watermark)))
        self.status_came.set()

    def has_pushed(self, watermark: SimTime, number: int) -> None:
        """The portal has everything up to here."""
        pushed = SimTime(max(self.push.pushed, watermark))
        self.push = PushState(status=self.push.status, number=self.push.number, pushed=pushed, pushed_number=number)
        self.pushed.set()
