"""Ports on the loopback interface: which are free, and which to take where any will do."""

import random
import socket
from collections.abc import Collection

from shinsei.stack.errors import StackError

LOOPBACK = "127.0.0.1"
_FIRST, _LAST = 20_000, 32_000
"""Below the range from which the kernel takes the near ends of connections, so nobody takes them by chance."""
_ATTEMPTS = 2_000


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def free_port(*, besides: Collection[int] = ()) -> int:
    """A port that nobody listens on and that is none of ``besides``."""
    chance = random.SystemRandom()
    for _ in range(_ATTEMPTS):
        port = chance.randrange(_FIRST, _LAST)
        if port not in besides and is_free(port):
            return port
    raise StackError(f"no free port between {_FIRST} and {_LAST} on {LOOPBACK}; stop what listens there")


def free_ports(count: int) -> list[int]:
    """So many different free ports."""
    ports: list[int] = []
    for _ in range(count):
        ports.append(free_port(besides=ports))
    return ports
