"""The consumer on a real Kafka: in order, retried in place, stopped rather than skipped, committed afterwards."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from prometheus_client import REGISTRY

from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts import headers as wire
from shinsei.contracts.headers import Headers
from shinsei.contracts.topics import Topic
from shinsei.domain.errors import UnavailableError
from shinsei.domain.simtime import SimTime
from shinsei.runtime.errors import FencedError
from shinsei.runtime.kafka import Consumer, DeadLetters, Outgoing, PoisonedPartition, Producer, Record
from shinsei.runtime.kafka.consumer import QUEUE_RECORDS
from shinsei.runtime.retry import ExponentialBackoff
from shinsei.testing import eventually

QUICK = ExponentialBackoff(first_s=0.01, max_s=0.1)
TIMES = ("shinsei_kafka_rebalance_seconds_count", "shinsei_kafka_rebalance_seconds_sum")
MakeTopic = Callable[[], Awaitable[Topic]]


def outgoing(number: int, at: int = 0) -> Outgoing:
    headers = Headers(
        type=events.Watermark.DESCRIPTOR.full_name,
        run_id="run-1",
        number=number,
        event_id=f"e{number}",
        at=SimTime(at or number),
        sent_ms=1,
    )
    return (b"482013", events.Watermark(at_ms=number).SerializeToString(), wire.encode(headers))


class Seen:
    """A handler that notes what it got, and fails as it is told."""

    def __init__(self) -> None:
        self.numbers: defaultdict[int, list[int]] = defaultdict(list)
        self.failures: defaultdict[int, list[Exception]] = defaultdict(list)
        self.calls: list[tuple[str, int]] = []

    async def __call__(self, partition: int, records: Sequence[Record]) -> None:
        self.calls.append(("handle", partition))
        if self.failures[partition]:
            raise self.failures[partition].pop(0)
        self.numbers[partition].extend(record.number for record in records)

    async def assigned(self, partitions: Sequence[int]) -> None:
        self.calls.extend(("assigned", partition) for partition in partitions)

    async def revoked(self, partitions: Sequence[int]) -> None:
        self.calls.extend(("revoked", partition) for partition in partitions)


@contextlib.asynccontextmanager
async def reading(
    bootstrap: str, topic: Topic, seen: Any, producer: Producer, group: str = "group"
) -> AsyncIterator[Consumer]:
    consumer = Consumer(
        bootstrap,
        f"{group}-{topic.name}",
        topic.name,
        seen,
        DeadLetters(producer),
        getattr(seen, "assigned", Seen().assigned),
        getattr(seen, "revoked", Seen().revoked),
        retry=QUICK,
    )
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


def told(topic: Topic, name: str) -> float:
    return REGISTRY.get_sample_value(name, {"topic": topic.name}) or 0.0


def stopped(topic: Topic, partition: int) -> float | None:
    labels = {"topic": topic.name, "partition": str(partition)}
    return REGISTRY.get_sample_value("shinsei_kafka_partition_stopped", labels)


async def test_a_transient_failure_is_retried_in_place_while_other_partitions_go_on(
    kafka_bootstrap: str, producer: Producer, make_topic: MakeTopic
) -> None:
    topic, seen = await make_topic(), Seen()
    released = asyncio.Event()
    attempts = 0

    async def handler(partition: int, records: Sequence[Record]) -> None:
        nonlocal attempts
        if partition == 0 and not released.is_set():
            attempts += 1
            raise ConnectionError("the database is away")
        await seen(partition, records)

    await producer.send_all(topic.name, 0, [outgoing(number) for number in range(1, 11)])
    async with reading(kafka_bootstrap, topic, handler, producer):
        await eventually(lambda: attempts > 2)
        await producer.send_all(topic.name, 1, [outgoing(number) for number in range(1, 6)])
        await eventually(lambda: seen.numbers[1] == [1, 2, 3, 4, 5])
        assert told(topic, "shinsei_kafka_retries_total") >= attempts - 1 > 1
        await producer.send_all(topic.name, 0, [outgoing(number) for number in range(11, 21)])
        assert seen.numbers[0] == []
        released.set()
        await eventually(lambda: seen.numbers[0] == list(range(1, 21)))


async def test_an_unexpected_exception_stops_its_partition_and_skips_nothing(
    kafka_bootstrap: str, producer: Producer, make_topic: MakeTopic
) -> None:
    topic, seen = await make_topic(), Seen()
    seen.failures[0] = [ZeroDivisionError("a defect")]
    await producer.send_all(topic.name, 0, [outgoing(number) for number in (1, 2, 3)])
    async with reading(kafka_bootstrap, topic, seen, producer):
        await eventually(lambda: stopped(topic, 0) == 1)
        await producer.send_all(topic.name, 0, [outgoing(4)])
        await producer.send_all(topic.name, 1, [outgoing(1)])
        await eventually(lambda: seen.numbers[1] == [1])
        assert seen.numbers[0] == []
        assert seen.calls.count(("handle", 0)) == 1
    async with reading(kafka_bootstrap, topic, seen, producer):
        await eventually(lambda: seen.numbers[0] == [1, 2, 3, 4])
        assert stopped(topic, 0) == 0
    assert seen.numbers[1] == [1]


async def test_a_poisoned_partition_stops_with_an_alert(
    kafka_bootstrap: str, producer: Producer, make_topic: MakeTopic
) -> None:
    topic, seen = await make_topic(), Seen()
    seen.failures[1] = [PoisonedPartition("an event behind a watermark cannot be decoded")]
    await producer.send_all(topic.name, 1, [outgoing(1)])
    async with reading(kafka_bootstrap, topic, seen, producer):
        await eventually(lambda: stopped(topic, 1) == 1)
        assert stopped(topic, 0) == 0


async def test_a_record_with_unreadable_headers_goes_to_the_dead_letters_as_it_was(
    kafka_bootstrap: str, producer: Producer, make_topic: MakeTopic
) -> None:
    topic, seen = await make_topic(), Seen()
    alien: Outgoing = (b"482013", b"\xff\x00raw", [("no", b"seven"), ("else", b"\x01")])
    await producer.send_all(topic.name, 0, [outgoing(1), alien, outgoing(2)])
    async with reading(kafka_bootstrap, topic, seen, producer):
        await eventually(lambda: seen.numbers[0] == [1, 2])
    (letter,) = await read_all(kafka_bootstrap, topic.dead, 0)
    headers = dict(letter.headers)
    assert (letter.key, letter.value) == (b"482013", b"\xff\x00raw")
    assert headers["x-reason"] == b"header missing: type, run, event-id, at, sent"
    assert (headers["x-orig-topic"], headers["x-orig-partition"], headers["x-orig-offset"]) == (
        topic.name.encode(),
        b"0",
        b"1",
    )
    assert (headers["no"], headers["else"]) == (b"seven", b"\x01")


async def read_all(bootstrap: str, topic: str, partition: int) -> list[ConsumerRecord]:
    place = TopicPartition(topic, partition)
    client = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await client.start()
    client.assign([place])
    end = (await client.end_offsets([place]))[place]
    records: list[ConsumerRecord] = []
    while len(records) < end:
        records.extend((await client.getmany(place, timeout_ms=200)).get(place, []))
    await client.stop()
    return records


async def test_a_fenced_owner_takes_its_partition_again_before_it_tries_again(
    kafka_bootstrap: str, producer: Producer, make_topic: MakeTopic
) -> None:
    topic, seen = await make_topic(), Seen()
    seen.failures[0] = [FencedError(topic.name, 0, 1)]
    await producer.send_all(topic.name, 0, [outgoing(1)])
    async with reading(kafka_bootstrap, topic, seen, producer):
        await eventually(lambda: seen.numbers[0] == [1])
    calls = [call for call, partition in seen.calls if partition == 0]
    assert calls == ["assigned", "handle", "assigned", "handle", "revoked"]


async def test_a_partition_whose_taking_fails_for_a_while_is_handled_afterwards(
    kafka_bootstrap: str, producer: Producer, make_topic: MakeTopic
) -> None:
    topic, seen = await make_topic(), Seen()
    failures: list[Exception] = [UnavailableError("not yet"), ConnectionError("not yet")]

    class Slow:
        async def assigned(self, partitions: Sequence[int]) -> None:
            if partitions == [0] and failures:
                raise failures.pop()

        async def __call__(self, partition: int, records: Sequence[Record]) -> None:
            assert partition == 1 or not failures
            await seen(partition, records)

    await producer.send_all(topic.name, 0, [outgoing(1)])
    async with reading(kafka_bootstrap, topic, Slow(), producer):
        await eventually(lambda: seen.numbers[0] == [1])


async def test_what_was_not_handled_is_read_again_by_the_next_consumer(
    kafka_bootstrap: str, producer: Producer, make_topic: MakeTopic
) -> None:
    topic, seen = await make_topic(), Seen()
    await producer.send_all(topic.name, 0, [outgoing(number) for number in (1, 2, 3)])
    async with reading(kafka_bootstrap, topic, seen, producer):
        await eventually(lambda: seen.numbers[0] == [1, 2, 3])
    seen.failures[0] = [ConnectionError("away")] * 1000
    await producer.send_all(topic.name, 0, [outgoing(number) for number in (4, 5)])
    async with reading(kafka_bootstrap, topic, seen, producer):
        await eventually(lambda: len(seen.failures[0]) < 1000)
    seen.failures.clear()
    async with reading(kafka_bootstrap, topic, seen, producer):
        await eventually(lambda: seen.numbers[0] == [1, 2, 3, 4, 5])


async def test_consumers_of_a_group_share_the_partitions_and_hand_them_over(
    kafka_bootstrap: str, producer: Producer, make_topic: MakeTopic
) -> None:
    topic, one, two = await make_topic(), Seen(), Seen()
    async with reading(kafka_bootstrap, topic, one, producer) as first:
        await eventually(lambda: first.partitions == {0, 1})
        async with reading(kafka_bootstrap, topic, two, producer) as second:
            await eventually(lambda: len(first.partitions) == len(second.partitions) == 1, within_s=20)
            for partition in (0, 1):
                await producer.send_all(topic.name, partition, [outgoing(number) for number in range(1, 101)])
            await eventually(lambda: sum(len(seen.numbers[p]) for seen in (one, two) for p in (0, 1)) == 200)
        await eventually(lambda: first.partitions == {0, 1}, within_s=20)
        await producer.send_all(topic.name, 0, [outgoing(101)])
        await producer.send_all(topic.name, 1, [outgoing(101)])
        await eventually(lambda: one.numbers[0][-1:] == [101] and one.numbers[1][-1:] == [101])
    dealt, timed, took_s = (told(topic, name) for name in ("shinsei_kafka_rebalances_total", *TIMES))
    assert dealt == timed >= 4, "the first alone, each of both, and the first alone again"
    assert took_s > 0
    assert ("revoked", 0) in one.calls
    taken = [partition for call, partition in two.calls if call == "assigned"]
    assert taken
    assert sorted(one.numbers[0] + two.numbers[0]) == list(range(1, 102))


async def test_two_topics_of_one_service_are_read_in_one_group(
    kafka_bootstrap: str, producer: Producer, make_topic: MakeTopic
) -> None:
    topics = [await make_topic(), await make_topic()]
    seen = [Seen(), Seen()]
    consumers = [
        Consumer(kafka_bootstrap, f"shared-{topics[0].name}", topic.name, handler, DeadLetters(producer), retry=QUICK)
        for topic, handler in zip(topics, seen, strict=True)
    ]
    for consumer in consumers:
        await consumer.start()
    await eventually(lambda: all(consumer.partitions == {0, 1} for consumer in consumers), within_s=20)
    for topic in topics:
        for partition in (0, 1):
            await producer.send_all(topic.name, partition, [outgoing(1), outgoing(2)])
    await eventually(lambda: all(handler.numbers[p] == [1, 2] for handler in seen for p in (0, 1)))
    for consumer in consumers:
        await consumer.stop()


async def test_a_partition_with_too_much_waiting_is_paused_and_loses_nothing(
    kafka_bootstrap: str, producer: Producer, make_topic: MakeTopic
) -> None:
    topic, seen = await make_topic(), Seen()
    gate = asyncio.Event()
    total = QUEUE_RECORDS * 3

    async def handler(partition: int, records: Sequence[Record]) -> None:
        if partition == 0:
            await gate.wait()
        await seen(partition, records)

    await producer.send_all(topic.name, 0, [outgoing(number) for number in range(1, total + 1)])
    async with reading(kafka_bootstrap, topic, handler, producer) as consumer:
        await eventually(lambda: consumer._client is not None and consumer._client.paused())
        await producer.send_all(topic.name, 1, [outgoing(1)])
        await eventually(lambda: seen.numbers[1] == [1])
        gate.set()
        await eventually(lambda: len(seen.numbers[0]) == total)
    assert seen.numbers[0] == list(range(1, total + 1))


async def test_a_process_restarted_under_its_name_has_its_partitions_back_without_a_rebalance(
    kafka_bootstrap: str, producer: Producer, make_topic: MakeTopic
) -> None:
    topic, seen = await make_topic(), Seen()
    consumers = [
        Consumer(
            kafka_bootstrap, f"named-{topic.name}", topic.name, seen, DeadLetters(producer), retry=QUICK, instance="a"
        )
        for _ in range(2)
    ]
    await consumers[0].start()
    await producer.send_all(topic.name, 0, [outgoing(1)])
    await eventually(lambda: seen.numbers[0] == [1])
    # With a name it says no farewell to the group, just as if it had been killed.
    await consumers[0].stop()
    await consumers[1].start()
    await producer.send_all(topic.name, 0, [outgoing(2)])
    # Far less than the time after which the group gives up on a member that is not heard of any more.
    await eventually(lambda: seen.numbers[0][-1] == 2, within_s=5)
    await consumers[1].stop()


@pytest.mark.parametrize("count", [1, 3, 5_000])
async def test_records_arrive_in_the_order_in_which_they_were_sent(
    kafka_bootstrap: str, producer: Producer, make_topic: MakeTopic, count: int
) -> None:
    topic, seen = await make_topic(), Seen()
    await producer.send_all(topic.name, 1, [outgoing(number) for number in range(1, count + 1)])
    async with reading(kafka_bootstrap, topic, seen, producer):
        await eventually(lambda: len(seen.numbers[1]) == count)
    assert seen.numbers[1] == list(range(1, count + 1))
