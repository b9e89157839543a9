"""The way from one database to another over Kafka survives the restart of every part: nothing lost, nothing doubled."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts.topics import Topic
from shinsei.domain.simtime import SimTime
from shinsei.runtime.kafka import Consumer, DeadLetters, Producer, Record, ensure_topics
from shinsei.runtime.outbox import OUTBOX_SQL, OutMessage, Relay, accept, append
from shinsei.runtime.postgres import Database, is_transient
from shinsei.runtime.retry import ExponentialBackoff
from shinsei.stack.kafka import running_kafka
from shinsei.stack.ports import free_port
from shinsei.stack.postgres import running_postgres
from shinsei.testing import eventually

MakeTopic = Callable[[], Awaitable[Topic]]
CITY = "482013"
QUICK = ExponentialBackoff(first_s=0.02, max_s=0.2)
SCHEMA = f"{OUTBOX_SQL}\nCREATE TABLE IF NOT EXISTS seen (place serial, number bigint)"


class Pair:
    """A writer and a reader with one database between them, in the manner of two services."""

    def __init__(self, dsn: str, bootstrap: str, topic: Topic) -> None:
        self.topic = topic.name
        self.database = Database(dsn, SCHEMA)
        self.producer = Producer(bootstrap, "pair")
        self.relay = Relay(self.database, self.producer, retry=QUICK)
        letters = DeadLetters(self.producer)
        self.consumer = Consumer(bootstrap, f"to-{topic.name}", topic.name, self.handle, letters, retry=QUICK)

    async def start(self) -> None:
        for part in (self.database, self.producer, self.relay, self.consumer):
            await part.start()

    async def stop(self) -> None:
        for part in (self.consumer, self.relay, self.producer, self.database):
            await part.stop()

    async def handle(self, partition: int, records: Sequence[Record]) -> None:
        async with self.database.transaction() as conn:
            numbers = [record.number for record in await accept(conn, records=records)]
            await conn.execute("INSERT INTO seen (number) SELECT unnest($1::bigint[])", numbers)

    async def write(self, first: int, count: int) -> None:
        messages = [
            OutMessage.of(events.Watermark(at_ms=at), event_id=f"e{at}", at=SimTime(at))
            for at in range(first, first + count)
        ]
        async with self.database.transaction() as conn:
            await append(conn, topic=self.topic, run_id="r", municipality=CITY, partition=1, messages=messages)
        self.relay.poke()

    async def seen(self) -> list[int]:
        async with self.database.acquire() as conn:
            return [row["number"] for row in await conn.fetch("SELECT number FROM seen ORDER BY place")]

    async def has_seen(self, count: int) -> bool:
        return len(await self.seen()) >= count


async def begun(dsn: str, bootstrap: str, topic: Topic) -> Pair:
    pair = Pair(dsn, bootstrap, topic)
    await pair.start()
    await pair.write(1, 500)
    await eventually(lambda: pair.has_seen(500), within_s=20)
    return pair


async def finished(pair: Pair) -> list[int]:
    await pair.write(1001, 500)
    await eventually(lambda: pair.has_seen(1500), within_s=60)
    seen = await pair.seen()
    await pair.stop()
    return seen


@pytest.mark.timeout(300)
async def test_a_broker_that_goes_away_and_comes_back_loses_and_doubles_nothing(dsn: str, tmp_path: Path) -> None:
    port = free_port()
    topic = Topic(name="work.requested", types=(events.Watermark,), partitions=2)
    with running_kafka(tmp_path, port=port) as bootstrap:
        await ensure_topics(bootstrap, {topic.name: topic})
        pair = await begun(dsn, bootstrap, topic)
    await pair.write(501, 500)
    with running_kafka(tmp_path, port=port):
        assert await finished(pair) == list(range(1, 1501))


async def test_a_database_that_goes_away_and_comes_back_loses_and_doubles_nothing(
    kafka_bootstrap: str, make_topic: MakeTopic, tmp_path: Path
) -> None:
    port = free_port()
    with running_postgres(tmp_path, port=port) as server:
        pair = await begun(server.dsn(), kafka_bootstrap, await make_topic())
        await pair.write(501, 500)
    with running_postgres(tmp_path, port=port):
        await eventually(lambda: writable(pair), within_s=30)
        assert await finished(pair) == list(range(1, 1501))


async def writable(pair: Pair) -> bool:
    try:
        async with pair.database.acquire() as conn:
            return bool(await conn.fetchval("SELECT true"))
    except Exception as error:
        if not is_transient(error):
            raise
        return False
