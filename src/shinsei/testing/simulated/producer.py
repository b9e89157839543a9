"""aiokafka's producer and admin client as the runtime uses them."""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

from aiokafka.errors import KafkaConnectionError, TopicAlreadyExistsError

from shinsei.contracts.headers import RawHeaders
from shinsei.testing.simulated.broker import Broker, Kept
from shinsei.testing.simulated.loop import Process
from shinsei.testing.simulated.world import World


def _lost() -> BaseException:
    error: BaseException = KafkaConnectionError("the connection to the broker was closed")
    return error


async def _nothing() -> None:
    """Connecting changes nothing."""


class Batch:
    """Records that are sent together, up to a size."""

    def __init__(self, max_bytes: int) -> None:
        self.records: list[Kept] = []
        self._left = max_bytes

    def append(self, *, key: bytes, value: bytes, timestamp: int | None, headers: RawHeaders) -> object | None:
        """Adds one; None if it is full, which the first record never makes it."""
        size = len(key) + len(value) + sum(len(name) + len(text) for name, text in headers)
        if self.records and size > self._left:
            return None
        self._left -= size
        self.records.append(Kept(key, value, headers))
        return self

    def record_count(self) -> int:
        """How many there are."""
        return len(self.records)

    def close(self) -> None:
        """Nothing more comes to it."""


class Producer:
    """A producer of a process."""

    def __init__(
        self, world: World, process: Process, broker: Broker, *, max_batch_size: int = 128 * 1024, **_: Any
    ) -> None:
        self._world = world
        self._process = process
        self._broker = broker
        self._max_bytes = max_batch_size

    async def start(self) -> None:
        """Connects."""
        await self._world.exchange(self._process, "connects to Kafka", _nothing, _lost)

    async def stop(self) -> None:
        """Disconnects; nothing is on its way."""

    def create_batch(self) -> Batch:
        """An empty batch."""
        return Batch(self._max_bytes)

    async def send_batch(self, batch: Batch, topic: str, *, partition: int) -> "asyncio.Future[None]":
        """Sends a batch; what is returned tells whether it has been acknowledged."""

        async def sent() -> None:
            self._broker.append((topic, partition), batch.records)

        acknowledged: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        try:
            await self._world.exchange(self._process, f"sends {len(batch.records)} to {topic}", sent, _lost)
        except KafkaConnectionError as error:
            acknowledged.set_exception(error)
        else:
            acknowledged.set_result(None)
        return acknowledged


class _Created(NamedTuple):
    topic_errors: list[tuple[str, int, str]]


class Admin:
    """An admin client."""

    def __init__(self, world: World, process: Process, broker: Broker) -> None:
        self._world = world
        self._process = process
        self._broker = broker

    async def start(self) -> None:
        """Connects."""
        await self._world.exchange(self._process, "connects to Kafka", _nothing, _lost)

    async def close(self) -> None:
        """Disconnects."""

    async def list_topics(self) -> list[str]:
        """Their names."""
        return list(self._broker.topics)

    async def create_topics(self, topics: Sequence[Any]) -> _Created:
        """Makes topics; one that is there is an error of its own."""
        errors = []
        for topic in topics:
            there = topic.name in self._broker.topics
            errors.append((topic.name, TopicAlreadyExistsError.errno if there else 0, ""))
            self._broker.topics.setdefault(topic.name, topic.num_partitions)
        return _Created(errors)

    async def describe_topics(self, names: Sequence[str]) -> list[dict[str, Any]]:
        """Partitions by topic."""
        return [{"error_code": 0, "topic": name, "partitions": [None] * self._broker.topics[name]} for name in names]
