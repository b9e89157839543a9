"""What a poller asks of its database, and what it trusts the portal with."""

from collections.abc import Collection, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest
from tests.unit.linkage_server.rows import ROW, SPEC

from linkage_server.handlers.live import LiveRun
from linkage_server.handlers.model import EntryKey, Fetched, ListedEntry, Listing, RunRow
from linkage_server.handlers.poller import Poller
from linkage_server.handlers.ports import Ports
from shinsei.domain.simtime import MINUTE_MS, SimTime


class EndError(Exception):
    """The portal has no more to tell."""


class Portal:
    """Lists one further submission a poll, beside all that are not acknowledged."""

    def __init__(self, polls: int, *, forgets: int = 0) -> None:
        """``forgets`` so many acknowledgements, which fail."""
        self._left, self._forgets = polls, forgets
        self._listed: list[ListedEntry] = []
        self.acknowledged: list[EntryKey] = []

    async def listing(self, run: RunRow, wait_until: SimTime) -> Listing:
        if not self._left:
            raise EndError
        self._left -= 1
        n = self._left
        self._listed.append(
            ListedEntry(
                receipt_number=f"{n}",
                n=0,
                stamp=SimTime(wait_until - 1),
                submission_id=f"{SPEC.municipality}-10-{n:06}",
                files=0,
                size=0,
                change=None,
            )
        )
        return Listing(watermark=wait_until, entries=list(self._listed), closed=False)

    async def fetch(self, run: RunRow, receipt_numbers: Sequence[str]) -> Sequence[Fetched]:
        return [Fetched(receipt_number=one, attachments=(), files=(), message=one) for one in receipt_numbers]

    async def acknowledge(self, run: RunRow, keys: Sequence[EntryKey]) -> None:
        if self._forgets:
            self._forgets -= 1
            raise ConnectionError
        self.acknowledged += keys
        self._listed = [entry for entry in self._listed if entry.key not in keys]


class Store:
    """Knows which entries polls have taken; a second time one cannot be."""

    def __init__(self) -> None:
        self.asked = 0
        self.entries: list[EntryKey] = []

    async def taken(self, run: RunRow, keys: Sequence[EntryKey]) -> Collection[EntryKey]:
        self.asked += 1
        return {key for key in keys if key in self.entries}

    async def commit_polls(self, run: RunRow, epoch: int, after: SimTime | None, polls: Any) -> None:
        keys = [entry.key for entry in polls.entries]
        assert not set(keys) & set(self.entries)
        self.entries += keys

    async def publish(self, *_: Any) -> None:
        return

    async def pass_on(self, *_: Any) -> None:
        return


class Silent:
    """Hears everything and tells nothing."""

    def getting(self) -> Any:
        return nullcontext()

    def handing_on(self, cases: int) -> Any:
        return nullcontext()

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


def a_poller(run: LiveRun, portal: Portal, store: Store) -> Poller:
    async def rest() -> None:
        return

    ports = Ports(portal=portal, store=store, payloads=Silent(), observer=Silent())  # type: ignore[arg-type]
    return Poller(run, 1, ports, rest)


def a_run() -> LiveRun:
    poll = replace(ROW.poll, started=True, polled=SPEC.start, published=SPEC.start)
    return LiveRun(replace(ROW, poll=replace(poll, busy_until=SimTime(SPEC.start + MINUTE_MS))))


async def test_what_is_acknowledged_is_not_asked_after_again() -> None:
    portal, store = Portal(polls=5), Store()
    with pytest.raises(EndError):
        await a_poller(a_run(), portal, store).run()
    assert (len(portal.acknowledged), len(store.entries), store.asked) == (5, 5, 1)


async def test_what_is_listed_again_after_a_failure_is_struck() -> None:
    run, portal, store = a_run(), Portal(polls=5, forgets=1), Store()
    with pytest.raises(ConnectionError):
        await a_poller(run, portal, store).run()
    run.poll = replace(run.poll, published=run.poll.polled)
    with pytest.raises(EndError):
        await a_poller(run, portal, store).run()
    assert (len(portal.acknowledged), len(store.entries), store.asked) == (5, 5, 2)
