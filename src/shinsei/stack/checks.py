"""What a machine must have for the local stack, each checked on its own: for ``doctor``, and before every start."""

import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import psutil

from shinsei.stack import prometheus
from shinsei.stack.errors import StackError
from shinsei.stack.isolation import find_isolation
from shinsei.stack.java import find_java
from shinsei.stack.kafka import require_jars
from shinsei.stack.parts import Part
from shinsei.stack.ports import LOOPBACK, is_free
from shinsei.stack.postgres import binaries
from shinsei.stack.postgres_user import not_root
from shinsei.stack.site import Site

OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 13)
NEEDED_DISK_MIB = 2048
NEEDED_FILES = 4096
_LATE = timedelta(days=2)
"""Certificates that end so soon are told of."""
_MIB = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The outcome of one check."""

    name: str
    ok: bool
    detail: str
    """What was found, or what to do."""
    advisory: bool = False
    """The stack runs without it."""


def all_checks(site: Site, parts: Sequence[Part]) -> list[Check]:
    """Every check, in the order of ``doctor``."""
    return [*_needed(site, parts), *_advisory(), _certificates(site)]


def refuse_unfit(site: Site, parts: Sequence[Part]) -> None:
    """Refuse to start where something needed is missing.

    Raises:
        StackError: The first thing that is.
    """
    for check in _needed(site, parts):
        if not check.ok:
            raise StackError(check.detail)


def _needed(site: Site, parts: Sequence[Part]) -> list[Check]:
    names = {part.name for part in parts}
    checks = [_python(), *([_found("cryptography", _cryptography)] if site.secured else [])]
    if "kafka" in names or not names:
        checks += [
            _found("java", find_java),
            _found("kafka", lambda: f"jars in {require_jars()}"),
        ]
    if "postgres" in names or not names:
        checks += [
            _found("postgres", lambda: f"programs in {binaries()}"),
            _found("account", lambda: _account(site.home.postgres)),
        ]
    return [*checks, _memory(parts), _disk(site.home.path), *_ports(site, parts)]


def _found(name: str, find: Callable[[], str]) -> Check:
    try:
        return Check(name=name, ok=True, detail=find())
    except StackError as error:
        return Check(name=name, ok=False, detail=str(error))


def _python() -> Check:
    version = sys.version_info[:2]
    fits = OLDEST_PYTHON <= version <= NEWEST_PYTHON
    detail = f"{sys.version.split()[0]} in {sys.prefix}"
    return Check(
        name="python",
        ok=fits,
        detail=detail if fits else f"Python 3.11 to 3.13 is needed; this is {detail}: make setup",
    )


def _account(directory: Path) -> str:
    user = not_root(directory)
    if user.prefix:
        return "root; PostgreSQL gets a user namespace in which it is not"
    return "an ordinary user" if user.user is None else f"root; PostgreSQL runs as user {user.user}"


def _memory(parts: Sequence[Part]) -> Check:
    needed = sum(part.memory_mib for part in parts)
    free = available_mib()
    if free >= needed:
        return Check(name="memory", ok=True, detail=f"{free:.0f} MiB free, about {needed} needed")
    detail = f"about {needed} MiB of memory are needed and {free:.0f} are free: end other programs"
    return Check(name="memory", ok=False, detail=detail)


def available_mib(limits: Path = Path("/sys/fs/cgroup")) -> float:
    """What the machine, or the container around us, still has to give; what only caches files is given back."""
    available = psutil.virtual_memory().available
    with contextlib.suppress(OSError, ValueError):  # no limit
        limit = int((limits / "memory.max").read_text(encoding="ascii"))
        used = int((limits / "memory.current").read_text(encoding="ascii"))
        lines = map(str.split, (limits / "memory.stat").read_text(encoding="ascii").splitlines())
        cached = sum(int(size) for name, size in lines if name in {"inactive_file", "active_file"})
        available = min(available, limit - used + cached)
    return available / _MIB


def _disk(home: Path) -> Check:
    there = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(there).free / _MIB
    if free >= NEEDED_DISK_MIB:
        return Check(name="disk", ok=True, detail=f"{free / 1024:.0f} GiB free in {home}")
    detail = (
        f"{NEEDED_DISK_MIB} MiB of disk are needed in {home} and {free:.0f} are free: "
        "make room (`shinsei runs prune`, `shinsei down --purge`), or name another home (SHINSEI_HOME)"
    )
    return Check(name="disk", ok=False, detail=detail)


def _ports(site: Site, parts: Sequence[Part]) -> list[Check]:
    taken = [
        f"port {site.ports[purpose]} ({purpose}) is in use{_by_whom(site.ports[purpose])}"
        for part in parts
        for purpose in part.ports
        if not is_free(site.ports[purpose])
    ]
    if not taken:
        ports = [str(site.ports[purpose]) for part in parts for purpose in part.ports]
        detail = f"{', '.join(ports)} are free on {LOOPBACK}" if ports else "taken by the stack that is up"
        return [Check(name="ports", ok=True, detail=detail)]
    more = f" (and {len(taken) - 1} more)" if len(taken) > 1 else ""
    detail = f"{taken[0]}{more}: end that, or take free ports with `shinsei up --ports free`"
    return [Check(name="ports", ok=False, detail=detail)]


def _by_whom(port: int) -> str:
    with contextlib.suppress(psutil.Error):  # whose it is can be seen by root only
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.pid
            if listens and tuple(connection.laddr)[1:2] == (port,):
                return f" by {psutil.Process(connection.pid).name()}, process {connection.pid}"
    return ""


def _advisory() -> list[Check]:
    return [_maven(), _prometheus(), _isolation(), _open_files(), _fonts()]


def _maven() -> Check:
    program = shutil.which("mvn")
    return Check(
        name="maven",
        ok=program is not None,
        detail=program or "not there; only fetching Kafka's jars needs it (Debian: apt-get install maven)",
        advisory=True,
    )


def _prometheus() -> Check:
    found = prometheus.program("prometheus")
    return Check(
        name="prometheus",
        ok=found is not None,
        detail=found or "not there; the stack keeps no history and raises no alert without it (make setup)",
        advisory=True,
    )


def _isolation() -> Check:
    isolation = find_isolation()
    return Check(name="cleanup", ok=bool(isolation.prefix), detail=isolation.about, advisory=True)


def _cryptography() -> str:
    if find_spec("cryptography") is None:
        raise StackError(
            "the package cryptography is not there: run `make setup`, or `pip install 'shinsei[services,stack]'`"
        )
    return f"makes the certificates: version {metadata.version('cryptography')}"


def _certificates(site: Site) -> Check:
    if not site.secured or find_spec("cryptography") is None:
        return Check(name="certificates", ok=False, detail="none: anybody is let in", advisory=True)
    from shinsei.stack.certificates import valid_until  # noqa: PLC0415 - slow to import

    known = [(ends, role.name) for role in site.certificates.glob("*/") if (ends := valid_until(role)) is not None]
    if not known:
        return Check(name="certificates", ok=True, detail="made by the next shinsei up", advisory=True)
    ends, role = min(known)
    left = ends - datetime.now(UTC)
    advice = "" if left > _LATE else f", of {role} the first: shinsei restart the parts, or down and up"
    return Check(
        name="certificates", ok=not advice, detail=f"good until {ends:%Y-%m-%d %H:%M} UTC{advice}", advisory=True
    )


def _open_files() -> Check:
    try:
        import resource  # noqa: PLC0415 - not there on every platform

        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    except (ImportError, OSError):
        return Check(name="open files", ok=True, detail="unknown", advisory=True)
    fits = limit == -1 or limit >= NEEDED_FILES
    detail = f"{'unlimited' if limit == -1 else limit} allowed"
    return Check(
        name="open files",
        ok=fits,
        detail=detail if fits else f"{detail}; raise it: ulimit -n {NEEDED_FILES}",
        advisory=True,
    )


def _fonts() -> Check:
    folders = ("/usr/share/fonts", "/usr/local/share/fonts", Path("~/.fonts").expanduser(), "/System/Library/Fonts")
    marks = ("cjk", "ipa", "takao", "vl-gothic", "hiragino", "migu")
    found = next(
        (
            name
            for folder in folders
            for _, _, names in os.walk(folder)
            for name in names
            if any(mark in name.lower() for mark in marks)
        ),
        None,
    )
    return Check(
        name="fonts",
        ok=found is not None,
        detail=found or "no Japanese font for pictures of the report (Debian: apt-get install fonts-noto-cjk)",
        advisory=True,
    )
