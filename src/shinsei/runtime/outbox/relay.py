"""The relay: sends a database's outbox in order, and forgets what the broker has acknowledged.

One relay per database works at a time, the holder of an advisory lock; the others stand by and pass their pokes on.
Streams go in parallel, each in the order of its numbers. Outages of the broker or the database only make it wait.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import structlog

from shinsei.contracts import headers as wire
from shinsei.runtime import tracing
from shinsei.runtime.clock import Clock, RealClock
from shinsei.runtime.crash_points import CrashPoint, reach
from shinsei.runtime.failures import is_transient
from shinsei.runtime.faults import BOARD, FaultFlag
from shinsei.runtime.kafka.dead_letters import Sender
from shinsei.runtime.kafka.producer import Outgoing, SendError
from shinsei.runtime.kafka.records import subject_of
from shinsei.runtime.lifespan import cancel
from shinsei.runtime.observability import counter, gauge
from shinsei.runtime.postgres import Connection, Database
from shinsei.runtime.queries import load_queries
from shinsei.runtime.retry import DEFAULT_BACKOFF, ExponentialBackoff, describe

log = structlog.get_logger(__name__)

ROWS_PER_STREAM: Final = 4_000
"""Rows of one stream sent in one round, at most."""
ROWS_PER_ROUND: Final = 20_000
"""Rows that a round has in memory [A], however many streams wait for a broker that is away: each has its share."""
TICK_S: Final = 1.0
"""Rows that nobody poked about are found this late."""

_LOCK: Final = 0x5348494E_0002
_CHANNEL: Final = "shinsei_outbox"
_QUERIES: Final = load_queries("shinsei.runtime.outbox")
_COLUMNS: Final = itemgetter("number", "type", "event_id", "at_ms", "written_ms", "causation", "traceparent", "value")

RELAYED = counter("shinsei_outbox_relayed_total", "Rows sent and acknowledged.", ("topic",))
WAITING = gauge("shinsei_outbox_waiting", "Rows not yet acknowledged.")
OLDEST = gauge("shinsei_outbox_oldest_age_seconds", "Age of the oldest of them (real time).")
ACTIVE = gauge("shinsei_outbox_relay_active", "1: this process holds the relay's lock.")
FAILURES = counter("shinsei_outbox_failures_total", "Rounds that failed and were repeated.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stream:
    """What numbers count in; its row never changes but for the last number."""

    id: int
    topic: str
    run_id: str
    municipality: str
    partition: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Rows of one stream in one round."""

    stream: _Stream
    numbers: Sequence[int]
    records: Sequence[Outgoing]


