"""The table of parts: what the local stack is made of, in the order in which it starts.

A part begins when those that it stands on are ready, and stops before they do.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from shinsei.stack import kafka, postgres, prometheus
from shinsei.stack.postgres_roles import ensure_services
from shinsei.stack.processes import Launch
from shinsei.stack.readiness import grpc_serves, metrics_answer
from shinsei.stack.site import CLIENT_ID, SERVICES, Site, signs


async def _nothing_to_furnish(_: Site) -> None:
    """Most parts bring what they need themselves."""


def _nothing_to_prepare(_: Site) -> None:
    """Most parts need nothing before they start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One process of the stack."""

    name: str
    about: str
    ports: Mapping[str, int]
    """Usual port of each purpose."""
    launch: Callable[[Site], Launch]
    is_ready: Callable[[Site], Awaitable[bool]]
    """Asks the part itself; an open port is not enough."""
    memory_mib: int
    """What it takes (PSS) in a season of the demo's size: measured, rounded up."""
    stands_on: tuple[str, ...] = ()
    """Parts that must be ready before it does anything; a process of ours, which is started before and held so long."""
    prepare: Callable[[Site], None] = _nothing_to_prepare
    """Makes its data folder and configuration, before it starts."""
    furnish: Callable[[Site], Awaitable[None]] = _nothing_to_furnish
    """Makes what others expect to find in it, once it answers."""
    is_there: Callable[[], bool] = lambda: True
    """Whether the machine has it; where nobody asks for parts by name, a stack is made of those that are there."""
    optional: bool = False
    """The others do without it: its failure is no failure of the stack."""
    ready_within_s: float = 180.0
    """Patience with a busy machine; a part that has ended is noticed at once."""


async def _kafka_ready(site: Site) -> bool:
    return await kafka.probe(site.kafka.bootstrap)


async def _make_topics(site: Site) -> None:
    from shinsei.runtime.kafka import ensure_access, ensure_topics  # noqa: PLC0415 - only a stack that runs needs them

    where, role = site.kafka.bootstrap, kafka.ADMINISTRATOR
    access = [ensure_access(where, role)] if site.secured else []
    await asyncio.gather(ensure_topics(where, role=role), *access)


async def _postgres_ready(site: Site) -> bool:
    return await postgres.probe(site.postgres.dsn())


async def _make_databases(site: Site) -> None:
    await ensure_services(site.postgres, SERVICES)


def _service(
    name: str,
    about: str,
    *,
    grpc_port: int,
    metrics_port: int,
    stands_on: tuple[str, ...],
    settings: Callable[[Site], Mapping[str, str]],
    memory_mib: int = 130,
) -> Part:
    """A service: ``python -m NAME``, its settings by environment, ready when its health service says so."""

    def launch(site: Site) -> Launch:
        own = {
            "grpc_port": str(site.ports[f"{name}.grpc"]),
            "metrics_port": str(site.ports[f"{name}.metrics"]),
            "database_dsn": site.postgres.dsn(name, name),
            # One process of each: restarted, it has its partitions back at once.
            "instance": name,
            # A laboratory: whoever reaches its loopback may make things go wrong.
            "fault_flags": "true",
            **settings(site),
        }
        return _python(site, name, name, prefix=name, settings=own)

    async def is_ready(site: Site) -> bool:
        return await grpc_serves(site.grpc(name), name)

    return Part(
        name=name,
        about=about,
        ports={f"{name}.grpc": grpc_port, f"{name}.metrics": metrics_port},
        launch=launch,
        is_ready=is_ready,
        memory_mib=memory_mib,
        stands_on=stands_on,
    )


def _python(site: Site, part: str, module: str, *, prefix: str, settings: Mapping[str, str]) -> Launch:
    return Launch(
        command=[sys.executable, "-m", module],
        log=site.home.log(part),
        directory=site.home.path,
        environment={
            "TMPDIR": str(site.home.temporary),
            "PYTHONUNBUFFERED": "1",
            **site.identity(part),
            **{f"{prefix}_{setting}".upper(): value for setting, value in settings.items()},
        },
    )


def _portal_settings(site: Site) -> dict[str, str]:
    trusted = {"citizens_ca_file": str(site.home.citizens / "authority.pem")} if signs() else {}
    return {"clients_file": str(site.home.credentials / "portal_clients.toml"), **trusted}


def _linkage_settings(site: Site) -> dict[str, str]:
    return {
        "kafka_bootstrap": site.kafka.bootstrap,
        "portal_target": site.grpc("portal_sim"),
        "payload_dir": str(site.home.payloads),
        "client_id": CLIENT_ID,
        "client_secret_file": str(site.home.credentials / "linkage_server.secret"),
    }


def _app_mgmt_settings(site: Site) -> dict[str, str]:
    return {"kafka_bootstrap": site.kafka.bootstrap, "registry_target": site.grpc("core_systems")}


