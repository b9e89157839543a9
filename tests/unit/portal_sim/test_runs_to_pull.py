"""Which runs municipalities are told of, again and again, however many have ended."""

from collections.abc import Collection, Sequence
from types import SimpleNamespace
from typing import Any, cast

from portal_sim.handlers.pull import Pulls


class Entries:
    """What is left of runs; notes which of them were asked after."""

    def __init__(self, *left: int) -> None:
        self.left = set(left)
        self.asked: list[list[int]] = []

    async def runs_with_entries(self, run_keys: Sequence[int]) -> Collection[int]:
        self.asked.append(list(run_keys))
        return self.left & set(run_keys)


def a_run(key: int, *, closed: bool) -> Any:
    return SimpleNamespace(key=key, municipality="482013", closed=closed)


async def told(pulls: Pulls) -> list[int]:
    return [run.key for run in await pulls.runs(None)]


async def test_a_run_that_has_ended_and_been_emptied_is_not_asked_after_again() -> None:
    runs = [a_run(1, closed=True), a_run(2, closed=True), a_run(3, closed=False)]
    entries = Entries(2)
    pulls = Pulls(cast("Any", SimpleNamespace(all=lambda: runs)), cast("Any", entries))
    assert await told(pulls) == [2, 3]
    assert await told(pulls) == [2, 3]
    entries.left.clear()
    runs[2].closed = True
    assert await told(pulls) == []
    assert await told(pulls) == []
    assert entries.asked == [[1, 2], [2], [2, 3]]


async def test_a_run_that_is_emptied_before_it_ends_is_told_of_until_then() -> None:
    runs, entries = [a_run(1, closed=False)], Entries()
    pulls = Pulls(cast("Any", SimpleNamespace(all=lambda: runs)), cast("Any", entries))
    assert await told(pulls) == [1]
    entries.left.add(1)
    runs[0].closed = True
    assert await told(pulls) == [1]
