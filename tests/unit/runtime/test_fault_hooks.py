"""Fault flags strike where they say: each hook does its harm while its flag is set, and none afterwards."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import TopicPartition

from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts.topics import WORK_REQUESTED
from shinsei.runtime.faults import Board
from shinsei.runtime.kafka import Consumer, DeadLetters, Producer, Record, SendError
from shinsei.runtime.kafka import producer as producing
from shinsei.runtime.kafka.partition_worker import PartitionWorker
from shinsei.runtime.kafka.producer import Outgoing
from shinsei.runtime.outbox import Relay
from shinsei.runtime.outbox.relay import _Part, _Stream
from shinsei.runtime.postgres import Database
from shinsei.runtime.retry import DEFAULT_BACKOFF
from shinsei.testing import InMemoryProducer, a_record
from shinsei.testing.flags import fault_flags
from shinsei.testing.waiting import eventually

TOPIC = WORK_REQUESTED.name
RECORDS: list[Outgoing] = [(b"482013", b"%d" % n, []) for n in range(1, 5)]


@pytest.fixture
def board() -> Iterator[Board]:
    with fault_flags("app_mgmt") as allowed:
        yield allowed


class Pool:
    """A pool of three connections, which counts those that are out."""

    def __init__(self) -> None:
        self.out = 0
        self.commits = 0

    def get_size(self) -> int:
        return 3

    def get_idle_size(self) -> int:
        return 3 - self.out

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Any]:
        self.out += 1
        try:
            yield self
        finally:
            self.out -= 1

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        yield
        self.commits += 1


@pytest.fixture
def database() -> Database:
    made = Database("", "")
    made._pool = Pool()
    return made


async def test_a_slow_database_keeps_whoever_wants_a_connection_waiting(board: Board, database: Database) -> None:
    board.set_flag("database-slow", 10_000)

    async def read() -> None:
        async with database.acquire():
            pass

    reading = asyncio.create_task(read())
    await eventually(lambda: board.standing()[0].struck == 1)
    assert database.pool.out == 0
    assert not reading.done()
    board.clear()
    await asyncio.wait_for(reading, 1)


async def test_a_delayed_commit_comes_after_all_statements_and_comes(board: Board, database: Database) -> None:
    board.set_flag("commit-delayed", 10_000)

    async def write() -> None:
        async with database.transaction():
            pass

    writing = asyncio.create_task(write())
    await eventually(lambda: board.standing()[0].struck == 1)
    assert (database.pool.out, database.pool.commits) == (1, 0)
    board.clear()
    await asyncio.wait_for(writing, 1)
    assert database.pool.commits == 1


async def test_exhausted_connections_make_the_next_one_wait_until_there_are_more(
    board: Board, database: Database
) -> None:
    board.set_flag("connections-exhausted", 1)
    entered = asyncio.Event()

    async def second() -> None:
        async with database.acquire():
            entered.set()

    async with database.acquire():
        waiting = asyncio.create_task(second())
        await eventually(lambda: board.standing()[0].struck > 1)
        assert not entered.is_set()
        board.clear()
        await asyncio.wait_for(waiting, 1)


class Client:
    """As much of a consumer's client as a worker of a partition and a poll need."""

    def __init__(self) -> None:
        self.fetched = 0

    def pause(self, partition: TopicPartition) -> None: ...
    def resume(self, partition: TopicPartition) -> None: ...

    async def getmany(self, **_: Any) -> dict[TopicPartition, list[Any]]:
        self.fetched += 1
        await asyncio.wait({asyncio.create_task(asyncio.Event().wait())}, timeout=0.005)
        return {}


class Item:
    """A record as aiokafka hands it over."""

    timestamp = 0

    def __init__(self, number: int) -> None:
        record = a_record(events.Watermark(at_ms=number), number=number, topic=TOPIC)
        self.topic, self.partition, self.offset = record.topic, record.partition, number - 1
        self.key, self.value, self.headers = record.key, record.value, record.headers


