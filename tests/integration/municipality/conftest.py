"""Application management and the core systems on real parts, fed as the linkage server feeds them."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
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
from shinsei.testing.municipality import Process, Town
from shinsei.testing.waiting import open_port


@pytest.fixture
def run_id() -> str:
    return f"run-{uuid.uuid4().hex[:10]}"


Databases = Callable[[str], Awaitable[str]]


@pytest.fixture
async def new_database(postgres_dsn: str) -> AsyncIterator[Databases]:
    """Makes empty databases."""
    admin = await asyncpg.connect(postgres_dsn)
    made: list[str] = []

    async def make(name: str) -> str:
        made.append(f"{name}_{uuid.uuid4().hex[:12]}")
        await admin.execute(f"CREATE DATABASE {made[-1]}")
        return urlsplit(postgres_dsn)._replace(path=f"/{made[-1]}").geturl()

    yield make
    for name in made:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def town(kafka_bootstrap: str, new_database: Databases, producer: Producer) -> AsyncIterator[Town]:
    """Both services, started."""
    await ensure_topics(kafka_bootstrap, TOPICS)
    inquiry_port, core_port = open_port(), open_port()
    app_mgmt_settings = app_mgmt.settings.Settings(
        grpc_port=inquiry_port,
        database_dsn=await new_database("app_mgmt"),
        kafka_bootstrap=kafka_bootstrap,
        registry_target=f"127.0.0.1:{core_port}",
    )
    core_settings = core_systems.settings.Settings(
        grpc_port=core_port,
        database_dsn=await new_database("core_systems"),
        kafka_bootstrap=kafka_bootstrap,
        inquiry_target=f"127.0.0.1:{inquiry_port}",
    )
    async with AsyncExitStack() as stack:
        processes = (
            Process(lambda: app_mgmt.bootstrap.build(app_mgmt_settings)),
            Process(lambda: core_systems.bootstrap.build(core_settings)),
        )
        for process in processes:
            stack.push_async_callback(process.stop)
            await process.start()
        inquiry, core = channel(app_mgmt_settings.registry_target), channel(core_settings.inquiry_target)
        stack.push_async_callback(inquiry.close)
        stack.push_async_callback(core.close)
        yield Town(
            app_mgmt=processes[0],
            core_systems=processes[1],
            app_mgmt_dsn=app_mgmt_settings.database_dsn,
            core_systems_dsn=core_settings.database_dsn,
            inquiry=core,
            core=inquiry,
            producer=producer,
            bootstrap=kafka_bootstrap,
            stack=stack,
        )
