"""Topics, order, commits and groups, of the real Kafka and of the one in memory: one suite for both."""

import asyncio
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Self

import pytest

from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts import headers as wire
from shinsei.contracts.headers import Headers
from shinsei.contracts.topics import Topic
from shinsei.domain.simtime import SimTime
from shinsei.runtime.kafka import Consumer, DeadLetters, Outgoing, Producer, Record, ensure_topics
from shinsei.runtime.kafka import consumer as consumer_module
from shinsei.runtime.kafka import producer as producer_module
from shinsei.runtime.kafka import topics as topics_module
from shinsei.runtime.makers import Makers
from shinsei.runtime.retry import ExponentialBackoff
from shinsei.testing import eventually
from shinsei.testing.simulated import World
from shinsei.testing.simulated.parts import Parts

QUICK = ExponentialBackoff(first_s=0.01, max_s=0.1)


class Fixed:
    """Stands in for the context variable: the makers are these in every context."""

    def __init__(self, makers: Makers) -> None:
        self.get = lambda: makers


@dataclass
class Kafka:
    """A broker with one topic of two partitions."""

    bootstrap: str
    topic: Topic
    producer: Producer


@pytest.fixture(params=["real", "in memory"])
async def kafka(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Kafka]:
    """The one or the other."""
    bootstrap, world = "", World(0)
    if request.param == "real":
        bootstrap = request.getfixturevalue("kafka_bootstrap")
    else:
        makers = Parts(world).makers(world.process)
        for module in (consumer_module, producer_module, topics_module):
            monkeypatch.setattr(module, "MAKERS", Fixed(makers))
    topic = Topic(name=f"test.{uuid.uuid4().hex[:12]}", types=(events.Watermark,), partitions=2)
    await ensure_topics(bootstrap, {topic.name: topic})
    producer = Producer(bootstrap, "test")
    await producer.start()
    yield Kafka(bootstrap, topic, producer)
    await producer.stop()
    world.loop.close()


def outgoing(number: int) -> Outgoing:
    headers = Headers(
        type=events.Watermark.DESCRIPTOR.full_name,
        run_id="run-1",
        number=number,
        event_id=f"e{number}",
        at=SimTime(number),
        sent_ms=1,
    )
    return (b"482013", events.Watermark(at_ms=number).SerializeToString(), wire.encode(headers))


class Reader:
    """A member of a group that notes what it gets."""

    def __init__(self, kafka: Kafka) -> None:
        self.numbers: defaultdict[int, list[int]] = defaultdict(list)
        self.may = asyncio.Event()
        self.may.set()
        letters = DeadLetters(kafka.producer)
        group = f"group-{kafka.topic.name}"
        self.consumer = Consumer(kafka.bootstrap, group, kafka.topic.name, self.handle, letters, retry=QUICK)

    async def handle(self, partition: int, records: Sequence[Record]) -> None:
        if not self.may.is_set():
            raise ConnectionError("the database is away")
        self.numbers[partition] += [record.number for record in records]

    async def __aenter__(self) -> Self:
        await self.consumer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.consumer.stop()


async def test_what_is_sent_comes_once_in_the_order_of_its_partition(kafka: Kafka) -> None:
    await kafka.producer.send_all(kafka.topic.name, 0, [outgoing(number) for number in range(1, 31)])
    async with Reader(kafka) as reader:
        await kafka.producer.send_all(kafka.topic.name, 1, [outgoing(number) for number in range(1, 4)])
        await kafka.producer.send_all(kafka.topic.name, 0, [outgoing(31)])
        await eventually(lambda: len(reader.numbers[0]) == 31 and len(reader.numbers[1]) == 3)
    assert reader.numbers == {0: list(range(1, 32)), 1: [1, 2, 3]}


async def test_a_group_goes_on_behind_what_it_has_committed_and_gets_the_rest_again(kafka: Kafka) -> None:
    await kafka.producer.send_all(kafka.topic.name, 0, [outgoing(1), outgoing(2)])
    async with Reader(kafka) as first:
        await eventually(lambda: first.numbers[0] == [1, 2])
    async with Reader(kafka) as second:
        second.may.clear()
        await kafka.producer.send_all(kafka.topic.name, 0, [outgoing(3)])
        await eventually(lambda: second.consumer.partitions == {0, 1})
    async with Reader(kafka) as third:
        await eventually(lambda: third.numbers[0] == [3])
    assert second.numbers[0] == []


async def test_members_of_a_group_share_its_partitions_and_take_over_from_one_that_leaves(kafka: Kafka) -> None:
    async with Reader(kafka) as first:
        await eventually(lambda: first.consumer.partitions == {0, 1})
        async with Reader(kafka) as second:
            await eventually(lambda: len(first.consumer.partitions) == len(second.consumer.partitions) == 1)
            for partition in (0, 1):
                await kafka.producer.send_all(kafka.topic.name, partition, [outgoing(1)])
            await eventually(lambda: sum(map(len, [*first.numbers.values(), *second.numbers.values()])) == 2)
        await eventually(lambda: first.consumer.partitions == {0, 1})
        for partition in (0, 1):
            await kafka.producer.send_all(kafka.topic.name, partition, [outgoing(2)])
        await eventually(lambda: first.numbers[0][-1:] == first.numbers[1][-1:] == [2])


async def test_what_bears_no_headers_of_ours_becomes_a_dead_letter_and_the_rest_goes_on(kafka: Kafka) -> None:
    await kafka.producer.send_all(kafka.topic.name, 0, [(b"k", b"junk", []), outgoing(1)])
    async with Reader(kafka) as reader:
        await eventually(lambda: reader.numbers[0] == [1])


async def test_topics_are_made_once(kafka: Kafka) -> None:
    await ensure_topics(kafka.bootstrap, {kafka.topic.name: kafka.topic})
