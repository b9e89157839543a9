"""The four services in their zones, with a real Kafka, and a real PostgreSQL in each zone that has a service."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self

from tests.zones.network import Network
from tests.zones.plan import ADDRESS, NETWORK, database_of

from shinsei.contracts.zones import GRPC, KAFKA, METRICS, POSTGRES, ZONE_OF
from shinsei.runtime.identity import introduce
from shinsei.runtime.kafka import ensure_access, ensure_topics
from shinsei.stack import kafka, postgres, processes
from shinsei.stack.certificates import issue
from shinsei.stack.home import Home
from shinsei.stack.kafka import KafkaNode
from shinsei.stack.parts import PARTS
from shinsei.stack.ports import LOOPBACK
from shinsei.stack.postgres import PostgresServer
from shinsei.stack.postgres_roles import ensure_services
from shinsei.stack.processes import Launch
from shinsei.stack.site import Site
from shinsei.stack.waiting import answers, until_ready

_CONTROLLER = 9093
"""Of the broker, for itself alone."""
_READY_WITHIN_S = 120.0
_ASKED_WITHIN_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything that runs, each part where it belongs."""

    network: Network
    site: Site
    stopping: contextlib.ExitStack
    """Ends the processes, the last one first."""

    @classmethod
    @contextlib.contextmanager
    def running(cls, network: Network, home: Home) -> Iterator[Self]:
        """All parts for the time of the block."""
        with contextlib.ExitStack() as stopping:
            world = cls(network=network, site=_site(home), stopping=stopping)
            databases = sorted({database_of(service) for service in GRPC})
            world._together({"kafka": world._kafka, **{name: partial(world._postgres, name) for name in databases}})
            world._together({service: partial(world._service, service) for service in GRPC})
            yield world

    def person(self, part: str, *arguments: str) -> Future[Any]:
        """What somebody finds out who is no service; ``people`` says how."""
        environment = {
            **os.environ,
            "SHINSEI_TARGETS": ",".join(f"{service}={ADDRESS[service]}:{port}" for service, port in GRPC.items()),
            "SHINSEI_CARDS": str(self.site.home.citizens),
            "SHINSEI_HOME": str(self.site.home.path),
            **self.site.identity(part),
        }
        ask = partial(
            subprocess.run,
            [sys.executable, "-m", "tests.zones.people", *arguments],
            stdout=subprocess.PIPE,
            env=environment,
            timeout=_ASKED_WITHIN_S,
            check=True,
        )
        return self.network.stations[part].do(lambda: json.loads(ask().stdout))

    def _together(self, work: dict[str, Callable[[], None]]) -> None:
        """All of these at once, each at its own part."""
        under_way: list[Future[None]] = [self.network.stations[part].do(one) for part, one in work.items()]
        for one in under_way:
            one.result()

    def _kafka(self) -> None:
        node = replace(self.site.kafka, host=ADDRESS["kafka"])
        node.prepare()
        self._run("kafka", node.launch(), partial(kafka.probe, node.bootstrap))
        asyncio.run(_furnish(node))

    def _postgres(self, name: str) -> None:
        server = self._server(name)
        server.prepare()
        # A new cluster lets in who comes from its own machine.
        with (server.directory / "data" / "pg_hba.conf").open("a", encoding="utf-8") as list_of_guests:
            list_of_guests.write(f"host all all {NETWORK} scram-sha-256\n")
        self._run(name, server.launch(), partial(postgres.probe, server.dsn()))
        asyncio.run(ensure_services(server, [service for service in GRPC if database_of(service) == name]))

    def _service(self, name: str) -> None:
        """As the stack starts it, but for where it listens and where the others are, as in a cluster."""
        (part,) = (part for part in PARTS if part.name == name)
        launch = part.launch(self.site)
        elsewhere = {
            "grpc_host": ADDRESS[name],
            "metrics_host": ADDRESS[name],
            "database_dsn": self._server(database_of(name)).dsn(name, name),
            "kafka_bootstrap": f"{ADDRESS['kafka']}:{KAFKA}",
            "portal_target": f"{ADDRESS['portal_sim']}:{GRPC['portal_sim']}",
            "registry_target": f"{ADDRESS['core_systems']}:{GRPC['core_systems']}",
            "inquiry_target": f"{ADDRESS['app_mgmt']}:{GRPC['app_mgmt']}",
        }
        environment = {f"{name}_{setting}".upper(): value for setting, value in elsewhere.items()}
        moved = replace(launch, environment={**launch.environment, **environment})
        self._run(name, moved, partial(answers, f"{ADDRESS[name]}:{GRPC[name]}"))

    def _run(self, part: str, launch: Launch, is_ready: Callable[[], Coroutine[Any, Any, bool]]) -> None:
        process = processes.start(launch)
        self.stopping.callback(processes.stop, process, launch)
        until_ready(part, process, lambda: asyncio.run(is_ready()), launch.log, _READY_WITHIN_S)

    def _server(self, name: str) -> PostgresServer:
        home = self.site.home
        return PostgresServer(
            directory=home.path / name,
            port=POSTGRES,
            log=home.log(name),
            password_file=home.credentials / f"{name}.pgpass",
            host=ADDRESS[name],
        )


def _site(home: Home) -> Site:
    """Everybody's secrets, and the ports of the table."""
    home.make()
    ports = {f"{service}.grpc": port for service, port in GRPC.items()}
    ports |= {f"{process}.metrics": port for process, port in METRICS.items()}
    ports |= {"kafka": KAFKA, "kafka.controller": _CONTROLLER, "postgres": POSTGRES}
    site = Site(home=home, ports=ports, secured=True)
    site.make_credentials()
    issue(site.certificates, [role for role in ZONE_OF if role != "kafka"])
    issue(site.certificates, ["kafka"], [LOOPBACK, ADDRESS["kafka"]])
    introduce([f"{ADDRESS['kafka']}:{KAFKA}"], site.certificates)
    return site


async def _furnish(node: KafkaNode) -> None:
    await ensure_topics(node.bootstrap, role=kafka.ADMINISTRATOR)
    await ensure_access(node.bootstrap, kafka.ADMINISTRATOR)
