"""How late a partition is said to be: by what waits, however long nothing of it is handled; and by its owner alone."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from aiokafka import ConsumerRecord, TopicPartition
from prometheus_client import REGISTRY

from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts import headers as wire
from shinsei.contracts.headers import Headers
from shinsei.domain.simtime import SimTime
from shinsei.runtime.clock import sleep
from shinsei.runtime.kafka import PoisonedPartition, Record
from shinsei.runtime.kafka.partition_worker import PartitionWorker
from shinsei.runtime.retry import ExponentialBackoff
from shinsei.testing import eventually

PLACE = TopicPartition("a-topic-that-is-late", 3)
NOW_MS = 1_000_000


@dataclass
class Clock:
    """Shows what it is told."""

    ms: int = NOW_MS

    def now_ms(self) -> int:
        return self.ms

    def monotonic_s(self) -> float:
        return self.ms / 1000


class Client:
    """Knows the end of the partition."""

    end = 0

    def highwater(self, _: TopicPartition) -> int:
        return self.end

    def pause(self, _: TopicPartition) -> None:
        pass


class Handler:
    """Handles when it is let."""

    def __init__(self) -> None:
        self.goes_on = asyncio.Event()
        self.poison = False

    async def __call__(self, _: int, records: Sequence[Record]) -> None:
        await self.goes_on.wait()
        if self.poison:
            raise PoisonedPartition("nobody can read it", offset=records[0].offset)


@dataclass
class Partition:
    """A worker with everything around it."""

    worker: PartitionWorker
    client: Client
    handler: Handler
    clock: Clock

    async def come(self, *sent_ms: int) -> None:
        """So many records come, written at these times."""
        first = self.client.end
        self.client.end += len(sent_ms)
        self.worker.put([a_record(first + n, ms) for n, ms in enumerate(sent_ms)])
        await rest()

    def told(self) -> dict[str, float | None]:
        """What the gauges say."""
        self.worker.tell_lag()
        return {name: value(name) for name in ("records", "seconds")}


def value(name: str) -> float | None:
    labels = {"topic": PLACE.topic, "partition": str(PLACE.partition)}
    return REGISTRY.get_sample_value(f"shinsei_kafka_lag_{name}", labels)


def a_record(offset: int, sent_ms: int) -> ConsumerRecord[bytes, bytes]:
    message = events.Watermark()
    headers = Headers(
        type=message.DESCRIPTOR.full_name,
        run_id="run-1",
        number=offset + 1,
        event_id=f"e{offset}",
        at=SimTime(0),
        sent_ms=sent_ms,
    )
    return ConsumerRecord(
        *PLACE, offset, NOW_MS, 0, b"482013", message.SerializeToString(), None, 0, 0, wire.encode(headers)
    )


async def rest() -> None:
    """Lets the worker do what it can."""
    for _ in range(10):
        await sleep(0)


async def nothing(*_: Any) -> None:
    pass


@pytest.fixture
async def partition() -> AsyncIterator[Partition]:
    client, handler, clock = Client(), Handler(), Clock()
    retry = ExponentialBackoff(first_s=0.01)
    dead_letters: Any = None
    worker = PartitionWorker(
        client,
        PLACE,
        handler,
        dead_letters,
        nothing,
        retry=retry,
        max_records=1,
        queue_records=100,
    )
    worker._clock = clock  # type: ignore[assignment]
    yield Partition(worker, client, handler, clock)
    await worker.stop(0.1)


async def test_a_consumer_that_is_stuck_gets_later_and_later(partition: Partition) -> None:
    await partition.come(NOW_MS - 2_000, NOW_MS - 1_000)
    assert partition.told() == {"records": 2, "seconds": 2}
    partition.clock.ms += 60_000
    assert partition.told() == {"records": 2, "seconds": 62}


async def test_the_offset_that_is_told_is_that_of_the_next_record(partition: Partition) -> None:
    labels = {"topic": PLACE.topic, "partition": str(PLACE.partition)}
    for count in (3, 2):
        partition.handler.goes_on.set()
        await partition.come(*[NOW_MS] * count)
        await eventually(lambda: partition.told()["records"] == 0)
        partition.handler.goes_on.clear()
    assert REGISTRY.get_sample_value("shinsei_kafka_offset", labels) == 5
    await partition.come(NOW_MS)
    assert partition.told()["records"] == 1
    assert REGISTRY.get_sample_value("shinsei_kafka_offset", labels) == 5


async def test_a_consumer_with_nothing_to_do_is_not_late_however_old_its_last_record_is(partition: Partition) -> None:
    partition.handler.goes_on.set()
    await partition.come(NOW_MS - 90_000)
    assert partition.told() == {"records": 0, "seconds": 0}


async def test_what_has_not_even_come_yet_is_as_late_as_the_last_that_was_handled(partition: Partition) -> None:
    partition.handler.goes_on.set()
    await partition.come(NOW_MS - 5_000)
    partition.client.end += 7
    assert partition.told() == {"records": 7, "seconds": 5}


async def test_the_first_record_after_a_quiet_night_is_not_a_night_late(partition: Partition) -> None:
    partition.handler.goes_on.set()
    await partition.come(NOW_MS)
    partition.clock.ms += 30_000_000
    assert partition.told() == {"records": 0, "seconds": 0}
    partition.clock.ms += 500
    partition.client.end += 1
    assert partition.told() == {"records": 1, "seconds": 0.5}


async def test_a_partition_that_has_stopped_gets_later_and_later(partition: Partition) -> None:
    partition.handler.poison = True
    partition.handler.goes_on.set()
    await partition.come(NOW_MS)
    partition.clock.ms += 30_000
    assert partition.told()["seconds"] == 30


async def test_a_record_without_headers_is_as_old_as_the_broker_says(partition: Partition) -> None:
    partition.client.end = 1
    record = a_record(0, 0)
    record.headers = []
    partition.worker._queue.append(record)
    partition.clock.ms += 4_000
    assert partition.told() == {"records": 1, "seconds": 4}


async def test_who_has_lost_a_partition_tells_nothing_of_it_any_more(partition: Partition) -> None:
    await partition.come(NOW_MS - 2_000)
    partition.told()
    await partition.worker.stop(0.1)
    assert (value("records"), value("seconds")) == (None, None)
