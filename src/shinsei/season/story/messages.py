"""The messages of one case, read from Kafka: the partition of its municipality, from the beginning to the end."""

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shinsei.contracts.headers import HeaderError
from shinsei.contracts.topics import TOPICS
from shinsei.domain.errors import UnavailableError
from shinsei.runtime.identity import kafka_options
from shinsei.runtime.kafka.records import raw_record, read_record
from shinsei.season.story.model import Message

_WITHIN_S = 60.0
_AT_ONCE = 5_000


async def messages_of(bootstrap: str, run_id: str, submission: str, partition: int) -> tuple[tuple[Message, ...], int]:
    """The records about a case in the order of their writing, and how many were written more than once.

    Raises:
        UnavailableError: Kafka is away, or too slow.
    """
    options = kafka_options(bootstrap)
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, group_id=None, **options)
    try:
        async with asyncio.timeout(_WITHIN_S):
            await consumer.start()
            found = await _read(consumer, run_id, submission, partition)
    except (KafkaError, TimeoutError, OSError) as error:
        raise UnavailableError(f"Kafka at {bootstrap} does not answer ({type(error).__name__})") from error
    finally:
        await consumer.stop()
    first: dict[tuple[str, int], Message] = {}
    for message in found:
        first.setdefault((message.topic, message.number), message)
    ordered = sorted(first.values(), key=lambda message: (message.sent_ms, message.at, message.topic))
    return tuple(ordered), len(found) - len(first)


async def _read(consumer: AIOKafkaConsumer, run_id: str, submission: str, partition: int) -> Sequence[Message]:
    places = [TopicPartition(topic, partition) for topic in TOPICS]
    consumer.assign(places)
    await consumer.seek_to_beginning(*places)
    ends = await consumer.end_offsets(places)
    found: list[Message] = []
    while any([await consumer.position(place) < ends[place] for place in places]):
        for place, records in (await consumer.getmany(*places, timeout_ms=500, max_records=_AT_ONCE)).items():
            for item in records:
                if dict(item.headers).get("run") != run_id.encode():
                    continue
                try:
                    record = read_record(raw_record(item))
                except HeaderError:
                    continue
                if record.submission_id == submission:
                    found.append(
                        Message(
                            topic=place.topic,
                            partition=place.partition,
                            offset=item.offset,
                            number=record.number,
                            type=record.type.rpartition(".")[2],
                            at=record.at,
                            sent_ms=record.sent_ms,
                            arrived_ms=item.timestamp,
                        )
                    )
    return found
