"""The lowest priority, for what only watches: it has a processor while nobody else wants one.

Linux may share processors out between sessions first, each of which counts as one (autogroup); how nice a process is
then matters within its own session alone. So the session has to be nice as well, where it is this process's own.
"""

import contextlib
import os
import time
from pathlib import Path
from typing import Final

LOWEST: Final = 19
_OF_THE_SESSION: Final = Path("/proc/self/autogroup")
_ATTEMPTS, _AGAIN_S = 20, 0.11


def give_way() -> None:
    """From now on this process, and its session if it leads one, gives way to everything else."""
    os.nice(LOWEST)
    if os.getsid(0) == os.getpid():
        # Not every Linux has it, and not every container lets it be written.
        with contextlib.suppress(OSError):
            _be_nice()


def _be_nice() -> None:
    for _ in range(_ATTEMPTS):
        # Linux lets it be written ten times a second, whoever asks.
        with contextlib.suppress(BlockingIOError):
            _OF_THE_SESSION.write_text(str(LOWEST), encoding="ascii")
            return
        time.sleep(_AGAIN_S)
