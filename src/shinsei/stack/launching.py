"""Starts the supervisor: detached from whoever asks, inside namespaces where there are any, holding the home's lock."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from shinsei.stack.isolation import find_isolation
from shinsei.stack.parts import USUAL_PORTS, Part
from shinsei.stack.ports import free_ports
from shinsei.stack.site import ROOM_CONTROL, Site

Ports = Literal["usual", "free"]
"""Which ports a stack takes: those of the table of parts, or any that are free."""


def choose_ports(ports: Ports) -> Mapping[str, int]:
    """The port of every purpose."""
    if ports == "usual":
        return USUAL_PORTS
    return dict(zip(USUAL_PORTS, free_ports(len(USUAL_PORTS)), strict=True))


def start_supervisor(site: Site, parts: Sequence[Part], lock: int) -> int:
    """Start it detached from this process, with the lock; returns the process id of what leads it."""
    isolation = find_isolation()
    handed_on = [lock]
    command = [
        *(sys.executable, "-m", "shinsei.stack.supervisor", f"--home={site.home.path}"),
        *(f"--ports={json.dumps(dict(site.ports))}", f"--parts={json.dumps([part.name for part in parts])}"),
        *(f"--lock={lock}", f"--isolation={isolation.about}"),
    ]
    if isolation.prefix:
        proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
        handed_on.append(proc)
        init = Path(__file__).with_name("init.py")
        command = [*isolation.prefix, sys.executable, "-I", "-S", str(init), *command, f"--proc={proc}"]
    for descriptor in handed_on:
        os.set_inheritable(descriptor, True)  # noqa: FBT003 - has no keyword
    log = str(site.home.log("stack"))
    leader = os.posix_spawn(
        command[0],
        command,
        inherited(),
        setsid=True,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
    )
    for descriptor in handed_on[1:]:
        os.close(descriptor)
    return leader


def inherited() -> dict[str, str]:
    """What every process of a stack finds in its environment: all of this one's but what is secret."""
    return {name: value for name, value in os.environ.items() if name != ROOM_CONTROL}


def has_ended(child: int) -> bool:
    """Whether a child of this process has; buries it."""
    try:
        return os.waitpid(child, os.WNOHANG)[0] == child
    except ChildProcessError:
        return True
