"""The fakes of ``shinsei.testing`` show what the real parts show."""

from collections.abc import Awaitable, Callable

from aiokafka import AIOKafkaConsumer, TopicPartition

from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts.topics import Topic
from shinsei.domain.simtime import SimTime
from shinsei.runtime import outbox
from shinsei.runtime.kafka import Outgoing, Producer, Record
from shinsei.runtime.outbox import OutMessage, Relay
from shinsei.runtime.postgres import Database
from shinsei.testing import InMemoryOutbox, InMemoryProducer, eventually

TOPIC = "work.completed"
MakeTopic = Callable[[], Awaitable[Topic]]


def a_message(at: int) -> OutMessage:
    return OutMessage.of(events.Watermark(at_ms=at), event_id=f"e{at}", at=SimTime(at))


def what_a_reader_sees(records: list[Record]) -> list[tuple[object, ...]]:
    return sorted(
        (item.topic, item.partition, item.run_id, item.municipality, item.number, item.event_id, item.at, item.value)
        for item in records
    )


async def test_a_reader_sees_the_same_of_the_fake_outbox_and_of_the_real_one(database: Database) -> None:
    fake, sent = InMemoryOutbox(), InMemoryProducer()
    appends = [("482013", 0, [1, 2]), ("482021", 0, [5]), ("482013", 0, []), ("482013", 0, [3])]
    for municipality, partition, ats in appends:
        messages = [a_message(at) for at in ats]
        async with database.transaction() as conn:
            for append in (outbox.append, fake.append):
                await append(
                    conn, topic=TOPIC, run_id="r", municipality=municipality, partition=partition, messages=messages
                )
    relay = Relay(database, sent)
    await relay.start()
    await eventually(lambda: len(sent.log[(TOPIC, 0)]) == 4)
    await relay.stop()
    assert what_a_reader_sees(fake.records(TOPIC)) == what_a_reader_sees(sent.records(TOPIC))


async def test_the_fake_producer_keeps_what_the_real_one_delivers(
    kafka_bootstrap: str, producer: Producer, make_topic: MakeTopic
) -> None:
    topic, fake = await make_topic(), InMemoryProducer()
    records: list[Outgoing] = [(b"482013", b"x" * size, [("no", b"%d" % size)]) for size in (0, 1, 200_000, 7)]
    for sender in (producer, fake):
        await sender.send_all(topic.name, 1, records[:3])
        await sender.send_all(topic.name, 1, records[3:])
    assert await delivered(kafka_bootstrap, topic.name, 1, 4) == fake.log[(topic.name, 1)] == records


async def delivered(bootstrap: str, topic: str, partition: int, count: int) -> list[Outgoing]:
    client = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await client.start()
    client.assign([TopicPartition(topic, partition)])
    found: list[Outgoing] = []
    while len(found) < count:
        for batch in (await client.getmany(timeout_ms=200)).values():
            found.extend((record.key, record.value, list(record.headers)) for record in batch)
    await client.stop()
    return found
