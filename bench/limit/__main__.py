"""``python -m bench.limit ROLE WIRING``: one of its four processes, until it is told to end."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping

import uvloop

from bench.limit import app_mgmt, core, linkage, portal
from bench.limit.wiring import Wiring
from shinsei.runtime.reference_cycles import search_rarely

ROLES: Mapping[str, Callable[[Wiring], Awaitable[None]]] = {
    "portal": portal.run,
    "linkage": linkage.run,
    "app_mgmt": app_mgmt.run,
    "core": core.run,
}


async def main(role: str, wiring: str) -> None:
    """Runs a role for ever."""
    await ROLES[role](Wiring.of(wiring))


if __name__ == "__main__":
    search_rarely()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(*sys.argv[1:]))
