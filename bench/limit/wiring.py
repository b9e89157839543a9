"""How the processes of the limit are connected: the settings of Shinsei's own clients, and nothing around them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from shinsei.contracts.topics import PARTITIONS
from shinsei.runtime.identity import kafka_options
from shinsei.runtime.kafka.producer import BATCH_BYTES
from shinsei.runtime.postgres import ONE_PLAN

FETCHED, REQUESTED, COMPLETED, CHANGED = (
    "limit.application.fetched",
    "limit.work.requested",
    "limit.work.completed",
    "limit.application.status-changed",
)
TOPICS = (FETCHED, REQUESTED, COMPLETED, CHANGED)
RUN_ID = "limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """Where everything is, and whom it serves."""

    portal: str
    """``host:port`` of its own portal."""
    kafka: str
    dsns: Mapping[str, str]
    """By role."""
    singly: Mapping[str, bool]
    """By municipality, in the order of their partitions: one get a case, or one for many."""

    @classmethod
    def of(cls, text: str) -> Self:
        """From its JSON."""
        return cls(**json.loads(text))

    def text(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self))

    @property
    def municipalities(self) -> list[str]:
        """By partition."""
        return list(self.singly)


async def pool(wiring: Wiring, role: str, size: int = 8) -> Any:
    """Connections to the database of a role; they keep no state that would have to be reset after each use."""

    async def keep(_: Any) -> None:
        """Saves the round trip of a reset."""

    return await asyncpg.create_pool(
        wiring.dsns[role], min_size=2, max_size=size, command_timeout=120, reset=keep, server_settings=ONE_PLAN
    )


async def producer(wiring: Wiring) -> AIOKafkaProducer:
    """Idempotent, so that all replicas acknowledge; batches are put together by hand."""
    made = AIOKafkaProducer(
        bootstrap_servers=wiring.kafka,
        enable_idempotence=True,
        linger_ms=0,
        max_batch_size=BATCH_BYTES,
        request_timeout_ms=10_000,
        **kafka_options(wiring.kafka),
    )
    await made.start()
    return made


async def consumer(wiring: Wiring, topic: str) -> AIOKafkaConsumer:
    """All partitions of a topic, from the beginning; how far it has come is in the database."""
    made = AIOKafkaConsumer(
        bootstrap_servers=wiring.kafka,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        max_partition_fetch_bytes=2 * 1024 * 1024,
        fetch_max_wait_ms=100,
        **kafka_options(wiring.kafka),
    )
    await made.start()
    made.assign([TopicPartition(topic, n) for n in range(PARTITIONS)])
    return made
