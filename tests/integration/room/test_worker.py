"""The process beside the room: it does its work, tells its failures, and is started anew after it was killed."""

import math
import os
import signal

import pytest

from shinsei.domain.errors import UnavailableError
from shinsei.room.worker import LOWEST_PRIORITY, Worker


async def test_it_works_fails_dies_and_comes_back() -> None:
    worker = Worker()
    try:
        assert (await worker.ask(math.factorial, 5))[0] == 120
        with pytest.raises(UnavailableError, match="ValueError"):
            await worker.ask(math.factorial, -1)
        process, _ = await worker.ask(os.getpid)
        assert process != os.getpid()
        assert (await worker.ask(os.nice, 0))[0] == LOWEST_PRIORITY
        with pytest.raises(UnavailableError, match="has gone"):
            await worker.ask(os.kill, process, signal.SIGKILL)
        assert (await worker.ask(math.factorial, 3))[0] == 6
    finally:
        worker.end()
