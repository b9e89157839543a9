"""Work that is done a few pieces at a time."""

import asyncio

import pytest

from linkage_server.handlers.lanes import in_lanes
from shinsei.runtime.clock import sleep


class Work:
    """Takes a while, notes how much of it was under way at once, and fails at one item."""

    def __init__(self, bad: int = -1) -> None:
        self.begun: list[int] = []
        self.ended: list[int] = []
        self.under_way = self.most = 0
        self._bad = bad

    async def __call__(self, item: int) -> str:
        self.begun.append(item)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            for _ in range(7 - item % 7):
                await sleep(0)
            if item == self._bad:
                raise ConnectionError("away")
            self.ended.append(item)
        finally:
            self.under_way -= 1
        return str(item)


@pytest.mark.parametrize("most", [1, 3, 100])
async def test_results_are_in_the_order_of_the_items_and_no_more_than_so_many_are_under_way(most: int) -> None:
    work = Work()
    assert await in_lanes(work, range(20), most) == [str(n) for n in range(20)]
    assert work.most == min(most, 20)
    assert work.begun == list(range(20))


async def test_of_nothing_there_is_no_result() -> None:
    assert await in_lanes(Work(), [], 3) == []


async def test_a_failure_is_told_as_it_is_and_ends_the_others() -> None:
    work = Work(bad=6)
    with pytest.raises(ConnectionError, match="away"):
        await in_lanes(work, range(100), 10)
    begun = list(work.begun)
    for _ in range(20):
        await sleep(0)
    assert work.begun == begun
    assert work.under_way == 0
    assert len(work.ended) < len(begun) < 100


async def test_who_waits_no_longer_ends_all() -> None:
    work = Work()
    waiting = asyncio.ensure_future(in_lanes(work, range(100), 10))
    await asyncio.wait([waiting], timeout=0)
    await sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    begun = list(work.begun)
    for _ in range(20):
        await sleep(0)
    assert work.begun == begun
    assert work.under_way == 0
