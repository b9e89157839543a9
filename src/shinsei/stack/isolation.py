"""A process namespace around the stack, where the kernel allows one: when its first process ends, so do all others.

The parts also ask the kernel to end them with the supervisor (``child.py``); the namespace covers what *they* started,
and gives back shared memory. ``SHINSEI_ISOLATION=none`` does without.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass

_NAMESPACES = ("--pid", "--fork", "--kill-child", "--mount-proc", "--ipc")
_TIMEOUT_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolation:
    """How the supervisor is wrapped."""

    prefix: tuple[str, ...]
    """Put before its command; nothing where namespaces are forbidden."""

    @property
    def about(self) -> str:
        """In words, for ``status`` and ``doctor``."""
        if self.prefix:
            return "process namespace, and signals of the parent's death"
        return "signals of the parent's death"


def find_isolation() -> Isolation:
    """The strongest that works here."""
    program = shutil.which("unshare")
    if program is None or os.environ.get("SHINSEI_ISOLATION") == "none":
        return Isolation(prefix=())
    as_user = () if os.geteuid() == 0 else ("--user", "--map-current-user")
    prefix = (program, *as_user, *_NAMESPACES)
    try:
        done = subprocess.run([*prefix, "true"], capture_output=True, timeout=_TIMEOUT_S, check=False)
    except (OSError, subprocess.SubprocessError):
        return Isolation(prefix=())
    return Isolation(prefix=prefix if done.returncode == 0 else ())