class Relay:
    """The relay of a service's database (a lifespan component)."""

    def __init__(
        self,
        database: Database,
        producer: Sender,
        *,
        rows_per_stream: int = ROWS_PER_STREAM,
        rows_per_round: int = ROWS_PER_ROUND,
        tick_s: float = TICK_S,
        retry: ExponentialBackoff = DEFAULT_BACKOFF,
        clock: Clock | None = None,
    ) -> None:
        self._database = database
        self._producer = producer
        self._rows_per_stream = rows_per_stream
        self._rows_per_round = rows_per_round
        self._tick_s = tick_s
        self._retry = retry
        self._clock = clock or RealClock()
        self._poked = asyncio.Event()
        self._draining = False
        self._relays = False
        """Whether it holds the lock."""
        self._task: asyncio.Task[None] | None = None
        self._oldest_ms: int | None = None
        """When the oldest row of the round was written; None where there is none."""
        self._streams: dict[int, _Stream] = {}
        """Those of the last round, by id."""

    async def start(self) -> None:
        """Begin."""
        self._draining = False
        self._task = asyncio.create_task(self._run(), name="relay")

    async def stop(self) -> None:
        """Send what is there, for a few seconds; what remains is sent by the next relay."""
        task, self._task = self._task, None
        if task is None:
            return
        self._draining = True
        self._poked.set()
        await asyncio.wait({task}, timeout=5)
        await cancel(task)

    async def watch(self) -> None:
        """Raise what ended the relay, which should never happen."""
        if self._task is not None:
            task = self._task
            await asyncio.wait({task})
            if not task.cancelled():
                task.result()

    def poke(self) -> None:
        """Say that rows have been committed; cheap, and harmless if none have."""
        self._poked.set()

    async def _run(self) -> None:
        """Hold a connection and do rounds on it; begin anew after every failure that may pass."""
        delays_s = self._retry.delays_s()
        while True:
            try:
                async with self._connection() as conn:
                    delays_s = self._retry.delays_s()
                    await self._serve(conn)
                    return
            except Exception as error:
                if not is_transient(error):
                    raise
                FAILURES.inc()
                delay_s = next(delays_s)
                log.warning("relay_round_failed", delay_s=delay_s, error=describe(error))
                if self._draining:
                    return
                await asyncio.sleep(delay_s)

    @contextlib.asynccontextmanager
    async def _connection(self) -> Any:
        """A connection of its own: the lock lives and dies with it."""
        conn = await self._database.connection()
        try:
            yield conn
        finally:
            ACTIVE.set(0)
            with contextlib.suppress(Exception):
                await conn.close(timeout=1)

    async def _serve(self, conn: Connection) -> None:
        """Relay, or stand by, until told to stop."""
        self._relays = False
        await conn.add_listener(_CHANNEL, lambda *_: self._hear())
        while not await conn.fetchval(_QUERIES["try_lock"], _LOCK):
            # Another process relays: wake it when there is something, and ask again now and then.
            if await self._wait() and not self._draining:
                await conn.execute(_QUERIES["notify"], _CHANNEL)
            if self._draining:
                return
        self._relays = True
        self._streams = {}
        ACTIVE.set(1)
        # Asked when somebody looks: while a broker hangs, no round ends and nothing else would tell.
        OLDEST.set_function(self._age_s)
        log.info("relay_active")
        self._poked.set()
        while True:
            await self._wait()
            while await self._round(conn):
                pass
            if self._draining:
                return

    def _hear(self) -> None:
        """Another process says that rows have been committed: for whoever relays alone.

        Those who stand by hear each other and themselves; if they passed that on, they would never come to rest.
        """
        if self._relays:
            self._poked.set()

    async def _wait(self) -> bool:
        """Wait for a poke or the tick; whether it was a poke."""
        try:
            await asyncio.wait_for(self._poked.wait(), self._tick_s)
        except TimeoutError:
            return False
        self._poked.clear()
        return True

    async def _round(self, conn: Connection) -> bool:
        """Send what is pending; returns whether more of it was there than a round takes."""
        rows = await conn.fetch(_QUERIES["pending"], self._rows_per_stream, self._rows_per_round)
        WAITING.set(len(rows))
        self._oldest_ms = min((row["written_ms"] for row in rows), default=None)
        if not rows or BOARD.befalls(FaultFlag.OUTBOX_STUCK):
            return False
        parts = await self._parts(conn, rows)
        outcomes = await asyncio.gather(*(self._send(part) for part in parts), return_exceptions=True)
        reach(CrashPoint.PUBLISHED)
        await self._forget(conn, parts, outcomes)
        reach(CrashPoint.FORGOTTEN)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        self._oldest_ms = None
        share = max(1, min(self._rows_per_stream, self._rows_per_round // len(parts)))
        return any(len(part.numbers) == share for part in parts)

    def _age_s(self) -> float:
        return 0.0 if self._oldest_ms is None else (self._clock.now_ms() - self._oldest_ms) / 1000

    async def _parts(self, conn: Connection, rows: Sequence[Mapping[str, Any]]) -> list[_Part]:
        """The rows by stream; of a stream that the last round had nothing of, its row is asked for."""
        members = {stream: list(group) for stream, group in groupby(rows, key=itemgetter("stream_id"))}
        unknown = [stream for stream in members if stream not in self._streams]
        found = await conn.fetch(_QUERIES["streams"], unknown) if unknown else ()
        asked = {row["id"]: _Stream(**row) for row in found}
        self._streams = {stream: asked.get(stream) or self._streams[stream] for stream in members}
        return [_part(self._streams[stream], group) for stream, group in members.items()]

    async def _send(self, part: _Part) -> None:
        stream = part.stream
        if BOARD.strikes(FaultFlag.REORDERED_DELIVERY):
            # As when the first half fails and the second does not: it is sent again behind what arrived too early.
            await self._producer.send_all(stream.topic, stream.partition, part.records[len(part.records) // 2 :])
        await self._producer.send_all(stream.topic, stream.partition, part.records)

    async def _forget(self, conn: Connection, parts: Sequence[_Part], outcomes: Sequence[BaseException | None]) -> None:
        """Delete the acknowledged prefix of each stream."""
        upto: dict[int, int] = {}
        for part, outcome in zip(parts, outcomes, strict=True):
            count = len(part.numbers) if outcome is None else _prefix(outcome)
            if count:
                upto[part.stream.id] = part.numbers[count - 1]
                RELAYED.labels(part.stream.topic).inc(count)
        if upto:
            await conn.execute(_QUERIES["delete_prefix"], list(upto), list(upto.values()))


def _prefix(outcome: BaseException) -> int:
    return outcome.acknowledged if isinstance(outcome, SendError) else 0


def _part(stream: _Stream, rows: Sequence[Mapping[str, Any]]) -> _Part:
    key, run_id, traces = stream.municipality.encode(), stream.run_id.encode(), tracing.is_on()
    numbers: list[int] = []
    records: list[Outgoing] = []
    for row in rows:
        number, type_name, event_id, at_ms, written_ms, causation, traceparent, value = _COLUMNS(row)
        headers = wire.encode_values(
            full_name=_name(type_name),
            run_id=run_id,
            number=number,
            event_id=event_id,
            at=at_ms,
            sent_ms=written_ms,
            causation=causation,
            traceparent=traceparent or (_traceparent(stream, event_id) if traces else ""),
        )
        numbers.append(number)
        records.append((key, value, headers))
    return _Part(stream=stream, numbers=numbers, records=records)


@lru_cache(maxsize=64)
def _name(type_name: str) -> bytes:
    return type_name.encode()


def _traceparent(stream: _Stream, event_id: str) -> str:
    """Of the case that the event is about, if it is traced."""
    if not tracing.may_be_traced(stream.run_id, event_id):
        return ""
    subject = subject_of(event_id, stream.run_id, stream.municipality)
    case = None if subject is None else tracing.is_traced(stream.run_id, subject)
    return "" if case is None else case.header
