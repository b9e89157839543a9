"""Calls that come at once are one piece of work, and each caller gets its own answers."""

import asyncio
from collections.abc import Sequence

import pytest

from bench.limit.coalescing import Coalesced


async def test_calls_that_come_at_once_are_worked_off_together() -> None:
    pieces: list[list[int]] = []

    async def double(items: list[int]) -> Sequence[int]:
        pieces.append(items)
        return [2 * item for item in items]

    ask = Coalesced(double, lanes=1, linger_s=0.0, most=4)
    answers = await asyncio.gather(ask([1, 2]), ask([3]), ask([4, 5]))
    assert [list(answer) for answer in answers] == [[2, 4], [6], [8, 10]]
    assert pieces == [[1, 2, 3], [4, 5]], "a call is never divided, and at most four go together"


async def test_the_next_piece_does_not_wait_for_the_one_before() -> None:
    started: list[int] = []
    release = asyncio.Event()

    async def slow(items: list[int]) -> Sequence[int]:
        started.extend(items)
        await release.wait()
        return items

    ask = Coalesced(slow, lanes=2, linger_s=0.0, most=1)
    calls = [asyncio.create_task(ask([n])) for n in range(3)]
    async with asyncio.timeout(1):
        while len(started) < 2:
            await asyncio.wait(calls, timeout=0)
    assert started == [0, 1], "two are under way, the third waits"
    release.set()
    assert [list(answer) for answer in await asyncio.gather(*calls)] == [[0], [1], [2]]


async def test_a_failure_is_told_to_everybody_who_waits() -> None:
    async def fail(items: list[int]) -> Sequence[int]:
        raise OSError("gone")

    ask = Coalesced(fail, lanes=1, linger_s=0.0, most=9)
    for answer in await asyncio.gather(ask([1]), ask([2]), return_exceptions=True):
        assert isinstance(answer, OSError)
    with pytest.raises(OSError, match="gone"):
        await ask([3])
