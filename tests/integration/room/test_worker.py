"""The process beside the room: it does its work, tells its failures, and is started anew after it was killed."""

import asyncio
import math
import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from shinsei.domain.errors import UnavailableError
from shinsei.room import metrics
from shinsei.room.worker import Worker
from shinsei.runtime.priority import LOWEST
from shinsei.testing import eventually

OUTCOMES = ("done", "overdue", "failed", "gone")
OF_THE_SESSION = Path("/proc/self/autogroup")
ROOM = """
import asyncio, os
from shinsei.room.worker import Worker

def works():
    while True:
        pass

async def main():
    worker = Worker()
    print((await worker.ask(os.getpid))[0], flush=True)
    await worker.ask(works)

if __name__ == "__main__":
    asyncio.run(main())
"""


async def test_it_works_fails_dies_and_comes_back() -> None:
    worker = Worker()
    try:
        assert (await worker.ask(math.factorial, 5))[0] == 120
        with pytest.raises(UnavailableError, match="ValueError"):
            await worker.ask(math.factorial, -1)
        process, _ = await worker.ask(os.getpid)
        assert process != os.getpid()
        assert (await worker.ask(os.nice, 0))[0] == LOWEST
        with pytest.raises(UnavailableError, match="has gone"):
            await worker.ask(os.kill, process, signal.SIGKILL)
        assert (await worker.ask(math.factorial, 3))[0] == 6
    finally:
        worker.end()


async def test_one_that_hangs_is_killed_begun_anew_and_counted() -> None:
    worker = Worker(patience_s=1.0)
    before = {outcome: metrics.ASKED.labels(outcome)._value.get() for outcome in OUTCOMES}
    try:
        with pytest.raises(UnavailableError, match="no forecast in 1 s"):
            await worker.ask(signal.pause)
        worker._patience_s = 60.0
        assert (await worker.ask(math.factorial, 5))[0] == 120
        with pytest.raises(UnavailableError, match="ValueError"):
            await worker.ask(math.factorial, -1)
        with pytest.raises(UnavailableError, match="has gone"):
            await worker.ask(os._exit, 1)
    finally:
        worker.end()
    counted = {outcome: metrics.ASKED.labels(outcome)._value.get() - before[outcome] for outcome in OUTCOMES}
    assert counted == {"done": 1, "overdue": 1, "failed": 1, "gone": 1}


async def test_it_gives_way_as_a_session_of_its_own_while_the_room_keeps_its_priority() -> None:
    worker, nice, session = Worker(), os.nice(0), os.getsid(0)
    has_priority = OF_THE_SESSION.exists()  # elsewhere Linux shares out between processes alone
    before = OF_THE_SESSION.read_text(encoding="ascii") if has_priority else ""
    try:
        process, _ = await worker.ask(os.getpid)
        assert (await worker.ask(os.getsid, 0))[0] == process != session
        assert (await worker.ask(os.nice, 0))[0] == LOWEST
        if has_priority:
            told, _ = await worker.ask(Path.read_text, OF_THE_SESSION)
            assert told.split()[-1] == str(LOWEST)
            assert OF_THE_SESSION.read_text(encoding="ascii") == before != told
        assert (os.nice(0), os.getsid(0)) == (nice, session)
    finally:
        worker.end()


async def test_it_ends_with_a_room_that_is_killed_whatever_it_is_at(tmp_path: Path) -> None:
    program = tmp_path / "room.py"
    program.write_text(ROOM, encoding="utf-8")
    room = await asyncio.create_subprocess_exec(sys.executable, program, stdout=asyncio.subprocess.PIPE)
    assert room.stdout is not None
    worker = psutil.Process(int(await room.stdout.readline()))
    room.kill()
    await room.wait()
    await eventually(lambda: not worker.is_running(), within_s=60, what="the worker has gone")
