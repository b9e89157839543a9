"""Waiting in tests: for a condition with a deadline, never for a time."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

T = TypeVar("T")


@overload
async def eventually(
    condition: Callable[[], Awaitable[T]], *, within_s: float = 10.0, every_s: float = 0.02, what: str = ""
) -> T: ...


@overload
async def eventually(
    condition: Callable[[], T], *, within_s: float = 10.0, every_s: float = 0.02, what: str = ""
) -> T: ...


async def eventually(
    condition: Callable[[], Any], *, within_s: float = 10.0, every_s: float = 0.02, what: str = ""
) -> Any:
    """The first true value of a condition.

    Raises:
        AssertionError: it has not become true in time.
    """
    deadline_s = time.monotonic() + within_s
    while True:
        found = condition()
        value = await found if inspect.isawaitable(found) else found
        if value:
            return value
        if time.monotonic() > deadline_s:
            raise AssertionError(f"{what or 'the condition'} has not come true within {within_s} s")
        await asyncio.sleep(every_s)
