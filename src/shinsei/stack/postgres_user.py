"""PostgreSQL refuses to run as root, which in a container or on a small server is who starts the stack.

There it gets a user namespace in which root's files belong to an ordinary user: nothing changes owner, no account is
made. Where the kernel forbids that, it runs as an account that is there already, which then owns its directory.
"""

import functools
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from shinsei.stack.errors import StackError

_INSIDE = 1000
"""Number of the ordinary user inside the namespace; outside it is still root."""
_ACCOUNTS = ("postgres", "nobody")
_TIMEOUT_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordinary:
    """How to run a program as somebody who is not root."""

    prefix: tuple[str, ...] = ()
    """Put before the command."""
    user: int | None = None
    """Account to change to, which must own the files."""


def not_root(directory: Path) -> Ordinary:
    """How PostgreSQL is to be run with its files in ``directory``.

    Raises:
        StackError: There is no way; the text says what to do.
    """
    if os.geteuid() != 0:
        return Ordinary()
    prefix = _namespace()
    if prefix and (not directory.exists() or directory.stat().st_uid == 0):
        return Ordinary(prefix=prefix)
    account = next((found for name in _ACCOUNTS if (found := _account(name)) is not None), None)
    if account is None or not _can_reach(directory):
        raise StackError(
            f"PostgreSQL does not run as root, user namespaces are forbidden here, and no other account can reach "
            f"{directory}: run this as an ordinary user, or name a home that all can reach (SHINSEI_HOME)"
        )
    return Ordinary(user=account)


@functools.cache
def _namespace() -> tuple[str, ...]:
    program = shutil.which("unshare")
    if program is None:
        return ()
    prefix = (program, "--user", f"--map-user={_INSIDE}")
    try:
        done = subprocess.run([*prefix, "true"], capture_output=True, timeout=_TIMEOUT_S, check=False)
    except (OSError, subprocess.SubprocessError):
        return ()
    return prefix if done.returncode == 0 else ()


def _account(name: str) -> int | None:
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        return None


def _can_reach(directory: Path) -> bool:
    """Whether everybody may pass through every folder above it."""
    return all(parent.stat().st_mode & 0o001 for parent in directory.absolute().parents if parent.exists())
