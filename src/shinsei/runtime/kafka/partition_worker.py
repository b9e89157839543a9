"""The work on one partition: batches in order, retried in place, stopped rather than skipped."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from itertools import islice

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import IllegalStateError
from prometheus_client import Gauge

from shinsei.contracts.headers import HeaderError
from shinsei.runtime import tracing
from shinsei.runtime.clock import RealClock
from shinsei.runtime.crash_points import CrashPoint, reach
from shinsei.runtime.errors import FencedError, PoisonedPartition
from shinsei.runtime.failures import is_transient
from shinsei.runtime.faults import BOARD, FaultFlag
from shinsei.runtime.kafka.dead_letters import DeadLetters
from shinsei.runtime.kafka.producer import SENT
from shinsei.runtime.kafka.records import Record, raw_record, read_record, unknown_event
from shinsei.runtime.lifespan import cancel
from shinsei.runtime.observability import RPC_BUCKETS_S, counter, gauge, histogram
from shinsei.runtime.retry import ExponentialBackoff, describe

log = structlog.get_logger(__name__)

STOPPED = gauge("shinsei_kafka_partition_stopped", "1: the partition waits for a person.", ("topic", "partition"))
RETRIES = counter("shinsei_kafka_retries_total", "Batches retried in place.", ("topic",))
LAG = gauge(
    "shinsei_kafka_lag_seconds",
    "Age of the oldest record of the partition not yet handled, 0 where there is none (real time).",
    ("topic", "partition"),
)
TRANSIT = histogram(
    "shinsei_kafka_transit_seconds",
    "From writing a record to having handled it (real time).",
    ("topic",),
    RPC_BUCKETS_S,
)
OFFSET = gauge("shinsei_kafka_offset", "Next record that will be handled.", ("topic", "partition"))
BEHIND = gauge("shinsei_kafka_lag_records", "Records of the partition not yet handled.", ("topic", "partition"))
_LEVELS = (OFFSET, BEHIND, LAG)
HANDLING = histogram("shinsei_kafka_handling_seconds", "Duration of a batch (real time).", ("topic",), RPC_BUCKETS_S)

Handler = Callable[[int, Sequence[Record]], Awaitable[None]]
Assigned = Callable[[Sequence[int]], Awaitable[None]]


class PartitionWorker:
    """Owns one assigned partition from its assignment to its revocation."""

    def __init__(
        self,
        client: AIOKafkaConsumer,
        partition: TopicPartition,
        handler: Handler,
        dead_letters: DeadLetters,
        on_assigned: Assigned,
        *,
        retry: ExponentialBackoff,
        max_records: int,
        queue_records: int,
    ) -> None:
        self.partition = partition
        self._client = client
        self._handler = handler
        self._dead_letters = dead_letters
        self._on_assigned = on_assigned
        self._retry = retry
        self._max_records = max_records
        self._queue_records = queue_records
        self._queue: deque[ConsumerRecord] = deque()
        self._arrived = asyncio.Event()
        self._stopping = False
        self._paused = False
        self._batch: Sequence[ConsumerRecord] = ()
        self._at: int | None = None
        self._since_ms: int | None = None
        self._done = 0
        self._committed = 0
        self._clock = RealClock()
        self._told: tuple[float, ...] = ()
        self._labels = (partition.topic, str(partition.partition))
        self._levels: tuple[Gauge, ...] = ()
        self._handled = SENT.labels(partition.topic, "handled")
        self._handling, self._transit = (one.labels(partition.topic) for one in (HANDLING, TRANSIT))
        self._stopped_gauge = STOPPED.labels(*self._labels)
        self._stopped_gauge.set(0)
        self._task = asyncio.create_task(self._run(), name=f"work-{partition.topic}-{partition.partition}")

    def put(self, records: Sequence[ConsumerRecord]) -> None:
        """Queue records; beyond the bound the partition is paused until there is room."""
        self._queue.extend(records)
        self._arrived.set()
        if len(self._queue) >= self._queue_records:
            self._pause()

    def tell_lag(self) -> None:
        """How far the handling is behind the end of the partition, as of the last fetch."""
        end, here = self._client.highwater(self.partition), len(self._batch) + len(self._queue)
        behind = max(0, end - self._done) if end is not None and self._done else here
        if not behind:
            self._since_ms = self._clock.now_ms()
        told = (self._done, behind, self._age_s() if behind else 0.0)
        if told != self._told:
            # Most partitions rest, and are asked twice a second.
            self._levels = self._levels or tuple(one.labels(*self._labels) for one in _LEVELS)
            for level, value in zip(self._levels, told, strict=True):
                level.set(value)
            self._told = told

    def uncommitted(self) -> int | None:
        """Offset to commit, if there is one."""
        return self._done if self._done > self._committed else None

    def committed(self, offset: int) -> None:
        """Note a commit."""
        self._committed = max(self._committed, offset)

    async def stop(self, timeout_s: float) -> None:
        """Let the batch in progress finish for a while; the next owner handles, and tells, what is not finished."""
        self._stopping = True
        self._arrived.set()
        await asyncio.wait({self._task}, timeout=timeout_s)
        await cancel(self._task)
        self._stopped_gauge.set(0)
        for one in _LEVELS:
            one.remove(*self._labels)

    async def _run(self) -> None:
        try:
            await self._until_done(self._take)
            while not self._stopping:
                batch = await self._next()
                if batch:
                    await self._handle(batch)
        except PoisonedPartition as poison:
            self._park(poison.reason, self._at if poison.offset is None else poison.offset)
        except Exception as error:  # noqa: BLE001 - a defect stops its partition, never the service
            self._park(describe(error), self._at, error)

    async def _next(self) -> list[ConsumerRecord]:
        while not self._queue and not self._stopping:
            self._arrived.clear()
            await self._arrived.wait()
        if self._stopping:
            return []
        batch = list(islice(self._queue, self._max_records))
        for _ in batch:
            self._queue.popleft()
        self._batch = batch
        self._make_room()
        return batch

    async def _handle(self, batch: list[ConsumerRecord]) -> None:
        self._at = batch[0].offset
        await BOARD.hold(FaultFlag.CONSUMER_STUCK)
        reach(CrashPoint.TAKEN)
        readable = await self._readable(batch)
        if BOARD.strikes(FaultFlag.DUPLICATE_DELIVERY):
            readable *= 2
        started_s = self._clock.monotonic_s()
        if readable and not await self._until_done(lambda: self._handler(self.partition.partition, readable)):
            return
        reach(CrashPoint.HANDLED)
        self._done, self._batch = batch[-1].offset + 1, ()
        self._handling.observe(self._clock.monotonic_s() - started_s)
        self._handled.inc(len(batch))
        if readable:
            now_ms, self._since_ms = self._clock.now_ms(), readable[-1].sent_ms
            age_s = (now_ms - self._since_ms) / 1000
            trace_id = tracing.handled(readable, now_ms)
            self._transit.observe(age_s, {"trace_id": trace_id} if trace_id else None)

    def _age_s(self) -> float:
        """Of the oldest record that waits here.

        One that has not come yet was written after the last one handled, and after nothing was behind.
        """
        oldest = self._batch[0] if self._batch else self._queue[0] if self._queue else None
        sent_ms = self._since_ms if oldest is None else _sent_ms(oldest)
        return 0.0 if sent_ms is None else max(0.0, (self._clock.now_ms() - sent_ms) / 1000)

    async def _readable(self, batch: list[ConsumerRecord]) -> list[Record]:
        """Records with their headers read, of events that are known; the others go to the dead letters."""
        readable = []
        for item in batch:
            try:
                record = read_record(item)
            except HeaderError as error:
                await self._dead_letters.send(raw_record(item), str(error))
                continue
            stranger = unknown_event(record)
            if stranger is None:
                readable.append(record)
            else:
                await self._dead_letters.send(record, stranger)
        return readable

    async def _take(self) -> None:
        await self._on_assigned([self.partition.partition])

    async def _until_done(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Do one piece of work, however long what it needs is away; False if told to stop before.

        The partition is paused meanwhile: nothing is fetched that could only wait.
        """
        retake = False
        for delay_s in self._retry.delays_s():
            try:
                if retake:
                    await self._take()
                    retake = False
                await work()
                self._make_room()
                return True
            except Exception as error:
                if not is_transient(error):
                    raise
                # Fenced: another owner was there. If this one still has the partition, it begins anew.
                retake = retake or (isinstance(error, FencedError) and work != self._take)
                RETRIES.labels(self.partition.topic).inc()
                self._pause()
                log.warning("batch_retried", **self._where(), delay_s=delay_s, error=describe(error))
            if self._stopping:
                break
            await asyncio.sleep(delay_s)
        return False

    def _park(self, reason: str, offset: int | None, error: Exception | None = None) -> None:
        """Wait for a person; ``offset`` is that of the record, or of the first of its batch where it is not known."""
        log.critical("partition_stopped", **self._where(), offset=offset, reason=reason, exc_info=error)
        self._stopped_gauge.set(1)
        self._pause()

    def _make_room(self) -> None:
        """Have the partition fetched again, if what is queued leaves room."""
        if not self._stopping and len(self._queue) <= self._queue_records // 2:
            self._resume()

    def _pause(self) -> None:
        self._switch(self._client.pause, paused=True)

    def _resume(self) -> None:
        if self._paused:
            self._switch(self._client.resume, paused=False)

    def _switch(self, switch: Callable[[TopicPartition], None], *, paused: bool) -> None:
        try:
            switch(self.partition)
            self._paused = paused
        except IllegalStateError:
            # Taken away in this moment; the revocation follows.
            self._paused = paused

    def _where(self) -> dict[str, str | int]:
        return {"topic": self.partition.topic, "partition": self.partition.partition}


def _sent_ms(record: ConsumerRecord) -> int:
    """When its writer committed a record; when the broker took it, where its headers do not say."""
    try:
        return read_record(record).sent_ms
    except HeaderError:
        return int(record.timestamp)
