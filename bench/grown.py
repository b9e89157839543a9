"""Shinsei with more than one of something: processes, partitions, municipalities beside those that file."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from bench.modes import Mode
from bench.product import Product
from bench.sides import TOWNS
from shinsei.contracts.topics import PARTITIONS
from shinsei.domain.errors import NotFoundError
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import RunSpec
from shinsei.runtime.clock import sleep
from shinsei.season.gateway import Gateway
from shinsei.stack import Stack, processes
from shinsei.stack.home import Home
from shinsei.stack.parts import PARTS
from shinsei.stack.ports import free_ports
from shinsei.stack.readiness import grpc_serves
from shinsei.stack.site import Site

SCALED = ("linkage_server", "app_mgmt", "core_systems")
"""The portal is one process a database (ADR 11)."""
_BALANCED_AFTER_S = 5.0
_LOOK_EVERY_S, _OPEN_WITHIN_S = 0.3, 1_200.0


class Grown(Product):
    """The product with runs on some partitions, and with municipalities beside that are polled and file nothing."""

    def __init__(
        self, stack: Stack, gateway: Gateway, *, partitions: int = TOWNS, filing: int = TOWNS, beside: int = 0
    ) -> None:
        super().__init__(stack, gateway)
        self._partitions = partitions
        self._filing = filing
        self._beside = beside
        self._silent: list[RunSpec] = []
        self.more: Mapping[str, int] = {}
        """Process ids of further processes, by name."""

    @property
    def own(self) -> Mapping[str, int]:
        """The services, what stands beside them, and further processes."""
        return {**super().own, **self.more}

    async def open(self, mode: Mode, method: LinkageMethod) -> Sequence[RunSpec]:
        """Opens the runs of those who file; the clocks of the others show real time, so a poll a minute is one."""
        specs = self.specs(mode, method, self._filing + self._beside, partitions=self._partitions)
        filing = specs[: self._filing]
        for spec in filing:
            await self._gateway.start(spec, speed=self._scenario.clock_speed)
        for n, spec in enumerate(specs[self._filing :]):
            self._silent.append(silent(spec, n % PARTITIONS))
            await self._gateway.start(self._silent[-1], speed=1.0)
        await self._until_open(self._silent[-PARTITIONS:])
        self._specs = filing
        return filing

    async def _until_open(self, specs: Sequence[RunSpec]) -> None:
        """Waits for the last hop: until it has a nation's runs is no part of a turn.

        Raises:
            RuntimeError: it has not, in time.
        """
        try:
            async with asyncio.timeout(_OPEN_WITHIN_S):
                for spec in specs:
                    while not await self._is_open(spec):
                        await sleep(_LOOK_EVERY_S)
        except TimeoutError:
            raise RuntimeError(f"the runs of those who file nothing are not open in {_OPEN_WITHIN_S:g} s") from None

    async def _is_open(self, spec: RunSpec) -> bool:
        try:
            await self._gateway.office_report(spec)
        except NotFoundError:
            return False
        return True

    async def close(self) -> None:
        """Closes all of them."""
        await super().close()
        await self.abandon()

    async def abandon(self) -> None:
        """Closes all that are open."""
        await super().abandon()
        silent, self._silent = self._silent, []
        for spec in silent:
            await self._gateway.close_run(spec)


def silent(spec: RunSpec, partition: int) -> RunSpec:
    """The run of a municipality where nobody files, as small as it can be said: the portal lists all in one answer."""
    methods = spec.office.methods
    few = replace(methods, batch_import=replace(methods.batch_import, windows_ms=()))
    return replace(
        spec,
        partition=partition,
        registry=replace(spec.registry, standing_residents=1),
        calendar=replace(spec.calendar, holidays=()),
        office=replace(spec.office, methods=few),
    )


@asynccontextmanager
async def more_processes(stack: Stack, count: int) -> AsyncIterator[Mapping[str, int]]:
    """So many further processes of each service that can have them, ready and with their share of the partitions."""
    ports = {purpose: port for part in stack.status().parts for purpose, port in part.ports.items()}
    started = {}
    try:
        for part in (part for part in PARTS for _ in range(count) if part.name in SCALED):
            grpc, metrics = free_ports(2)
            name = f"{part.name}-{grpc}"
            own = {f"{part.name}.grpc": grpc, f"{part.name}.metrics": metrics}
            site = Site(home=Home(path=stack.home), ports={**ports, **own})
            site.addresses.introduce()
            launch = part.launch(site)
            environment = {**launch.environment, f"{part.name.upper()}_INSTANCE": name}
            launch = replace(launch, environment=environment, log=stack.home / "log" / f"{name}.log")
            started[name] = processes.start(launch), launch
            while not await grpc_serves(site.grpc(part.name), part.name):
                await sleep(_LOOK_EVERY_S)
        if started:
            await sleep(_BALANCED_AFTER_S)
        yield {name: process.pid for name, (process, _) in started.items()}
    finally:
        await asyncio.gather(*(asyncio.to_thread(processes.stop, *one) for one in started.values()))
