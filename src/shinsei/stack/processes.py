"""Child processes that end with their parent, each the leader of its own process group, with its output in a log."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_CHILD = Path(__file__).with_name("child.py")
_POLL_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """How a process is started and how it is stopped."""

    command: Sequence[str]
    log: Path
    """Standard output and error are appended here."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Added to the environment of the parent."""
    directory: Path | None = None
    user: int | None = None
    """Runs as this user and its group; only root can ask for it."""
    stop_signal: signal.Signals = signal.SIGTERM
    """Asks for an orderly end."""
    death_signal: signal.Signals = signal.SIGKILL
    """Sent by the kernel when the parent is gone."""
    stop_grace_s: float = 30.0
    """After this, SIGKILL."""


def bound(command: Sequence[str], death_signal: signal.Signals, user: int | None = None) -> Sequence[str]:
    """A command line that the kernel ends by this signal when the thread that has started it is gone."""
    whose = (str(os.getpid()), str(int(death_signal)), "-" if user is None else str(user))
    return (sys.executable, "-I", "-S", str(_CHILD), *whose, *command)


def start(launch: Launch, *, keep_open: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    """Start it; it ends with the *thread* that called, so call from one that lives as long as the process should."""
    launch.log.parent.mkdir(parents=True, exist_ok=True)
    with launch.log.open("ab") as log:
        return subprocess.Popen(
            bound(launch.command, launch.death_signal, launch.user),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, **launch.environment},
            cwd=launch.directory,
            start_new_session=True,
            pass_fds=keep_open,
        )


def signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    """Send a signal to the process and everything in its group; one that is gone already is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def stop(process: subprocess.Popen[bytes], launch: Launch) -> None:
    """Ask for an orderly end, then make sure of it, of the whole group."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(launch.stop_signal)
        deadline = time.monotonic() + launch.stop_grace_s
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(_POLL_S)
    signal_group(process, signal.SIGKILL)
    process.wait()
