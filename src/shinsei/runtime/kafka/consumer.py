"""Reading a topic so that nothing is skipped: one worker per partition, retries in place, commits behind the effect.

aiokafka's own habits are switched off: no autocommit, from the beginning, every partition by itself.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.errors import IllegalStateError, KafkaError

from shinsei.runtime.clock import RealClock
from shinsei.runtime.crash_points import CrashPoint, reach
from shinsei.runtime.failures import is_transient
from shinsei.runtime.faults import BOARD, FaultFlag
from shinsei.runtime.identity import kafka_options
from shinsei.runtime.kafka.dead_letters import DeadLetters
from shinsei.runtime.kafka.partition_worker import Assigned, Handler, PartitionWorker
from shinsei.runtime.kafka.producer import SENT
from shinsei.runtime.kafka.topics import unreachable
from shinsei.runtime.lifespan import cancel
from shinsei.runtime.makers import MAKERS
from shinsei.runtime.observability import counter, histogram
from shinsei.runtime.retry import DEFAULT_BACKOFF, ExponentialBackoff, describe, until_success

log = structlog.get_logger(__name__)

REBALANCES = counter("shinsei_kafka_rebalances_total", "Assignments received.", ("topic",))
REBALANCE_SECONDS = histogram(
    "shinsei_kafka_rebalance_seconds",
    "From giving the partitions of a topic back to having them, or others, again (real time).",
    ("topic",),
)

COMMIT_EVERY_S: Final = 0.5
MAX_RECORDS: Final = 2_000
"""Records given to a handler at once."""
QUEUE_RECORDS: Final = 6_000
"""Records held for one partition; beyond it the partition is paused."""
REVOKE_TIMEOUT_S: Final = 5.0

Rebalanced = Callable[[Sequence[int]], Awaitable[None]]


async def _nothing(partitions: Sequence[int]) -> None:
    """A service that keeps nothing per partition."""


class Consumer:
    """Consumer of one topic for a service (a lifespan component).

    Args:
        bootstrap: Kafka's address.
        group: consumer group; the service's name.
        topic: what to read.
        handler: takes a batch of one partition, in order; one batch of a partition at a time.
        dead_letters: for records whose headers cannot be read.
        on_assigned: awaited for a partition before its first batch, and again after its epoch was fenced.
        on_revoked: awaited for a partition after its last batch.
        instance: name of this process in the group; restarted under it, it has its partitions back at once.
    """

    def __init__(  # noqa: PLR0917 - the first five are what a consumer is
        self,
        bootstrap: str,
        group: str,
        topic: str,
        handler: Handler,
        dead_letters: DeadLetters,
        on_assigned: Assigned = _nothing,
        on_revoked: Rebalanced = _nothing,
        *,
        wait_s: float = 30.0,
        setting: str = "kafka_bootstrap",
        retry: ExponentialBackoff = DEFAULT_BACKOFF,
        instance: str = "",
    ) -> None:
        self._bootstrap = bootstrap
        self._group = group
        self._topic = topic
        self._handler = handler
        self._dead_letters = dead_letters
        self._on_assigned = on_assigned
        self._on_revoked = on_revoked
        self._wait_s = wait_s
        self._setting = setting
        self._retry = retry
        self._instance = f"{instance}-{topic}" if instance else None
        self._client: AIOKafkaConsumer | None = None
        self._workers: dict[TopicPartition, PartitionWorker] = {}
        self._received = SENT.labels(topic, "received")
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def partitions(self) -> frozenset[int]:
        """Partitions that are this consumer's at the moment."""
        return frozenset(tp.partition for tp in self._workers)

    async def start(self) -> None:
        """Join the group and begin to read.

        Raises:
            StartError: Kafka is not reachable in time.
        """
        policy = ExponentialBackoff(first_s=0.1, max_s=1.0)
        try:
            client = await until_success(self._open, policy, is_transient, give_up_after_s=self._wait_s)
        except (KafkaError, TimeoutError) as error:
            raise unreachable(self._bootstrap, self._wait_s, self._setting) from error
        self._client = client
        client.subscribe([self._topic], listener=_Listener(self, client, self._topic))
        self._tasks = [
            asyncio.create_task(self._poll(client), name=f"poll-{self._topic}"),
            asyncio.create_task(self._commit_often(client), name=f"commit-{self._topic}"),
        ]

    async def stop(self) -> None:
        """Finish the batches in progress, commit, leave the group."""
        await cancel(*self._tasks)
        self._tasks = []
        client, self._client = self._client, None
        if client is None:
            return
        try:
            await self.revoke(client, set(self._workers))
        finally:
            await self._close(client)

    async def watch(self) -> None:
        """Raise what ended the reading; partitions that stop are alerts, not failures."""
        if self._tasks:
            done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if not task.cancelled():
                    task.result()

    def assign(self, client: AIOKafkaConsumer, partitions: set[TopicPartition]) -> None:
        """Give each newly assigned partition a worker."""
        REBALANCES.labels(self._topic).inc()
        for partition in sorted(partitions):
            self._workers[partition] = PartitionWorker(
                client,
                partition,
                self._handler,
                self._dead_letters,
                self._on_assigned,
                retry=self._retry,
                max_records=MAX_RECORDS,
                queue_records=QUEUE_RECORDS,
            )
        log.info("partitions_assigned", topic=self._topic, partitions=sorted(tp.partition for tp in partitions))

    async def revoke(self, client: AIOKafkaConsumer, partitions: set[TopicPartition]) -> None:
        """Stop the workers of partitions, commit what they finished, tell the service."""
        workers = {tp: worker for tp in partitions if (worker := self._workers.pop(tp, None))}
        if not workers:
            return
        for tp in workers:
            _let_be(client, tp)
        await asyncio.gather(*(worker.stop(REVOKE_TIMEOUT_S) for worker in workers.values()))
        await self._commit(client, list(workers.values()), within_s=REVOKE_TIMEOUT_S)
        await self._on_revoked(sorted(tp.partition for tp in workers))
        log.info("partitions_revoked", topic=self._topic, partitions=sorted(tp.partition for tp in workers))

    async def _open(self) -> AIOKafkaConsumer:
        client = MAKERS.get().consumer(
            bootstrap_servers=self._bootstrap,
            group_id=self._group,
            group_instance_id=self._instance,
            client_id=self._group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            session_timeout_ms=10_000,
            heartbeat_interval_ms=1_000,
            max_poll_interval_ms=300_000,
            max_partition_fetch_bytes=2 * 1024 * 1024,
            fetch_max_wait_ms=100,
            retry_backoff_ms=100,
            partition_assignment_strategy=(StickyPartitionAssignor,),
            **kafka_options(self._bootstrap),
        )
        try:
            await asyncio.wait_for(client.start(), timeout=10)
        except BaseException:
            await client.stop()
            raise
        return client

    async def _close(self, client: AIOKafkaConsumer) -> None:
        try:
            await asyncio.wait_for(client.stop(), timeout=5)
        except (KafkaError, TimeoutError) as error:
            log.warning("consumer_close_failed", topic=self._topic, error=describe(error))

    async def _poll(self, client: AIOKafkaConsumer) -> None:
        while True:
            await BOARD.hold(FaultFlag.BROKER_PAUSED)
            try:
                fetched = await client.getmany(timeout_ms=200, max_records=QUEUE_RECORDS)
            except KafkaError as error:
                log.warning("fetch_failed", topic=self._topic, error=describe(error))
                await asyncio.sleep(self._retry.max_s)
                continue
            for tp, records in fetched.items():
                self._received.inc(len(records))
                worker = self._workers.get(tp)
                if worker is not None:
                    worker.put(records)
                else:
                    _put_back(client, tp, records[0].offset)

    async def _commit_often(self, client: AIOKafkaConsumer) -> None:
        while True:
            await asyncio.sleep(COMMIT_EVERY_S)
            for worker in self._workers.values():
                worker.tell_lag()
            await self._commit(client, list(self._workers.values()))

    async def _commit(
        self, client: AIOKafkaConsumer, workers: Sequence[PartitionWorker], *, within_s: float | None = None
    ) -> None:
        """Commit what handlers have finished; what cannot be committed now is handled again and found known."""
        offsets = {worker.partition: offset for worker in workers if (offset := worker.uncommitted()) is not None}
        if not offsets:
            return
        try:
            async with asyncio.timeout(within_s):
                await client.commit(offsets)
        except (KafkaError, TimeoutError) as error:
            log.warning("commit_failed", topic=self._topic, error=describe(error))
            return
        reach(CrashPoint.OFFSET)
        for worker in workers:
            if worker.partition in offsets:
                worker.committed(offsets[worker.partition])


class _Listener(ConsumerRebalanceListener):
    """Passes rebalances on, and tells how long each takes; aiokafka awaits both, one behind the other."""

    def __init__(self, consumer: Consumer, client: AIOKafkaConsumer, topic: str) -> None:
        self._consumer = consumer
        self._client = client
        self._took = REBALANCE_SECONDS.labels(topic)
        self._clock = RealClock()
        self._began_s = self._clock.monotonic_s()

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        self._began_s = self._clock.monotonic_s()
        await self._consumer.revoke(self._client, revoked)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self._consumer.assign(self._client, assigned)
        self._took.observe(self._clock.monotonic_s() - self._began_s)


def _let_be(client: AIOKafkaConsumer, tp: TopicPartition) -> None:
    """Fetch nothing of a partition whose worker comes to its end: it would be put back and fetched, time and again."""
    with contextlib.suppress(IllegalStateError):
        client.pause(tp)


def _put_back(client: AIOKafkaConsumer, tp: TopicPartition, offset: int) -> None:
    """Records that came in the middle of a rebalance are read again, if the partition is still here."""
    try:
        client.seek(tp, offset)
    except IllegalStateError:
        log.info("records_dropped_in_rebalance", topic=tp.topic, partition=tp.partition, offset=offset)
