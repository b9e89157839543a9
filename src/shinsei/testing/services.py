"""Services for tests: inside the test's process, or as a child that can be killed without warning."""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from shinsei.runtime.lifespan import Service
from shinsei.runtime.rpc import channel, until_ready
from shinsei.stack import Stack
from shinsei.stack.postgres_roles import READER

READY_WITHIN_S = 30.0
STOP_WITHIN_S = 20.0


def owners_dsn(stack: Stack, service: str) -> str:
    """How a service itself connects to its database: a stack tells others of the reader's way only."""
    return stack.addresses.dsns[service].replace(READER, service)


class HostedService:
    """A service whose components live on the test's own event loop."""

    def __init__(self, build: Callable[[], Service]) -> None:
        self._build = build
        self._service: Service | None = None

    async def start(self) -> None:
        """Builds it anew and starts it."""
        self._service = self._build()
        for component in self._service.components:
            await component.start()

    async def stop(self) -> None:
        """Stops it in good order, if it runs."""
        service, self._service = self._service, None
        if service is not None:
            for component in reversed(service.components):
                await component.stop()


class ChildService:
    """``python -m <service>`` with these settings, its log in a file.

    Args:
        name: package of the service.
        environment: its settings.
        target: where its gRPC server listens.
        log: where what it says goes.
    """

    def __init__(self, name: str, environment: Mapping[str, str], target: str, log: Path) -> None:
        self.name = name
        self.log = log
        self._environment = environment
        self._target = target
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Starts it and waits until it answers.

        Raises:
            AssertionError: it does not answer in time; with the end of its log.
        """
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", self.name), env={**os.environ, **self._environment}, stdout=log, stderr=log
            )
        probe = channel(self._target)
        ready = await until_ready(probe, READY_WITHIN_S)
        await probe.close()
        assert ready, f"{self.name} does not answer: {self.log.read_text(encoding='utf-8')[-2000:]}"

    async def kill(self) -> None:
        """As ``kill -9``."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def stop(self) -> int | None:
        """As ``kill``; its exit code."""
        if self._process is None or self._process.returncode is not None:
            return None
        self._process.terminate()
        try:
            return await asyncio.wait_for(self._process.wait(), STOP_WITHIN_S)
        except TimeoutError:
            await self.kill()
            raise
