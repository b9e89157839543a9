"""What a load test asks of services that may have gone meanwhile: its runs are opened and closed, its ledgers read.

What was seen until then is worth a report; so nothing here waits long for a service, and nothing at the end raises
because one is away.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Protocol

from shinsei.domain.errors import NotFoundError, UnavailableError
from shinsei.domain.run import RunSpec
from shinsei.season.gateway import OpenRun
from shinsei.season.ledger import RunKey, RunLedger, Stages, read_ledger

GONE_AFTER_S = 20.0
"""Real seconds without an answer after which a service counts as gone."""
ANSWERS_WITHIN_S = 10.0
"""Real seconds without an answer after which a load test is not begun."""


class Listing(Protocol):
    """The portal as whoever wants its municipalities calls it."""

    async def list_runs(self) -> list[OpenRun]:
        """The runs that are open."""


class Opening(Protocol):
    """The portal as the beginning of a load test, or of a step of a search, calls it."""

    async def start(self, spec: RunSpec, *, speed: float = 0.0) -> None:
        """Opens the run of one municipality."""


class Ending(Stages, Protocol):
    """The services as the end of a load test calls them."""

    async def close_run(self, spec: RunSpec) -> None:
        """Closes a run; its data stay."""


async def list_runs(portal: Listing, within_s: float = ANSWERS_WITHIN_S) -> list[OpenRun]:
    """The runs that are open.

    Raises:
        UnavailableError: the portal does not answer; a season would wait for it for minutes.
    """
    try:
        async with asyncio.timeout(within_s):
            return await portal.list_runs()
    except TimeoutError as error:
        raise UnavailableError(f"the portal is not there: {_told(error, within_s)}") from None


async def open_run(portal: Opening, spec: RunSpec, speed: float, within_s: float = GONE_AFTER_S) -> None:
    """Opens a run.

    Raises:
        UnavailableError: the portal does not answer.
    """
    try:
        async with asyncio.timeout(within_s):
            await portal.start(spec, speed=speed)
    except TimeoutError as error:
        raise UnavailableError(f"the portal went away: {_told(error, within_s)}") from None


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
                with contextlib.suppress(NotFoundError):  # whether it was opened, nobody may have heard
                    await services.close_run(spec)
    except (UnavailableError, TimeoutError) as error:
        return f"the portal went away and its runs were left open ({_told(error, within_s)})"
    return ""


def _told(error: Exception, within_s: float) -> str:
    return str(error) or f"no answer within {within_s:g} s"
