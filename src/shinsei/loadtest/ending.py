"""The end of a load test: its ledgers are read and its runs closed, even where a service has gone meanwhile.

What was seen until then is worth a report; so nothing here waits long for a service, and nothing here raises because
one is away.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from shinsei.domain.errors import UnavailableError
from shinsei.domain.run import RunSpec
from shinsei.season.ledger import RunKey, RunLedger, Stages, read_ledger

GONE_AFTER_S = 20.0
"""Real seconds without an answer after which a service counts as gone."""


class Ending(Stages, Protocol):
    """The services as the end of a load test calls them."""

    async def close_run(self, spec: RunSpec) -> None:
        """Closes a run; its data stay."""


async def read_ledgers(
    services: Stages, specs: Sequence[RunSpec], within_s: float = GONE_AFTER_S
) -> tuple[list[RunLedger], str]:
    """The ledger of each run, and why not all of them could be read; empty if they could."""
    keys = [RunKey(run_id=spec.run_id, municipality=spec.municipality) for spec in specs]
    try:
        async with asyncio.timeout(within_s):
            return [await read_ledger(services, key) for key in keys], ""
    except (UnavailableError, TimeoutError) as error:
        return [], f"a service went away and the ledger could not be read ({_told(error, within_s)})"


async def close_runs(services: Ending, specs: Sequence[RunSpec], within_s: float = GONE_AFTER_S) -> str:
    """Closes the runs; why they were left open, empty if they were not."""
    try:
        async with asyncio.timeout(within_s):
            for spec in specs:
                await services.close_run(spec)
    except (UnavailableError, TimeoutError) as error:
        return f"the portal went away and its runs were left open ({_told(error, within_s)})"
    return ""


def _told(error: Exception, within_s: float) -> str:
    return str(error) or f"no answer within {within_s:g} s"
