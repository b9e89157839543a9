"""The limit as one of the two sides: its databases, topics and four processes, beside the product's on one stack."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from subprocess import Popen
from types import TracebackType
from typing import Any, Self

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient

from bench.limit.wiring import CHANGED, RUN_ID, TOPICS, Wiring
from bench.modes import Mode
from bench.product import Product
from bench.sides import TOWNS, dsn
from bench.usage import SQL
from shinsei.contracts.topics import Topic
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import RunSpec
from shinsei.runtime.citizens import Cards
from shinsei.runtime.identity import VARIABLE, introduce, kafka_options
from shinsei.runtime.kafka.topics import ensure_topics
from shinsei.runtime.queries import load_queries
from shinsei.runtime.rpc import channel, until_ready
from shinsei.stack import Stack, processes
from shinsei.stack.kafka import ADMINISTRATOR
from shinsei.stack.paths import repository
from shinsei.stack.ports import free_port
from shinsei.stack.processes import Launch

ROLES = ("portal", "linkage", "app_mgmt", "core")
_READY_WITHIN_S = 60.0
_PYTHON = repository() / ".venv" / "bin" / "python"


class Bare:
    """The limit, from its start to its end; use it as an asynchronous context manager."""

    name = "limit"
    checks = False
    databases: Sequence[str] = tuple(f"limit_{role}" for role in ROLES)
    topics: Sequence[str] = TOPICS
    changed = CHANGED

    def __init__(self, stack: Stack, like: Product, mode: Mode) -> None:
        """Serves the municipalities of the product: those of the first half by batched gets, the others singly."""
        self._stack = stack
        self.cards: Cards | None = like.cards
        specs = like.specs(mode, LinkageMethod.STANDARD_API, 2 * TOWNS, partitions=2 * TOWNS)
        self._specs = [replace(spec, run_id=RUN_ID) for spec in specs]
        self._started: dict[str, tuple[Popen[bytes], Launch]] = {}
        self.portal = f"127.0.0.1:{free_port()}"

    async def __aenter__(self) -> Self:
        where = self._stack.addresses
        # Its connections are secured as the product's are, all with the broker's certificate: it has no roles.
        introduce((self.portal,), Path(where.certificates) if where.certificates else None)
        identity = {VARIABLE: f"{where.certificates}/{ADMINISTRATOR}"} if where.certificates else {}
        await self._clear()
        topics = {name: Topic(name=name, types=()) for name in TOPICS}
        await ensure_topics(where.kafka_bootstrap, topics, role=ADMINISTRATOR)
        for role, database in zip(ROLES, self.databases, strict=True):
            await self._administer("create", database)
            await self._furnish(role, database)
        wiring = Wiring(
            portal=self.portal,
            kafka=self._stack.addresses.kafka_bootstrap,
            dsns={role: dsn(self._stack, database) for role, database in zip(ROLES, self.databases, strict=True)},
            singly={spec.municipality: n >= TOWNS for n, spec in enumerate(self._specs)},
        )
        for role in ROLES:
            launch = Launch(
                command=[str(_PYTHON), "-m", "bench.limit", role, wiring.text()],
                log=self._stack.home / "log" / f"limit-{role}.log",
                environment=identity,
                directory=repository(),
                stop_grace_s=2.0,
            )
            self._started[role] = processes.start(launch), launch
        await self._until_ready()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process, launch in self._started.values():
            processes.stop(process, launch)
        await self._clear()

    @property
    def own(self) -> Mapping[str, int]:
        """Its four processes.

        Raises:
            RuntimeError: one of them has ended.
        """
        for role, (process, launch) in self._started.items():
            if process.poll() is not None:
                raise RuntimeError(f"the limit's {role} has ended; see {launch.log}")
        return {f"limit/{role}": process.pid for role, (process, _) in self._started.items()}

    async def open(self, mode: Mode, method: LinkageMethod) -> Sequence[RunSpec]:
        """The municipalities that are fetched in this mode; methods make no difference here."""
        return self._specs[TOWNS:] if mode.singly else self._specs[:TOWNS]

    async def close(self) -> None:
        """Nothing to do: it serves on."""

    async def abandon(self) -> None:
        """Likewise."""

    async def _until_ready(self) -> None:
        """Its portal answers; the others take up what has come meanwhile.

        Raises:
            RuntimeError: it does not, in time.
        """
        opened = channel(self.portal)
        try:
            if not await until_ready(opened, _READY_WITHIN_S):
                raise RuntimeError(f"the limit's portal does not answer; see {self._started['portal'][1].log}")
        finally:
            await opened.close()

    async def _furnish(self, role: str, database: str) -> None:
        """Makes the tables of a role."""
        connection = await asyncpg.connect(dsn(self._stack, database), ssl=False)
        try:
            await connection.execute(load_queries("bench.limit", f"{role}.sql")["schema"])
            if role != "portal":
                await connection.execute(load_queries("bench.limit", "outbox.sql")["schema"])
        finally:
            await connection.close()

    async def _clear(self) -> None:
        """Removes databases and topics, of an earlier limit as well."""
        for database in self.databases:
            await self._administer("drop", database)
        bootstrap = self._stack.addresses.kafka_bootstrap
        admin: Any = AIOKafkaAdminClient(bootstrap_servers=bootstrap, **kafka_options(bootstrap, ADMINISTRATOR))
        await admin.start()
        try:
            there = set(await admin.list_topics())
            await admin.delete_topics([name for topic in TOPICS for name in (topic, f"{topic}.dead") if name in there])
        finally:
            await admin.close()

    async def _administer(self, what: str, database: str) -> None:
        connection = await asyncpg.connect(dsn(self._stack, "postgres"), ssl=False)
        try:
            await connection.execute(await connection.fetchval(SQL[what], database))
        finally:
            await connection.close()
