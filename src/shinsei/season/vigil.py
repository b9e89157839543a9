"""A season ends when the stack under it has ended: waiting for services that nobody starts again helps no one."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from shinsei.domain.errors import UnavailableError

CHECK_EVERY_S = 2.0
CHECKS = 3
"""The stack has gone when so many checks in a row did not find it: a quick `down` and `up` is not an end."""

T = TypeVar("T")


async def while_up(
    work: Coroutine[Any, Any, T], is_up: Callable[[], bool], pause: Callable[[float], Awaitable[object]]
) -> T:
    """What ``work`` returns.

    Args:
        work: what needs the stack; it is cancelled when the stack has gone.
        is_up: whether anything of the stack is there; must not block.
        pause: waits for some seconds of real time.

    Raises:
        UnavailableError: the stack has gone first.
    """
    task = asyncio.create_task(work)
    gone = asyncio.create_task(_gone(is_up, pause))
    try:
        await asyncio.wait((task, gone), return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return await task
        await gone
        raise UnavailableError("the stack has gone; `shinsei up`, then `shinsei season --resume` goes on")
    finally:
        for each in (task, gone):
            each.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _gone(is_up: Callable[[], bool], pause: Callable[[float], Awaitable[object]]) -> None:
    missing = 0
    while missing < CHECKS:
        await pause(CHECK_EVERY_S)
        missing = 0 if is_up() else missing + 1
