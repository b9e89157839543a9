"""Relays of one database: one works, and the others pass on what their own process says and come to rest."""

from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts.headers import TRACEPARENT
from shinsei.domain.simtime import SimTime
from shinsei.runtime import postgres, tracing
from shinsei.runtime.clock import sleep
from shinsei.runtime.kafka import Outgoing
from shinsei.runtime.outbox import OUTBOX_SQL, OutMessage, Relay, append
from shinsei.runtime.postgres import Database
from shinsei.runtime.tracing import Identity, spans
from shinsei.runtime.tracing.opentelemetry import Sink
from shinsei.testing import InMemoryProducer, eventually
from shinsei.testing.simulated import World
from shinsei.testing.simulated.parts import Parts


class Told:
    """What every connection says, in order."""

    def __init__(self) -> None:
        self.notices = 0
        self.tries = 0

    def __call__(self, _: object, sql: str, *__: object) -> None:
        self.notices += "pg_notify" in sql
        self.tries += "try_advisory" in sql

    def has_tried(self, number: int) -> bool:
        return self.tries >= number


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def database(told: Told, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    world = World(0)
    makers = Parts(world, witness=told).makers(world.process)
    monkeypatch.setattr(postgres, "MAKERS", type("Fixed", (), {"get": staticmethod(lambda: makers)}))
    opened = Database("relays", OUTBOX_SQL)
    await opened.start()
    yield opened
    await opened.stop()
    world.loop.close()


async def test_relays_that_stand_by_pass_a_poke_on_once_and_come_to_rest(database: Database, told: Told) -> None:
    """They hear each other and themselves: if they passed that on, they would keep the database busy for ever."""
    relays = [Relay(database, InMemoryProducer(), tick_s=30) for _ in range(3)]
    for number, relay in enumerate(relays, start=1):
        await relay.start()
        await eventually(partial(told.has_tried, number))
    relays[1].poke()
    relays[2].poke()
    await eventually(lambda: told.notices >= 2)
    for _ in range(200):
        await sleep(0)
    assert (told.notices, told.tries) == (2, 5)
    for relay in reversed(relays):
        await relay.stop()


class Holding:
    """Takes what it is given, and knows how much it was given at once at most."""

    def __init__(self) -> None:
        self.taken = InMemoryProducer()
        self.most = self._held = 0

    async def send_all(self, topic: str, partition: int, records: Sequence[Outgoing]) -> None:
        self._held += len(records)
        self.most = max(self.most, self._held)
        await sleep(0)
        self._held -= len(records)
        await self.taken.send_all(topic, partition, records)


async def test_a_record_of_a_traced_case_carries_its_trace_in_its_headers(database: Database) -> None:
    """Spans can be told from the case alone: nobody would miss a header before another reader wants it."""
    names = ("482013-0007", "482013-0008")
    messages = [
        OutMessage.of(events.WorkProgressed(), event_id=f"r/{name}/work-REGISTER/0", at=SimTime(1)) for name in names
    ]
    watermark = OutMessage.of(events.Watermark(at_ms=1), event_id="r/482013/watermark/1", at=SimTime(1))
    caller = Identity(trace_id=7, span_id=8)
    stream: dict[str, Any] = {"topic": "t", "run_id": "r", "partition": 0}
    async with database.transaction() as conn:
        await append(conn, **stream, municipality="482013", messages=[*messages, watermark])
        await append(
            conn, **stream | {"partition": 1}, municipality="482021", messages=messages[:1], traceparent=caller.header
        )
    broker = InMemoryProducer()
    relay = Relay(database, broker, tick_s=30)
    spans.use(Sink("core_systems", InMemorySpanExporter()), 1.0, "core_systems")
    try:
        await relay.start()
        await eventually(lambda: sum(map(len, broker.log.values())) == 4)
        await relay.stop()
    finally:
        tracing.shut_down()
    found = [dict(headers).get(TRACEPARENT, b"").decode() for _, _, headers in broker.log["t", 0]]
    assert found == [*(Identity.of_case("r", name).header for name in names), ""]
    ((_, _, headers),) = broker.log["t", 1]
    assert dict(headers)[TRACEPARENT].decode() == caller.header


async def test_a_round_is_bounded_however_many_streams_there_are(database: Database) -> None:
    """Behind a broker that was away, every municipality of every run has rows."""
    messages = [OutMessage.of(events.Watermark(at_ms=at), event_id=f"w{at}", at=SimTime(at)) for at in range(10)]
    async with database.transaction() as conn:
        for city in range(100):
            await append(conn, topic="t", run_id="r", municipality=f"{city:06}", partition=city, messages=messages)
    broker = Holding()
    relay = Relay(database, broker, rows_per_round=300, tick_s=30)
    await relay.start()
    await eventually(lambda: sum(map(len, broker.taken.log.values())) == 1_000, within_s=25)  # a stop waits no longer
    await relay.stop()
    assert broker.most == 300
    assert [len(broker.taken.log[("t", city)]) for city in range(100)] == [10] * 100
