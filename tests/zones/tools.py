"""The kernel's tools with which networks are built and cut: ``unshare``, ``ip`` and ``nft``."""

import json
import os
import shutil
import subprocess
from typing import Any, Final

from shinsei.domain.errors import UnavailableError
from shinsei.stack.paths import repository

_ROOT_OF_ITS_OWN: Final = ("--user", "--map-root-user")
"""Root of these networks and of nothing else; with it anybody may build them."""
_FETCHED: Final = ".nftables"
"""Folder of the checkout in which ``deploy/local/setup --tests`` unpacks Debian's nftables."""
_SYSTEM: Final = "/usr/sbin:/sbin"
"""Not on the path of an ordinary user."""


def program(name: str) -> str | None:
    """Its path; None where it is not there."""
    path = f"{os.environ.get('PATH', '')}:{_SYSTEM}:{repository() / _FETCHED / 'usr/sbin'}"
    return shutil.which(name, path=path)


def apart(*namespaces: str) -> list[str]:
    """Put before a command that is to have networks of its own; ``namespaces`` are options of ``unshare``.

    Raises:
        UnavailableError: that cannot be here; the text says what to do.
    """
    missing = [name for name in ("unshare", "ip", "nft") if program(name) is None]
    if missing:
        raise UnavailableError(f"no {', '.join(missing)} here, with which networks are built: run make setup-tests")
    # Root in a namespace of its own may write nobody else's files, such as a checkout's results.
    for user in ((), _ROOT_OF_ITS_OWN):
        prefix = ["unshare", *user, *namespaces]
        tried = [*prefix, program("nft") or "nft", "list", "tables"]
        if subprocess.run(tried, capture_output=True, env=_environment(), check=False).returncode == 0:
            return prefix
    raise UnavailableError("user namespaces are forbidden here, and in one networks are built: allow them, or be root")


def _environment() -> dict[str, str]:
    """Of ``nft``: with the libraries that were unpacked beside it."""
    libraries = ":".join(str(folder) for folder in sorted((repository() / _FETCHED).glob("**/lib/*")))
    return {**os.environ, "LD_LIBRARY_PATH": libraries}


def ip(*lines: str) -> None:
    """So many lines of ``ip``."""
    subprocess.run([program("ip") or "ip", "-batch", "-"], input="\n".join(lines), text=True, check=True)


def nft(*arguments: str, given: str = "") -> str:
    """What ``nft`` prints."""
    return subprocess.run(
        [program("nft") or "nft", *arguments],
        input=given,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env=_environment(),
    ).stdout


def nft_list(kind: str, table: str, name: str) -> Any:
    """A set or a counter of a table of the family ``inet``."""
    listed = json.loads(nft("-j", "list", kind, "inet", table, name))["nftables"]
    (found,) = (one[kind] for one in listed if kind in one)
    return found


def counted(table: str, name: str) -> int:
    """Packets that a counter has seen."""
    return int(nft_list("counter", table, name)["packets"])
