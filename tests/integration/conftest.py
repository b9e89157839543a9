"""The real parts: one PostgreSQL and one Kafka for the whole session, a fresh database and fresh topics for each test.

``SHINSEI_TEST_POSTGRES_DSN`` and ``SHINSEI_TEST_KAFKA_BOOTSTRAP`` name parts that run already.
"""

import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from urllib.parse import urlsplit

import asyncpg
import pytest

from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts.topics import Topic
from shinsei.runtime.kafka import Producer, ensure_topics
from shinsei.runtime.outbox import OUTBOX_SQL
from shinsei.runtime.postgres import Database
from shinsei.stack.kafka import running_kafka
from shinsei.stack.postgres import running_postgres

MakeTopic = Callable[[], Awaitable[Topic]]


@pytest.fixture(scope="session")
def postgres_dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """DSN of a server's maintenance database."""
    given = os.environ.get("SHINSEI_TEST_POSTGRES_DSN")  # noqa: TID251 - parts that run already
    if given:
        yield given
        return
    with running_postgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server.dsn()


@pytest.fixture(scope="session")
def kafka_bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Bootstrap address of a broker."""
    given = os.environ.get("SHINSEI_TEST_KAFKA_BOOTSTRAP")  # noqa: TID251 - parts that run already
    if given:
        yield given
        return
    with running_kafka(tmp_path_factory.mktemp("kafka")) as bootstrap:
        yield bootstrap


@pytest.fixture
async def dsn(postgres_dsn: str) -> AsyncIterator[str]:
    """DSN of a new, empty database."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    admin = await asyncpg.connect(postgres_dsn)
    await admin.execute(f"CREATE DATABASE {name}")
    yield urlsplit(postgres_dsn)._replace(path=f"/{name}").geturl()
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    """A started database with the outbox's tables."""
    started = Database(dsn, OUTBOX_SQL)
    await started.start()
    yield started
    await started.stop()


@pytest.fixture
async def producer(kafka_bootstrap: str) -> AsyncIterator[Producer]:
    """A started producer."""
    started = Producer(kafka_bootstrap, "test")
    await started.start()
    yield started
    await started.stop()


@pytest.fixture
def make_topic(kafka_bootstrap: str) -> MakeTopic:
    """Makes a topic of its own, with two partitions and its dead letters."""

    async def make() -> Topic:
        topic = Topic(name=f"test.{uuid.uuid4().hex[:12]}", types=(events.Watermark,), partitions=2)
        await ensure_topics(kafka_bootstrap, {topic.name: topic})
        return topic

    return make
