"""What several callers ask at once is done in one go, and the next goes ahead while it is under way."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from shinsei.runtime.clock import sleep

Item = TypeVar("Item")
Answer = TypeVar("Answer")


Call = tuple[Sequence[Item], asyncio.Future[Sequence[Answer]]]


class Coalesced(Generic[Item, Answer]):
    """Puts items of several calls together.

    Args:
        work: answers a list of items, in their order.
        lanes: how many pieces of work may be under way at once.
        linger_s: how long a small piece waits for more.
        most: items in one piece; a call is never divided.
    """

    def __init__(
        self, work: Callable[[list[Item]], Awaitable[Sequence[Answer]]], *, lanes: int, linger_s: float, most: int
    ) -> None:
        self._work = work
        self._linger_s = linger_s
        self._most = most
        self._calls: deque[Call[Item, Answer]] = deque()
        self._size = 0
        self._filled = asyncio.Event()
        self._lanes = [asyncio.create_task(self._lane()) for _ in range(lanes)]

    async def __call__(self, items: Sequence[Item]) -> Sequence[Answer]:
        """The answers to some items, in their order."""
        future: asyncio.Future[Sequence[Answer]] = asyncio.get_running_loop().create_future()
        self._calls.append((items, future))
        self._size += len(items)
        self._filled.set()
        return await future

    async def _lane(self) -> None:
        while True:
            await self._filled.wait()
            if self._linger_s and self._size < self._most:
                await sleep(self._linger_s)
            calls = self._take()
            if calls:
                await self._answer(calls)

    def _take(self) -> list[Call[Item, Answer]]:
        calls: list[Call[Item, Answer]] = []
        size = 0
        while self._calls and (not calls or size + len(self._calls[0][0]) <= self._most):
            calls.append(self._calls.popleft())
            size += len(calls[-1][0])
        self._size -= size
        if not self._calls:
            self._filled.clear()
        return calls

    async def _answer(self, calls: Sequence[Call[Item, Answer]]) -> None:
        try:
            answers = await self._work([item for items, _ in calls for item in items])
        except Exception as failure:  # noqa: BLE001 - told to everybody who waits
            for _, future in calls:
                if not future.done():
                    future.set_exception(failure)
            return
        start = 0
        for items, future in calls:
            if not future.done():
                future.set_result(answers[start : start + len(items)])
            start += len(items)
