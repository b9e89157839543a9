"""Where chaos happens: a stack, the ways to it, and when it has recovered."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.line import Line
from tests.chaos.volume import Volume

from shinsei.domain.errors import UnavailableError
from shinsei.runtime.clock import sleep
from shinsei.season.fault_flags import FaultSwitch
from shinsei.season.gateway import Gateway, OpenRun
from shinsei.season.ledger import RunKey, read_ledger
from shinsei.stack import Stack
from shinsei.stack.status import PartState
from shinsei.testing.second_process import SecondProcess

RECOVERED_WITHIN_S = 300.0
_LOOK_EVERY_S = 0.1


@dataclass(slots=True, kw_only=True)
class Place:
    """A stack under chaos."""

    stack: Stack
    gateway: Gateway
    switch: FaultSwitch
    out: Path
    """Results of its seasons."""
    disk: Volume | None = None
    """None where the stack lies on no volume of its own."""
    line: Line | None = None
    """None where the stack is in no network of its own."""
    lasts_s: float = 6.0
    """For how long a flag is set, a network is cut, a disk is full."""
    run_ids: set[str] = field(default_factory=set)
    """Of the seasons and loads that are played here."""
    seconds: list[SecondProcess] = field(default_factory=list)
    """Second processes that run now."""

    async def runs(self) -> list[OpenRun]:
        """Its open runs that have not come to their end."""
        runs = await self.gateway.list_runs()
        return [run for run in runs if run.spec.run_id in self.run_ids and run.returned < run.spec.end]

    async def recovered(self, since_s: float) -> float:
        """Waits until every part is ready and every run moves again; real seconds since a moment.

        Raises:
            AssertionError: that has not come in time.
        """
        deadline_s = time.monotonic() + RECOVERED_WITHIN_S
        await self._until(self._all_ready, deadline_s, "every part is ready")
        before = {_key(run): run.returned for run in await self.runs()}

        async def moves() -> bool:
            now = {_key(run): run.returned for run in await self.runs()}
            return all(key not in now or now[key] > at for key, at in before.items())

        await self._until(moves, deadline_s, "every run moves")
        return time.monotonic() - since_s

    async def unaccounted(self) -> int:
        """Over the ledgers of all open runs, while they move."""
        keys = [RunKey(run_id=run.spec.run_id, municipality=run.spec.municipality) for run in await self.runs()]
        return sum([(await read_ledger(self.gateway, key)).ledger.unaccounted for key in keys])

    async def _all_ready(self) -> bool:
        parts = (await asyncio.to_thread(self.stack.status)).parts
        return all(part.state is PartState.READY for part in parts if not _is_beside(part.name))

    async def _until(self, condition: Callable[[], Awaitable[bool]], deadline_s: float, what: str) -> None:
        while not await _holds(condition):
            assert time.monotonic() < deadline_s, f"{what}: not within {RECOVERED_WITHIN_S:g} s; {self._told()}"
            await sleep(_LOOK_EVERY_S)

    def _told(self) -> str:
        return json.dumps({part.name: str(part.state) for part in self.stack.status().parts})


def _key(run: OpenRun) -> tuple[str, str]:
    return run.spec.run_id, run.spec.municipality


def _is_beside(part: str) -> bool:
    """The flow does without these."""
    return part in {"room", "prometheus", "app_mgmt_streams"}


async def _holds(condition: Callable[[], Awaitable[bool]]) -> bool:
    try:
        return await condition()
    except UnavailableError:
        return False
