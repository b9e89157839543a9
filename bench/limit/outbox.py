"""The bare outbox: rows in the transaction of their effect, sent from memory, deleted when the broker has them."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaProducer

from bench.limit.wiring import RUN_ID
from shinsei.runtime.clock import RealClock
from shinsei.runtime.queries import load_queries

SQL = load_queries("bench.limit", "outbox.sql")
_CLOCK = RealClock()

Message = tuple[str, bytes]
"""Event id and value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Messages of one transaction."""

    stream: int
    first: int
    at_ms: int
    municipality: str
    messages: Sequence[Message]


class Outbox:
    """Sends one type of message to one topic; a municipality has a partition to itself."""

    def __init__(self, pool: Any, producer: AIOKafkaProducer, topic: str, kind: str, towns: Sequence[str]) -> None:
        self._pool = pool
        self._producer = producer
        self._topic = topic
        self._kind = kind
        self._partitions = {municipality: n for n, municipality in enumerate(towns)}
        self._lots: defaultdict[int, asyncio.Queue[Lot]] = defaultdict(asyncio.Queue)
        self._sent: dict[int, int] = {}
        """Last number acknowledged and not yet deleted, by stream."""
        self._has_sent = asyncio.Event()
        self._always = [("type", kind.encode()), ("run", RUN_ID.encode())]

    async def run(self) -> None:
        """Sends what is committed, and forgets what has been sent, for ever."""
        await asyncio.gather(self._forget(), *(self._send(n) for n in self._partitions.values()))

    async def append(self, connection: Any, municipality: str, messages: Sequence[Message]) -> Lot:
        """Writes messages into the transaction; hand the lot to ``send`` behind its commit."""
        at_ms = _CLOCK.now_ms()
        names, values = zip(*messages, strict=True)
        row = await connection.fetchrow(
            SQL["append"], self._topic, municipality, len(messages), self._kind, at_ms, names, values
        )
        return Lot(
            stream=row[0],
            first=row[1] - len(messages) + 1,
            at_ms=at_ms,
            municipality=municipality,
            messages=messages,
        )

    def send(self, lot: Lot) -> None:
        """Its transaction has been committed."""
        self._lots[self._partitions[lot.municipality]].put_nowait(lot)

    async def _send(self, partition: int) -> None:
        queue = self._lots[partition]
        while True:
            lots = [await queue.get()]
            while not queue.empty():
                lots.append(queue.get_nowait())
            acknowledged = []
            builder = self._producer.create_batch()
            for lot in lots:
                key, at = lot.municipality.encode(), b"%d" % lot.at_ms
                for number, (event, value) in enumerate(lot.messages, start=lot.first):
                    headers = self._headers(at, number, event)
                    if builder.append(key=key, value=value, timestamp=None, headers=headers) is None:
                        acknowledged.append(await self._dispatch(builder, partition))
                        builder = self._producer.create_batch()
                        builder.append(key=key, value=value, timestamp=None, headers=headers)
            acknowledged.append(await self._dispatch(builder, partition))
            await asyncio.gather(*acknowledged)
            self._sent[lots[-1].stream] = lots[-1].first + len(lots[-1].messages) - 1
            self._has_sent.set()

    async def _dispatch(self, builder: Any, partition: int) -> Any:
        builder.close()
        return await self._producer.send_batch(builder, self._topic, partition=partition)

    async def _forget(self) -> None:
        """Deletes what has been acknowledged meanwhile, of all partitions at once."""
        while True:
            await self._has_sent.wait()
            self._has_sent.clear()
            sent, self._sent = self._sent, {}
            await self._pool.execute(SQL["forget"], list(sent), list(sent.values()))

    def _headers(self, at: bytes, number: int, event: str) -> list[tuple[str, bytes]]:
        return [*self._always, ("no", b"%d" % number), ("event-id", event.encode()), ("at", at), ("sent", at)]
