"""What the parts take of the machine's memory, as PSS: shared pages are counted once, divided among those who share.

Process ids inside a namespace differ from those outside; ``Outside`` translates, so that people see theirs.
"""

import contextlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import psutil

_MIB = 2**20


def parents() -> dict[int, int]:
    """Parent of every process that can be seen."""
    found = {}
    for process in psutil.process_iter(["ppid"]):
        found[process.pid] = process.info["ppid"]
    return found


def family(root: int, parent_of: Mapping[int, int]) -> list[int]:
    """A process and all that descend from it."""
    members = [root]
    for member in members:
        members.extend(child for child, parent in parent_of.items() if parent == member and child != member)
    return members


def memory_mib(processes: Iterable[int]) -> float:
    """PSS of these processes together; one that has just ended counts nothing."""
    return sum(_pss(process) for process in processes) / _MIB


def _pss(process: int) -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    with contextlib.suppress(psutil.Error):  # a system without it: what is the process's own
        return int(psutil.Process(process).memory_full_info().uss)
    return 0


class Outside:
    """Process ids as seen from outside the namespace, through a ``/proc`` that was opened there."""

    def __init__(self, proc: int | None) -> None:
        """``proc`` is the opened folder; None where there is no namespace."""
        self._proc = proc
        self._ids: dict[int, int] = {}

    def id(self, inside: int) -> int:
        """The id outside of a process of ours."""
        if self._proc is None:
            return inside
        if inside not in self._ids:
            self._read(self._proc)
        return self._ids.get(inside, inside)

    def forget(self) -> None:
        """Look anew next time: a process has ended, and its id may come again."""
        self._ids.clear()

    def _read(self, proc: int) -> None:
        namespace = str(Path("/proc/self/ns/pid").readlink())
        for name in os.listdir(proc):
            if not name.isdigit():
                continue
            with contextlib.suppress(OSError):
                if os.readlink(f"{name}/ns/pid", dir_fd=proc) == namespace:
                    self._ids[self._inside(proc, name)] = int(name)

    @staticmethod
    def _inside(proc: int, name: str) -> int:
        with open(os.open(f"{name}/status", os.O_RDONLY, dir_fd=proc), encoding="ascii", errors="replace") as status:  # noqa: PTH123 - relative to an opened folder
            for line in status:
                if line.startswith("NSpid:"):
                    return int(line.split()[-1])
        return int(name)
