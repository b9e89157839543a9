"""The line to a part of the stack, which can be cut: packets are dropped, nobody is told, and what is open hangs.

A stack on one machine talks by the loopback interface, and each part listens on a port of its own: dropping whatever
goes to or comes from that port cuts others off from it. Nothing but the stack must be met by it, so chaos has a network
of its own.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from tests.zones.tools import apart, counted, ip, nft

from shinsei.contracts.fault_flags import EVERY_SERVICE
from shinsei.contracts.zones import CALLS
from shinsei.domain.errors import UnavailableError

HERE: Final = "--in-a-network-of-its-own"
"""Option of the program that has been given one."""
CALLED: Final = tuple(sorted({call.callee for call in CALLS if call.caller in EVERY_SERVICE}))
"""Parts that a service calls: to those of another zone, this is the line between zones."""
_TABLE: Final = "chaos"
_RULES: Final = f"""\
table inet {_TABLE} {{
    set cut {{
        type inet_service
    }}
    counter lost {{
    }}
    chain input {{
        type filter hook input priority filter; policy accept;
        tcp dport @cut counter name lost drop
        tcp sport @cut counter name lost drop
    }}
}}
"""


class Line:
    """Of everybody, in the network that this process is in."""

    def __init__(self) -> None:
        """Puts the interface up, which a new network begins without, and the rules there, which drop nothing yet."""
        ip("link set lo up")
        nft("-f", "-", given=_RULES)

    @contextmanager
    def cut(self, address: str) -> Iterator[None]:
        """Nothing goes to ``host:port`` and nothing comes from it for the time of the block."""
        port = address.rpartition(":")[2]
        nft("add", "element", "inet", _TABLE, "cut", f"{{ {port} }}")
        try:
            yield
        finally:
            nft("flush", "set", "inet", _TABLE, "cut")

    def lost(self) -> int:
        """Packets that have been dropped so far."""
        return counted(_TABLE, "lost")


def become_apart(tell: Callable[[str], None]) -> None:
    """Begins this program anew in a network of its own; returns where nobody may have one."""
    try:
        prefix = apart("--net", "--mount")
    except UnavailableError as error:
        tell(f"no network of its own, so no packets will be dropped: {error}")
        return
    os.execvp(prefix[0], [*prefix, sys.executable, "-m", "tests.chaos", *sys.argv[1:], HERE])  # noqa: S606 - itself
