"""Waking those who wait for a run to move: no long poll spins."""

import asyncio
from collections.abc import Callable


class Signal:
    """Wakes everybody who waits; each then looks for himself whether what he waits for has come."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Future[None], None] = {}
        """In the order in which they came, so that a simulation wakes them in the same order each time."""

    def notify(self) -> None:
        """Something has moved."""
        waiting, self._waiting = self._waiting, {}
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def wait(self, timeout_s: float) -> None:
        """Returns at the next notification, or after the time."""
        future = asyncio.get_running_loop().create_future()
        self._waiting[future] = None
        try:
            async with asyncio.timeout(timeout_s):
                await future
        except TimeoutError:
            return
        finally:
            self._waiting.pop(future, None)

    async def until(
        self, reached: Callable[[], bool], wait_s: float, due_in_s: Callable[[], float] = lambda: float("inf")
    ) -> bool:
        """Waits until ``reached``, at most ``wait_s``; looks again by itself after ``due_in_s``."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait_s
        while not reached():
            left = deadline - loop.time()
            if left <= 0:
                return False
            await self.wait(min(left, max(due_in_s(), 0.001)))
        return True
