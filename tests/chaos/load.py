"""Load for chaos: applicants who file again until they have an answer, and remember every receipt number.

Not a load test: nothing is measured but what became of each application. Offices are without queues, so that all of
them can be through when the load is over.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.api.portal.v1.portal_pb2_grpc import PortalServiceStub
from shinsei.domain.errors import ShinseiError
from shinsei.domain.run import RunSpec
from shinsei.loadtest.bodies import Bodies
from shinsei.loadtest.preset import Preset, load_preset
from shinsei.loadtest.target import Mix, run_specs, scenario_of
from shinsei.runtime.citizens import open_cards
from shinsei.runtime.clock import sleep
from shinsei.runtime.rpc import channel, retrying
from shinsei.season.gateway import Gateway
from shinsei.stack import Stack
from shinsei.stack.home import Home

BATCH: Final = 10
AGAIN_EVERY: Final = 7
"""Every so many batches are filed twice, as by somebody who has not heard the answer."""


@dataclass(slots=True)
class Filed:
    """What applicants know."""

    receipts: dict[str, str] = field(default_factory=dict)
    """Receipt number by submission id."""
    changed: list[str] = field(default_factory=list)
    """Submission ids that got another receipt number the second time."""
    refused: list[str] = field(default_factory=list)
    """Why, of those that were refused."""


class Load:
    """Applications to clock-paced runs of their own, at a steady rate, until it is told to end.

    Args:
        place: 0 or 1; two loads whose runs are open at once are at different places, as a municipality has one run.
    """

    def __init__(self, gateway: Gateway, stack: Stack, name: str, per_s: float, *, place: int = 0) -> None:
        preset = load_preset("smoke")
        both = Preset(preset.path, preset.text, preset.file.model_copy(update={"municipalities": 2}))
        self._gateway = gateway
        self._portal = stack.addresses.portal
        self._speed = preset.file.clock_speed
        self._pause_s = BATCH / per_s
        specs = run_specs(both, scenario_of(preset), name)
        half = len(specs) // 2
        self.specs: Sequence[RunSpec] = specs[half:] if place else specs[:half]
        mix, cards = Mix(preset.file.mix), open_cards(Home(path=stack.home).citizens)
        self._bodies = [Bodies(spec, mix, cards) for spec in self.specs]
        self.filed = Filed()
        self._over = asyncio.Event()

    async def open(self) -> None:
        """Opens the runs."""
        for spec in self.specs:
            await self._gateway.start(spec, speed=self._speed)

    async def run(self) -> None:
        """Files until it is over; every batch is filed again and again until it is answered."""
        async with channel(self._portal, "portal_sim", role="applicant") as opened, asyncio.TaskGroup() as group:
            stub = PortalServiceStub(opened)
            due_s = time.monotonic()
            for n in count():
                if self._over.is_set():
                    return
                group.create_task(self._file(stub, n))
                due_s += self._pause_s
                await sleep(max(0.0, due_s - time.monotonic()))

    def end(self) -> None:
        """No more is filed than what is under way."""
        self._over.set()

    async def close(self) -> None:
        """Closes the runs."""
        for spec in self.specs:
            await self._gateway.close_run(spec)

    async def _file(self, stub: PortalServiceStub, n: int) -> None:
        bodies = self._bodies[n % len(self._bodies)]
        batch = [bodies.application(f"c{n}x{place}", time.monotonic()) for place in range(BATCH)]
        request = api.SubmitBatchRequest(signed=[bodies.signed(application) for application in batch])
        for _ in range(2 if n % AGAIN_EVERY == 0 else 1):
            try:
                answer = await retrying(lambda: stub.SubmitBatch(request))
            except ShinseiError as error:
                self.filed.refused.append(str(error))
                return
            for application, outcome in zip(batch, answer.outcomes, strict=True):
                self._note(application.submission_id, outcome.receipt_number, outcome.error)

    def _note(self, submission_id: str, receipt: str, error: str) -> None:
        if error:
            self.filed.refused.append(error)
        elif self.filed.receipts.setdefault(submission_id, receipt) != receipt:
            self.filed.changed.append(submission_id)
