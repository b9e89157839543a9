"""Outbox, relay and inbox on a real PostgreSQL: nothing lost, nothing doubled, everything in order."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from functools import partial

import pytest
from prometheus_client import REGISTRY

from shinsei.api.events.v1 import events_pb2 as events
from shinsei.domain.draws import draw
from shinsei.domain.simtime import SimTime
from shinsei.runtime.clock import sleep
from shinsei.runtime.kafka import Outgoing, Record
from shinsei.runtime.outbox import FencedError, OutMessage, Ownership, Relay, accept, append
from shinsei.runtime.postgres import Connection, Database
from shinsei.runtime.queries import load_queries
from shinsei.runtime.retry import ExponentialBackoff
from shinsei.testing import InMemoryProducer, a_record, eventually

TOPIC = "application.fetched"
QUICK = ExponentialBackoff(first_s=0.01, max_s=0.05)
CITIES = ("482013", "482021", "482030")


def a_watermark(at: int) -> OutMessage:
    message = events.Watermark(run_id="run-1", municipality=CITIES[0], at_ms=at)
    return OutMessage.of(message, event_id=f"w{at}", at=SimTime(at))


async def write(conn: Connection, count: int, municipality: str = CITIES[0], first: int = 1) -> None:
    messages = [a_watermark(at) for at in range(first, first + count)]
    await append(conn, topic=TOPIC, run_id="run-1", municipality=municipality, partition=0, messages=messages)


async def rows(database: Database) -> int:
    async with database.acquire() as conn:
        return int(await conn.fetchval("SELECT count(*) FROM outbox"))


async def accepted(database: Database, records: Sequence[Record]) -> list[int]:
    async with database.transaction() as conn:
        return [record.number for record in await accept(conn, records=records)]


@pytest.fixture
async def sent() -> InMemoryProducer:
    return InMemoryProducer()


@pytest.fixture
async def relay(database: Database, sent: InMemoryProducer) -> AsyncIterator[Relay]:
    started = Relay(database, sent, rows_per_stream=7, tick_s=0.05, retry=QUICK)
    await started.start()
    yield started
    await started.stop()


async def test_concurrent_writers_and_delayed_commits_lose_nothing_and_keep_the_order(
    database: Database, relay: Relay, sent: InMemoryProducer
) -> None:
    committed: defaultdict[str, list[int]] = defaultdict(list)

    async def writer(number: int) -> None:
        for step in range(12):
            city = CITIES[int(draw(1, f"w{number}", "city", step) * len(CITIES))]
            fate = draw(1, f"w{number}", "fate", step)
            first = (number * 100 + step) * 10
            try:
                async with database.transaction() as conn:
                    await write(conn, 3, city, first)
                    await sleep(fate * 0.01)
                    if fate > 0.8:
                        raise LookupError
                    # Under the stream's lock nobody else can note a commit in between.
                    committed[city].extend(range(first, first + 3))
                relay.poke()
            except LookupError:
                continue

    await asyncio.gather(*(writer(number) for number in range(8)))
    total = sum(map(len, committed.values()))
    await eventually(lambda: len(sent.log[(TOPIC, 0)]) == total)
    for city in CITIES:
        records = [record for record in sent.records(TOPIC) if record.municipality == city]
        assert [record.number for record in records] == list(range(1, len(records) + 1))
        assert [record.at for record in records] == committed[city]
    assert await eventually(lambda: empty(database))


def arrived(sent: InMemoryProducer, number: int) -> bool:
    return any(record.number == number for record in sent.records(TOPIC))


async def empty(database: Database) -> bool:
    return await rows(database) == 0


async def test_a_relay_that_dies_between_send_and_delete_gives_duplicates_that_the_inbox_drops(
    database: Database,
) -> None:
    class DiesAfterSending(InMemoryProducer):
        async def send_all(self, topic: str, partition: int, records: Sequence[Outgoing]) -> None:
            await super().send_all(topic, partition, records)
            await asyncio.Event().wait()

    first = DiesAfterSending()
    async with database.transaction() as conn:
        await write(conn, 5)
    dying = Relay(database, first, tick_s=0.05)
    await dying.start()
    await eventually(lambda: len(first.log[(TOPIC, 0)]) == 5)
    assert dying._task is not None
    dying._task.cancel()
    assert await rows(database) == 5

    second = InMemoryProducer()
    other = Relay(database, second, tick_s=0.05)
    await other.start()
    await eventually(lambda: len(second.log[(TOPIC, 0)]) == 5)
    await other.stop()

    again = [*first.records(TOPIC), *second.records(TOPIC)]
    assert await accepted(database, again) == [1, 2, 3, 4, 5]
    assert await accepted(database, again) == []


async def test_only_the_acknowledged_prefix_is_forgotten(
    database: Database, relay: Relay, sent: InMemoryProducer
) -> None:
    sent.fail_next(3, 0)
    async with database.transaction() as conn:
        await write(conn, 6)
    relay.poke()
    await eventually(lambda: len(sent.log[(TOPIC, 0)]) == 6)
    assert [record.number for record in sent.records(TOPIC)] == [1, 2, 3, 4, 5, 6]


async def test_a_relay_goes_on_after_its_connection_was_cut(
    database: Database, relay: Relay, sent: InMemoryProducer
) -> None:
    async with database.acquire() as conn:
        await eventually(lambda: conn.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"))
        for cut in range(1, 4):
            await conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
            await write(conn, 10, first=cut * 10)
            relay.poke()
            await eventually(partial(arrived, sent, cut * 10))
    # What was cut off between sending and forgetting is sent again.
    assert await accepted(database, sent.records(TOPIC)) == list(range(1, 31))


async def test_one_relay_works_at_a_time_and_is_woken_by_the_pokes_of_the_others(database: Database) -> None:
    sent = [InMemoryProducer(), InMemoryProducer()]
    relays = [Relay(database, producer, tick_s=30) for producer in sent]
    await relays[0].start()
    async with database.acquire() as conn:
        await eventually(lambda: conn.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"))
        await relays[1].start()
        await eventually(
            lambda: conn.fetchval(
                "SELECT count(*) = 2 FROM pg_stat_activity WHERE query LIKE '%LISTEN%'"
                " OR query LIKE '%pg_try_advisory%' AND pid <> pg_backend_pid()"
            )
        )
        await write(conn, 4)
        relays[1].poke()
        await eventually(lambda: len(sent[0].log[(TOPIC, 0)]) == 4, within_s=5)
        assert not sent[1].log
    await relays[0].stop()
    async with database.acquire() as conn:
        await write(conn, 2, first=5)
    relays[1].poke()
    await eventually(lambda: len(sent[1].log[(TOPIC, 0)]) == 2)
    await relays[1].stop()


async def test_a_relay_that_stops_sends_what_is_there(database: Database) -> None:
    sent = InMemoryProducer()
    relay = Relay(database, sent, rows_per_stream=2, tick_s=30)
    async with database.transaction() as conn:
        await write(conn, 9)
    await relay.start()
    await relay.stop()
    assert len(sent.log[(TOPIC, 0)]) == 9


def a_numbered(number: int, municipality: str = CITIES[0], run_id: str = "run-1") -> Record:
    return a_record(events.Watermark(at_ms=number), number=number, municipality=municipality, run_id=run_id)


async def test_the_inbox_accepts_only_the_next_number_of_each_stream(database: Database) -> None:
    batch = [a_numbered(1), a_numbered(1, CITIES[1]), a_numbered(3), a_numbered(2), a_numbered(3), a_numbered(2)]
    assert await accepted(database, batch) == [1, 1, 2, 3]
    assert await accepted(database, [a_numbered(5), a_numbered(4), a_numbered(2, CITIES[1])]) == [4, 2]
    assert await accepted(database, [a_numbered(1, run_id="run-2")]) == [1]
    assert await accepted(database, []) == []


@pytest.mark.parametrize(
    ("before", "stretch", "expected"),
    [
        (0, [1, 2, 3], [1, 2, 3]),
        (0, [2, 3], []),
        (3, [4, 5], [4, 5]),
        (3, [2, 3, 4, 5], [4, 5]),
        (3, [1, 2, 3], []),
        (3, [5, 6], []),
    ],
)
async def test_a_stretch_of_one_stream_is_accepted_from_the_next_number_on(
    database: Database, before: int, stretch: list[int], expected: list[int]
) -> None:
    assert await accepted(database, [a_numbered(number) for number in range(1, before + 1)]) == [*range(1, before + 1)]
    assert await accepted(database, [a_numbered(number) for number in stretch]) == expected


async def test_what_a_failed_transaction_accepted_is_accepted_again(database: Database) -> None:
    async def fail_after_accepting() -> None:
        async with database.transaction() as conn:
            assert len(await accept(conn, records=[a_numbered(1), a_numbered(2)])) == 2
            raise LookupError

    with pytest.raises(LookupError):
        await fail_after_accepting()
    assert await accepted(database, [a_numbered(1), a_numbered(2)]) == [1, 2]


async def test_two_readers_of_one_stream_never_both_accept_a_record(database: Database) -> None:
    records = [a_numbered(number) for number in range(1, 6)]
    outcomes = await asyncio.gather(*(accepted(database, records) for _ in range(6)), return_exceptions=True)
    taken = [outcome for outcome in outcomes if isinstance(outcome, list) and outcome]
    assert taken == [[1, 2, 3, 4, 5]]


async def test_an_owner_whose_epoch_is_over_is_fenced(database: Database) -> None:
    async with database.acquire() as conn:
        first = await Ownership.take(conn, TOPIC, 3)
        await Ownership.check(conn, TOPIC, 3, first)
        second = await Ownership.take(conn, TOPIC, 3)
        assert second > first
        with pytest.raises(FencedError):
            await Ownership.check(conn, TOPIC, 3, first)
        await Ownership.check(conn, TOPIC, 3, second)


async def test_an_owner_that_has_checked_commits_before_the_next_one_takes(database: Database) -> None:
    async with database.acquire() as conn:
        epoch = await Ownership.take(conn, TOPIC, 3)
    order = []

    async def take() -> None:
        async with database.transaction() as conn:
            await Ownership.take(conn, TOPIC, 3)
            order.append("taken")

    async with database.transaction() as conn:
        await Ownership.check(conn, TOPIC, 3, epoch)
        taking = asyncio.create_task(take())
        await eventually(lambda: conn.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"))
        order.append("committed")
    await taking
    assert order == ["committed", "taken"]


async def test_a_message_that_kafka_would_refuse_is_refused_before_the_commit(database: Database) -> None:
    too_large = OutMessage.of(events.RunStarted(spec=b"x" * 1_000_000), event_id="e", at=SimTime(0))
    async with database.acquire() as conn:
        with pytest.raises(ValueError, match="larger than Kafka takes"):
            await append(conn, topic=TOPIC, run_id="r", municipality=CITIES[0], partition=0, messages=[too_large])


class Hanging:
    """A broker that answers nobody until it is let go."""

    def __init__(self) -> None:
        self.let_go = asyncio.Event()

    async def send_all(self, topic: str, partition: int, records: Sequence[Outgoing]) -> None:
        await self.let_go.wait()


async def test_the_age_of_the_oldest_row_grows_while_the_broker_hangs(database: Database) -> None:
    """No round ends meanwhile, so nothing but the question itself could tell."""
    broker = Hanging()
    relay = Relay(database, broker, tick_s=0.05, retry=QUICK)
    await relay.start()
    async with database.transaction() as conn:
        await write(conn, 1)
    relay.poke()

    def age_s() -> float:
        return REGISTRY.get_sample_value("shinsei_outbox_oldest_age_seconds") or 0.0

    first = await eventually(age_s, what="a row that waits")
    await eventually(lambda: age_s() > first)
    broker.let_go.set()
    await eventually(lambda: age_s() == 0.0, what="nothing waits")
    await relay.stop()


async def test_a_round_looks_at_no_stream_that_has_nothing_to_send(database: Database) -> None:
    """Those of ended runs stay, and there are thousands of them."""
    scans = "SELECT idx_scan + seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'outbox'"
    async with database.transaction() as conn:
        for number in range(100):
            await write(conn, 1, f"{number:06}")
        await conn.execute("DELETE FROM outbox USING stream s WHERE stream_id = s.id AND s.municipality <> '000042'")
        before = await conn.fetchval(scans)
        pending = await conn.fetch(load_queries("shinsei.runtime.outbox")["pending"], 10, 10)
        stream = await conn.fetchval("SELECT id FROM stream WHERE municipality = '000042'")
        assert [row["stream_id"] for row in pending] == [stream]
        assert await conn.fetchval(scans) - before < 10
