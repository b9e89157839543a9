"""Which runs are served, whoever found them, and what an outage of the database does to the search for them."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from tests.unit.linkage_server.rows import ROW, SPEC

from linkage_server.handlers.keeper import Keeper, Times
from linkage_server.handlers.live import LiveRun
from linkage_server.handlers.model import OpenRun, RunRow
from linkage_server.handlers.ports import Ports
from shinsei.domain.errors import UnavailableError
from shinsei.domain.simtime import SimTime
from shinsei.runtime.clock import sleep
from shinsei.runtime.retry import ExponentialBackoff
from shinsei.testing.waiting import eventually


class Shared:
    """A database that several processes write to; work on a run never gets further than its first reading."""

    def __init__(self) -> None:
        self.rows: list[RunRow] = []
        self.away = 0

    async def take(self, partition: int) -> int:
        return 1

    async def load(self) -> Sequence[RunRow]:
        return self.rows

    async def add(self, run: OpenRun) -> RunRow:
        if self.away:
            self.away -= 1
            raise UnavailableError("the database is away")
        return ROW

    async def reload(self, key: int) -> RunRow:
        await asyncio.Event().wait()
        return ROW


class Listing:
    """A portal that lists one open run, or the same so many times."""

    def __init__(self, count: int = 1) -> None:
        self._count = count

    async def runs(self) -> Sequence[OpenRun]:
        return [OpenRun(run_id=SPEC.run_id, municipality=SPEC.municipality, spec=b"", closed=False)] * self._count


class Silent:
    """Hears everything and tells nothing."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


def a_keeper(store: Shared) -> Keeper:
    times = Times(sleep=sleep, delays_s=ExponentialBackoff().delays_s, discover_every_s=0, rest_s=0)
    ports = Ports(portal=Listing(), store=store, payloads=Silent(), observer=Silent())  # type: ignore[arg-type]
    return Keeper(ports, times)


async def test_a_run_that_another_process_began_is_known_before_its_partition_is_read() -> None:
    """Else the statuses that wait there would be taken for those of no known run."""
    store = Shared()
    keeper = a_keeper(store)
    await keeper.start()
    store.rows.append(ROW)
    await keeper.assigned([SPEC.partition])
    assert keeper.find(SPEC.run_id, SPEC.municipality) is not None
    await keeper.stop()


async def test_a_run_that_cannot_be_stored_now_is_found_again() -> None:
    store = Shared()
    store.away = 2
    keeper = a_keeper(store)
    search = asyncio.create_task(keeper.discover())
    await eventually(lambda: search.done() or keeper.find(SPEC.run_id, SPEC.municipality) is not None)
    assert not search.done()
    search.cancel()


@pytest.mark.parametrize(("runs", "rest_s"), [(0, 0.5), (99, 0.5), (100, 1.0), (1_741, 9.0)])
async def test_a_long_list_of_runs_is_asked_for_less_often(runs: int, rest_s: float) -> None:
    """A nation's is ten megabytes, whose reading would take the processor from what the runs are for."""
    rests: list[float] = []

    async def rest(seconds: float) -> None:
        rests.append(seconds)
        await asyncio.Event().wait()

    times = Times(sleep=rest, delays_s=ExponentialBackoff().delays_s, discover_every_s=0.5, rest_s=0)
    ports = Ports(portal=Listing(runs), store=Shared(), payloads=Silent(), observer=Silent())  # type: ignore[arg-type]
    search = asyncio.create_task(Keeper(ports, times).discover())
    await eventually(lambda: search.done() or bool(rests))
    assert rests == [rest_s]
    search.cancel()


def test_a_status_that_comes_while_the_database_is_read_is_not_forgotten() -> None:
    """Nothing more may come before it has been pushed."""
    run, read = LiveRun(ROW), ROW
    run.saw_status(SimTime(SPEC.start + 5))
    run.renew(read, ())
    assert run.push.status == SPEC.start + 5
    run.renew(replace(ROW, push=replace(ROW.push, status=SimTime(SPEC.start + 9), pushed_number=3)), ())
    assert (run.push.status, run.push.pushed_number) == (SPEC.start + 9, 3)


class TakenTwice(Shared):
    """The second time a partition is taken takes a while."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = [ROW]
        self.epochs = dict.fromkeys((ROW.partition, ROW.partition + 1), 0)
        self.may_go_on = asyncio.Event()

    async def take(self, partition: int) -> int:
        self.epochs[partition] += 1
        if self.epochs[partition] > 1:
            await self.may_go_on.wait()
        return self.epochs[partition]


async def test_while_a_partition_is_taken_anew_nothing_begins_under_its_old_epoch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What began under it would be fenced at once, and nobody would begin it again."""
    store = TakenTwice()
    keeper = a_keeper(store)
    begun: list[int] = []

    async def work(_: LiveRun, epoch: int) -> None:
        begun.append(epoch)
        await asyncio.Event().wait()

    monkeypatch.setattr(keeper, "_work", work)
    await keeper.assigned([ROW.partition])
    again = asyncio.create_task(keeper.assigned([ROW.partition]))
    await eventually(lambda: store.epochs[ROW.partition] == 2)
    await keeper.assigned([ROW.partition + 1])
    store.may_go_on.set()
    await again
    await eventually(lambda: begun == [1, 2])
    await keeper.stop()
