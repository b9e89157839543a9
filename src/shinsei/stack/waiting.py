"""Waiting for a part to be ready, with a deadline and an eye on its process."""

import asyncio
import concurrent.futures
import contextlib
import subprocess
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from shinsei.stack.errors import PartFailedError

POLL_S = 0.1
_T = TypeVar("_T")


def until_ready(
    part: str, process: subprocess.Popen[bytes], is_ready: Callable[[], bool], log: Path, within_s: float
) -> None:
    """Return as soon as it is ready.

    Raises:
        PartFailedError: Its process ended, or time is up.
    """
    deadline = time.monotonic() + within_s
    while not is_ready():
        if process.poll() is not None:
            raise PartFailedError(part, f"ended with code {process.returncode} before it was ready", log)
        if time.monotonic() > deadline:
            raise PartFailedError(part, f"was not ready within {within_s:.0f} s", log)
        time.sleep(POLL_S)


async def answers(address: str, timeout_s: float = 1.0) -> bool:
    """Whether something accepts connections there."""
    host, _, port = address.rpartition(":")
    try:
        async with asyncio.timeout(timeout_s):
            _, writer = await asyncio.open_connection(host, int(port))
    except (OSError, TimeoutError):
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


def run_apart(work: Coroutine[Any, Any, _T]) -> _T:
    """Run it to its end in a loop of its own, whether or not the caller's thread has one."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, work).result()
