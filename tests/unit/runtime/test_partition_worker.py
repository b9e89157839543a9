"""The work on one partition while what it needs is away: nothing is fetched that could only wait."""

import asyncio
from collections.abc import Sequence

from aiokafka import TopicPartition
from prometheus_client import REGISTRY
from tests.unit.runtime.test_fault_hooks import TOPIC, Item

from shinsei.runtime.kafka import Consumer, Record
from shinsei.runtime.kafka.dead_letters import DeadLetters
from shinsei.runtime.kafka.partition_worker import PartitionWorker
from shinsei.runtime.retry import ExponentialBackoff
from shinsei.testing import InMemoryProducer, eventually


def counted(what: str) -> float:
    return REGISTRY.get_sample_value(f"shinsei_kafka_{what}_total", {"topic": TOPIC}) or 0.0


class Client:
    """As much of a consumer's client as a worker needs."""

    def __init__(self) -> None:
        self.paused: set[TopicPartition] = set()

    def pause(self, partition: TopicPartition) -> None:
        self.paused.add(partition)

    def resume(self, partition: TopicPartition) -> None:
        self.paused.discard(partition)


async def test_a_partition_is_paused_from_the_first_failure_until_it_goes_on() -> None:
    client, partition, is_back = Client(), TopicPartition(TOPIC, 0), asyncio.Event()
    given: list[int] = []
    failed = 0
    retried = counted("retries")

    async def handle(_: int, records: Sequence[Record]) -> None:
        nonlocal failed
        if records[0].number > 1 and not is_back.is_set():
            failed += 1
            raise ConnectionError("the database is away")
        given.extend(record.number for record in records)

    async def assigned(_: Sequence[int]) -> None: ...

    made = PartitionWorker(
        client,
        partition,
        handle,
        DeadLetters(InMemoryProducer()),
        assigned,
        retry=ExponentialBackoff(first_s=0.01, max_s=0.02),
        max_records=1,
        queue_records=100,
    )
    made.put([Item(1)])
    await eventually(lambda: given == [1])
    assert not client.paused
    made.put([Item(2), Item(3)])
    await eventually(lambda: client.paused == {partition})
    is_back.set()
    await eventually(lambda: given == [1, 2, 3])
    assert not client.paused
    assert counted("retries") - retried == failed > 0
    await made.stop(0.1)


async def test_nothing_is_fetched_for_a_worker_that_comes_to_its_end() -> None:
    """It would be put back and fetched again without a pause, until what the worker waits for is there."""
    client, partition = Client(), TopicPartition(TOPIC, 0)
    paused_at_the_end: list[bool] = []

    async def handle(_: int, __: Sequence[Record]) -> None: ...

    async def revoked(_: Sequence[int]) -> None:
        paused_at_the_end.append(partition in client.paused)

    dealt = counted("rebalances")
    reading = Consumer("nowhere", "g", TOPIC, handle, DeadLetters(InMemoryProducer()), on_revoked=revoked)
    reading.assign(client, {partition})
    assert counted("rebalances") == dealt + 1
    await reading.revoke(client, {partition})
    assert paused_at_the_end == [True]
