"""Much work, a few pieces of it at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


async def in_lanes(work: Callable[[Item], Awaitable[Result]], items: Sequence[Item], most: int) -> list[Result]:
    """The results in the order of the items; up to so many are worked on at once, and a failure ends the others."""
    left = iter(enumerate(items))
    found: dict[int, Result] = {}

    async def lane() -> None:
        for n, item in left:
            found[n] = await work(item)

    lanes = [asyncio.ensure_future(lane()) for _ in range(min(most, len(items)))]
    try:
        await asyncio.gather(*lanes)
    finally:
        for one in lanes:
            one.cancel()
    return [found[n] for n in range(len(items))]
