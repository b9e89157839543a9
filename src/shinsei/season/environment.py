"""The environment manifest of a result: a figure without its machine and versions is not comparable."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil

from shinsei.kernel import kernel
from shinsei.runtime.clock import RealClock

_PACKAGES = ("shinsei", "aiokafka", "asyncpg", "faust-streaming", "grpcio", "protobuf", "uvloop")
_GIT_TIMEOUT_S = 5


def manifest(command: str) -> dict[str, Any]:
    """Day, machine, versions, commit and kernel, as they go into ``environment.json``."""
    return {
        "at": datetime.fromtimestamp(RealClock().now_ms() / 1000, UTC).date().isoformat(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "versions": {name: version for name in _PACKAGES if (version := _version(name))},
        "commit": _commit(),
        "kernel": kernel(),
        "command": command,
    }


def _processor() -> str:
    """Its name; empty where the system does not tell."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _commit() -> str | None:
    """The commit of the checkout, with ``+`` where files were changed; None outside a checkout."""
    root = Path(__file__).resolve().parent
    try:
        commit = _git(root, "rev-parse", "--short=12", "HEAD")
        changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return None
    return f"{commit}+" if changed else commit


def _git(directory: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - fixed command
        ["git", *arguments],  # noqa: S607 - found on the path
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=_GIT_TIMEOUT_S,
        check=True,
    )
    return done.stdout.strip()
