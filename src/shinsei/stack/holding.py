"""Starts a process of ours before its time: what it imports does not have to wait for what it stands on."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace

from shinsei.runtime.held import VARIABLE
from shinsei.stack import processes
from shinsei.stack.processes import Launch


@contextlib.contextmanager
def held(launch: Launch, keep_open: Sequence[int] = ()) -> Iterator[subprocess.Popen[bytes]]:
    """The process, which goes no further than to ``runtime.held`` before the block is at its end.

    Where the block fails, it ends; if this process dies, so does it.
    """
    end, word = os.pipe()
    try:
        try:
            told = replace(launch, environment={**launch.environment, VARIABLE: str(end)})
            process = processes.start(told, keep_open=(*keep_open, end))
        finally:
            os.close(end)
        try:
            yield process
        except BaseException:
            processes.signal_group(process, signal.SIGKILL)
            process.wait()
            raise
        with contextlib.suppress(BrokenPipeError):  # it has ended: whoever looks will see
            os.write(word, b".")
    finally:
        os.close(word)
