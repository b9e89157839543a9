"""A volume of its own for a stack, so that a disk can be full without being anybody else's."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

ROOM: Final = "8g"
_LEFT_BYTES: Final = 1 << 20
"""Of a full disk; what lies there may grow while the volume is made smaller."""


class Volume:
    """A file system in memory; it takes only what lies on it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fill(self) -> None:
        """There is no more room than what lies on it."""
        room = os.statvfs(self._folder)
        self._resize(str((room.f_blocks - room.f_bfree) * room.f_frsize + _LEFT_BYTES))

    def empty(self) -> None:
        """There is room again."""
        self._resize(ROOM)

    def _resize(self, size: str) -> None:
        assert _mount("-o", f"remount,size={size}", str(self._folder)), f"the volume does not take the size {size}"


@contextmanager
def volume(folder: Path, tell: Callable[[str], None]) -> Iterator[Volume | None]:
    """Mounts one there; None where nobody may."""
    folder.mkdir(parents=True)
    if not _mount("-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(folder)):
        tell("no volume of its own (that needs root, or a namespace): no disk will be full")
        yield None
        return
    try:
        yield Volume(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)


def _mount(*arguments: str) -> bool:
    try:
        return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0
    except OSError:
        return False