@pytest.fixture
async def worker() -> AsyncIterator[tuple[PartitionWorker, list[list[int]]]]:
    """A worker and what its handler was given, batch by batch."""
    given: list[list[int]] = []

    async def handle(_: int, records: Sequence[Record]) -> None:
        given.append([record.number for record in records])

    async def assigned(_: Sequence[int]) -> None: ...

    made = PartitionWorker(
        Client(),
        TopicPartition(TOPIC, 0),
        handle,
        DeadLetters(InMemoryProducer()),
        assigned,
        retry=DEFAULT_BACKOFF,
        max_records=10,
        queue_records=100,
    )
    yield made, given
    await made.stop(0.1)


async def test_a_stuck_consumer_hands_nothing_over_until_it_is_free(
    board: Board, worker: tuple[PartitionWorker, list[list[int]]]
) -> None:
    board.set_flag("consumer-stuck", 1)
    made, given = worker
    made.put([Item(1)])
    await eventually(lambda: board.standing()[0].struck == 1)
    assert (given, made.uncommitted()) == ([], None)
    board.clear()
    await eventually(lambda: given == [[1]])


async def test_a_duplicate_delivery_is_a_batch_that_comes_twice(
    board: Board, worker: tuple[PartitionWorker, list[list[int]]]
) -> None:
    made, given = worker
    board.set_flag("duplicate-delivery", 100)
    made.put([Item(1), Item(2)])
    await eventually(lambda: given == [[1, 2, 1, 2]])
    board.clear()
    made.put([Item(3)])
    await eventually(lambda: given[1:] == [[3]])
    assert made.uncommitted() == 3


async def test_a_paused_broker_gives_nothing(board: Board) -> None:
    board.set_flag("broker-paused", 1)
    client = Client()

    async def handle(_: int, __: Sequence[Record]) -> None: ...

    consumer = Consumer("", "", TOPIC, handle, DeadLetters(InMemoryProducer()))
    polling = asyncio.create_task(consumer._poll(client))
    await eventually(lambda: board.standing()[0].struck == 1)
    assert client.fetched == 0
    board.clear()
    await eventually(lambda: client.fetched > 0)
    polling.cancel()


async def test_a_paused_broker_takes_nothing(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(producing, "_NO_ANSWER_S", 0.01)
    board.set_flag("broker-paused", 1)
    producer = Producer("", "")
    with pytest.raises(SendError, match="Kafka does not answer"):
        await producer.send_all(TOPIC, 0, RECORDS)
    board.clear()
    with pytest.raises(SendError, match="is not open"):
        await producer.send_all(TOPIC, 0, RECORDS)


async def test_a_reordered_delivery_has_the_later_half_first_and_then_all_in_order(board: Board) -> None:
    broker = InMemoryProducer()
    relay = Relay(Database("", ""), broker)
    stream = _Stream(id=1, topic=TOPIC, run_id="r", municipality="482013", partition=0)
    part = _Part(stream=stream, numbers=[1, 2, 3, 4], records=RECORDS)
    board.set_flag("reordered-delivery", 100)
    await relay._send(part)
    assert [value for _, value, _ in broker.log[(TOPIC, 0)]] == [b"3", b"4", b"1", b"2", b"3", b"4"]
    board.clear()
    await relay._send(part)
    assert broker.log[(TOPIC, 0)][6:] == RECORDS


class Outbox:
    """A connection to a database whose outbox has one row."""

    def __init__(self) -> None:
        self.looked = 0

    async def fetch(self, sql: str, *_: Any) -> list[Any]:
        if "FROM stream " in sql:
            return [{"id": 1, "topic": TOPIC, "run_id": "r", "municipality": "482013", "partition": 0}]
        self.looked += 1
        return [
            {
                "stream_id": 1,
                "number": 1,
                "written_ms": 0,
                "at_ms": 0,
                "type": "t",
                "event_id": "e",
                "causation": "",
                "traceparent": "",
                "value": b"",
            }
        ]

    async def execute(self, *_: Any) -> str:
        return ""


async def test_a_stuck_outbox_is_looked_at_and_not_sent(board: Board) -> None:
    broker, connection = InMemoryProducer(), Outbox()
    relay = Relay(Database("", ""), broker)
    board.set_flag("outbox-stuck", 1)
    assert not await relay._round(connection)  # type: ignore[arg-type]
    assert (connection.looked, broker.log) == (1, {})
    board.clear()
    await relay._round(connection)  # type: ignore[arg-type]
    assert len(broker.log[(TOPIC, 0)]) == 1
