"""Application management and the core systems on real parts, fed as the linkage server feeds them."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

import app_mgmt.bootstrap
import app_mgmt.settings
import core_systems.bootstrap
import core_systems.settings
from shinsei.contracts.topics import TOPICS
from shinsei.runtime.kafka import Producer, ensure_topics
from shinsei.runtime.rpc import channel
from shinsei.stack.ports import free_port
from shinsei.testing.municipality import Town
from shinsei.testing.services import ChildService, HostedService


@pytest.fixture
def run_id() -> str:
    return f"run-{uuid.uuid4().hex[:10]}"


Databases = Callable[[str], Awaitable[str]]


@pytest.fixture
def password(tmp_path: Path) -> Path:
    """The file with the password of every role."""
    file = tmp_path / "password"
    file.write_text("f00d\n", encoding="utf-8")
    return file


@pytest.fixture
async def new_database(postgres_dsn: str, password: Path) -> AsyncIterator[Databases]:
    """Makes empty databases, each of a role of its own, as services have them wherever they run."""
    where = urlsplit(postgres_dsn)
    admin = await asyncpg.connect(postgres_dsn)
    made: list[str] = []

    async def make(name: str) -> str:
        made.append(f"{name}_{uuid.uuid4().hex[:12]}")
        await admin.execute(f"CREATE ROLE {made[-1]} LOGIN PASSWORD '{password.read_text(encoding='utf-8').strip()}'")
        await admin.execute(f"CREATE DATABASE {made[-1]} OWNER {made[-1]}")
        return f"postgresql://{made[-1]}@{where.hostname}:{where.port}/{made[-1]}"

    yield make
    for name in made:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.execute(f"DROP ROLE {name}")
    await admin.close()


Addresses = tuple[str, str]
"""Of the inquiry screen and of the core systems."""


@asynccontextmanager
async def running(
    services: tuple[Any, Any], addresses: Addresses, bootstrap: str, producer: Producer
) -> AsyncIterator[Town]:
    await ensure_topics(bootstrap, TOPICS)
    async with AsyncExitStack() as stack:
        for service in services:
            stack.push_async_callback(service.stop)
        await asyncio.gather(*(service.start() for service in services))
        inquiry, core = (channel(address) for address in addresses)
        stack.push_async_callback(inquiry.close)
        stack.push_async_callback(core.close)
        yield Town(
            app_mgmt=services[0],
            core_systems=services[1],
            inquiry=inquiry,
            core=core,
            producer=producer,
            bootstrap=bootstrap,
            stack=stack,
        )


@pytest.fixture
def addresses() -> Addresses:
    return f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"


@pytest.fixture
async def town(
    kafka_bootstrap: str, new_database: Databases, password: Path, producer: Producer, addresses: Addresses
) -> AsyncIterator[Town]:
    """Both services, in this process."""
    inquiry, core = addresses
    for_app_mgmt = app_mgmt.settings.Settings(
        grpc_port=int(inquiry.rpartition(":")[2]),
        database_dsn=await new_database("app_mgmt"),
        database_password_file=password,
        kafka_bootstrap=kafka_bootstrap,
        registry_target=core,
    )
    for_core_systems = core_systems.settings.Settings(
        grpc_port=int(core.rpartition(":")[2]),
        database_dsn=await new_database("core_systems"),
        database_password_file=password,
        kafka_bootstrap=kafka_bootstrap,
        inquiry_target=inquiry,
    )
    services = (
        HostedService(lambda: app_mgmt.bootstrap.build(for_app_mgmt)),
        HostedService(lambda: core_systems.bootstrap.build(for_core_systems)),
    )
    async with running(services, addresses, kafka_bootstrap, producer) as found:
        yield found


@pytest.fixture
async def killable_town(
    kafka_bootstrap: str,
    new_database: Databases,
    password: Path,
    producer: Producer,
    addresses: Addresses,
    tmp_path: Path,
) -> AsyncIterator[Town]:
    """Both services, each a process of its own; more of them can be started beside."""
    inquiry, core = addresses
    common = {
        "APP_MGMT_METRICS_PORT": "0",
        "APP_MGMT_DATABASE_DSN": await new_database("app_mgmt"),
        "APP_MGMT_DATABASE_PASSWORD_FILE": str(password),
        "APP_MGMT_KAFKA_BOOTSTRAP": kafka_bootstrap,
        "APP_MGMT_REGISTRY_TARGET": core,
        "CORE_SYSTEMS_METRICS_PORT": "0",
        "CORE_SYSTEMS_DATABASE_DSN": await new_database("core_systems"),
        "CORE_SYSTEMS_DATABASE_PASSWORD_FILE": str(password),
        "CORE_SYSTEMS_KAFKA_BOOTSTRAP": kafka_bootstrap,
        "CORE_SYSTEMS_INQUIRY_TARGET": inquiry,
    }

    def child(name: str, address: str) -> ChildService:
        port = {f"{name.upper()}_GRPC_PORT": address.rpartition(":")[2]}
        return ChildService(name, common | port, address, tmp_path / f"{name}-{port}.log")

    services = (child("app_mgmt", inquiry), child("core_systems", core))
    async with running(services, addresses, kafka_bootstrap, producer) as found:
        found.another = lambda name: child(name, f"127.0.0.1:{free_port()}")
        yield found