def _core_systems_settings(site: Site) -> dict[str, str]:
    return {"kafka_bootstrap": site.kafka.bootstrap, "inquiry_target": site.grpc("app_mgmt")}


def _streams(site: Site) -> Launch:
    settings = {
        "kafka_bootstrap": site.kafka.bootstrap,
        "streams_metrics_port": str(site.ports["app_mgmt_streams.metrics"]),
    }
    return _python(site, "app_mgmt_streams", "app_mgmt.streams", prefix="app_mgmt", settings=settings)


def _prepare_room(site: Site) -> None:
    site.home.addresses.write_text(json.dumps(site.addresses.values()), encoding="utf-8")


def _room(site: Site) -> Launch:
    settings = {
        "web_port": str(site.ports["room.web"]),
        "metrics_port": str(site.ports["room.metrics"]),
        "addresses_file": str(site.home.addresses),
        "pace_file": str(site.home.pace),
        "audit_file": str(site.home.audit),
        "control_token_file": str(site.control_token_file),
    }
    return _python(site, "room", "shinsei.room", prefix="shinsei_room", settings=settings)


async def _room_ready(site: Site) -> bool:
    return await metrics_answer(f"{site.addresses.room}look.json")


async def _prometheus_ready(site: Site) -> bool:
    return await asyncio.to_thread(site.prometheus.answers)


async def _streams_ready(site: Site) -> bool:
    return await metrics_answer(site.addresses.metrics["app_mgmt_streams"])


PARTS: tuple[Part, ...] = (
    Part(
        name="kafka",
        about="Apache Kafka, one node",
        ports={"kafka": 19092, "kafka.controller": 19093},
        launch=lambda site: site.kafka.launch(),
        is_ready=_kafka_ready,
        prepare=lambda site: site.kafka.prepare(),
        furnish=_make_topics,
        memory_mib=520,
    ),
    Part(
        name="postgres",
        about="PostgreSQL, one database per service",
        ports={"postgres": 15432},
        launch=lambda site: site.postgres.launch(),
        is_ready=_postgres_ready,
        prepare=lambda site: site.postgres.prepare(),
        furnish=_make_databases,
        memory_mib=330,
    ),
    _service(
        "portal_sim",
        "Pittari Service: takes applications",
        grpc_port=50051,
        metrics_port=9101,
        stands_on=("postgres",),
        settings=_portal_settings,
    ),
    _service(
        "core_systems",
        "core systems, registry and offices",
        grpc_port=50054,
        metrics_port=9104,
        stands_on=("kafka", "postgres"),
        settings=_core_systems_settings,
        memory_mib=320,
    ),
    _service(
        "app_mgmt",
        "application management",
        grpc_port=50053,
        metrics_port=9103,
        stands_on=("kafka", "postgres"),
        settings=_app_mgmt_settings,
    ),
    _service(
        "linkage_server",
        "linkage server: polls the portal",
        grpc_port=50052,
        metrics_port=9102,
        stands_on=("kafka", "postgres"),
        settings=_linkage_settings,
    ),
    Part(
        name="app_mgmt_streams",
        about="derived views of application management",
        ports={"app_mgmt_streams.metrics": 9105},
        launch=_streams,
        is_ready=_streams_ready,
        memory_mib=130,
        stands_on=("kafka",),
        optional=True,
    ),
    Part(
        name="room",
        about="operations room: a page for a browser",
        ports={"room.web": 18080, "room.metrics": 9106},
        launch=_room,
        is_ready=_room_ready,
        prepare=_prepare_room,
        memory_mib=200,
        stands_on=("portal_sim", "linkage_server", "app_mgmt", "core_systems"),
        optional=True,
    ),
    Part(
        name="prometheus",
        about="history of metrics, rules and alerts",
        ports={"prometheus": 19090},
        launch=lambda site: site.prometheus.launch(),
        is_ready=_prometheus_ready,
        prepare=lambda site: site.prometheus.prepare(),
        memory_mib=120,
        is_there=prometheus.is_installed,
        optional=True,
        ready_within_s=60.0,
    ),
)
"""Every part of the local stack, in the order in which they are started."""

USUAL_PORTS: Mapping[str, int] = {purpose: port for part in PARTS for purpose, port in part.ports.items()}
"""Ports of a stack for which no others were asked."""


def select(names: tuple[str, ...] | None) -> tuple[Part, ...]:
    """The parts of those names with all that they stand on; without names, every part that this machine has."""
    if names is None:
        return tuple(part for part in PARTS if part.is_there())
    wanted = set(names)
    for part in reversed(PARTS):
        if part.name in wanted:
            wanted.update(part.stands_on)
    return tuple(part for part in PARTS if part.name in wanted)
