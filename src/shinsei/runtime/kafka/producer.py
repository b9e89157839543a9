"""Sending in order and knowing what has arrived: idempotent, all replicas, batches into a chosen partition."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shinsei.contracts.headers import RawHeaders
from shinsei.domain.errors import UnavailableError
from shinsei.runtime.failures import is_transient
from shinsei.runtime.faults import BOARD, FaultFlag
from shinsei.runtime.identity import kafka_options
from shinsei.runtime.kafka.topics import unreachable
from shinsei.runtime.lifespan import cancel
from shinsei.runtime.makers import MAKERS
from shinsei.runtime.observability import SIZE_BUCKETS, counter, gauge, histogram
from shinsei.runtime.retry import DEFAULT_BACKOFF, ExponentialBackoff, describe, until_success

log = structlog.get_logger(__name__)

BATCH_BYTES: Final = 128 * 1024
MAX_VALUE_BYTES: Final = 900_000
"""Below the broker's limit of 1 MiB for a batch: a larger value could never be delivered."""

_NO_ANSWER_S: Final = 2.0
"""After which a send gives up, while a fault flag keeps Kafka silent."""

SENT = counter("shinsei_kafka_messages_total", "Records sent or received.", ("topic", "outcome"))
BATCH_SIZE = histogram("shinsei_kafka_batch_size", "Records in one batch.", ("topic",), SIZE_BUCKETS)
IN_FLIGHT = gauge("shinsei_kafka_inflight_sends", "Records sent and not yet acknowledged.", ("topic",))

Outgoing = tuple[bytes, bytes, RawHeaders]
"""Key, value, headers."""


class SendError(UnavailableError):
    """Not everything has been acknowledged; ``acknowledged`` is the length of the prefix that has been."""

    def __init__(self, acknowledged: int, cause: BaseException) -> None:
        self.acknowledged = acknowledged
        super().__init__(f"only the first {acknowledged} records are acknowledged: {describe(cause)}")


@dataclass(frozen=True, slots=True)
class _Batch:
    size: int
    future: "asyncio.Future[Any]"


class Producer:
    """Producer of a service (a lifespan component)."""

    def __init__(
        self,
        bootstrap: str,
        client_id: str,
        *,
        wait_s: float = 30.0,
        setting: str = "kafka_bootstrap",
    ) -> None:
        self._bootstrap = bootstrap
        self._client_id = client_id
        self._wait_s = wait_s
        self._setting = setting
        self._client: AIOKafkaProducer | None = None
        self._renewing = asyncio.Lock()

    async def start(self) -> None:
        """Connect.

        Raises:
            StartError: Kafka is not reachable in time.
        """
        policy = ExponentialBackoff(first_s=0.1, max_s=1.0)
        try:
            self._client = await until_success(self._open, policy, is_transient, give_up_after_s=self._wait_s)
        except (KafkaError, TimeoutError) as error:
            raise unreachable(self._bootstrap, self._wait_s, self._setting) from error

    async def stop(self) -> None:
        """Wait a moment for what is on its way, then disconnect."""
        client, self._client = self._client, None
        if client is not None:
            await _close(client, 5)

    async def send_all(self, topic: str, partition: int, records: Sequence[Outgoing]) -> None:
        """Send records in order into one partition and wait until all are acknowledged.

        While the broker is away this waits; records of one call never overtake each other.

        Raises:
            SendError: some are not acknowledged; the producer has then been renewed.
        """
        if await BOARD.hold(FaultFlag.BROKER_PAUSED, _NO_ANSWER_S):
            raise SendError(0, UnavailableError("Kafka does not answer (fault flag broker-paused)"))
        client = self._client
        if client is None:
            raise SendError(0, UnavailableError("the producer is not open"))
        batches: list[_Batch] = []
        IN_FLIGHT.labels(topic).inc(len(records))
        try:
            await self._enqueue(client, topic, partition, records, batches)
            await asyncio.gather(*(batch.future for batch in batches))
        except asyncio.CancelledError:
            raise
        except Exception as error:
            acknowledged = _acknowledged(batches)
            SENT.labels(topic, "failed").inc(len(records) - acknowledged)
            await self._renew(client)
            raise SendError(acknowledged, error) from error
        finally:
            IN_FLIGHT.labels(topic).dec(len(records))
            for batch in batches:
                # A failure that nobody asks for again must not be reported as never retrieved.
                batch.future.add_done_callback(lambda done: done.cancelled() or done.exception())
        SENT.labels(topic, "sent").inc(len(records))

    async def _enqueue(
        self,
        client: AIOKafkaProducer,
        topic: str,
        partition: int,
        records: Sequence[Outgoing],
        batches: list[_Batch],
    ) -> None:
        builder = client.create_batch()
        for key, value, headers in records:
            if builder.append(key=key, value=value, timestamp=None, headers=headers) is None:
                await self._dispatch(client, topic, partition, builder, batches)
                builder = client.create_batch()
                builder.append(key=key, value=value, timestamp=None, headers=headers)
        if builder.record_count():
            await self._dispatch(client, topic, partition, builder, batches)

    async def _dispatch(
        self, client: AIOKafkaProducer, topic: str, partition: int, builder: Any, batches: list[_Batch]
    ) -> None:
        size = builder.record_count()
        builder.close()
        future = await client.send_batch(builder, topic, partition=partition)
        batches.append(_Batch(size, future))
        BATCH_SIZE.labels(topic).observe(size)

    async def _open(self) -> AIOKafkaProducer:
        client = MAKERS.get().producer(
            bootstrap_servers=self._bootstrap,
            client_id=self._client_id,
            enable_idempotence=True,
            linger_ms=0,
            max_batch_size=BATCH_BYTES,
            request_timeout_ms=10_000,
            retry_backoff_ms=100,
            **kafka_options(self._bootstrap),
        )
        try:
            await asyncio.wait_for(client.start(), timeout=10)
        except BaseException:
            await _close(client, 1)
            raise
        return client

    async def _renew(self, failed: AIOKafkaProducer) -> None:
        """After a lost sequence the identity of the old client is of no use any more."""
        async with self._renewing:
            if self._client is not failed:
                return
            log.warning("producer_renewed")
            await _close(failed, 2)
            self._client = await until_success(self._open, DEFAULT_BACKOFF, is_transient, log)


def _acknowledged(batches: Sequence[_Batch]) -> int:
    count = 0
    for batch in batches:
        if not batch.future.done() or batch.future.cancelled() or batch.future.exception():
            break
        count += batch.size
    return count


async def _close(client: AIOKafkaProducer, timeout_s: float) -> None:
    """Stop a client without waiting for a broker that does not answer."""
    closing = asyncio.create_task(client.stop())
    done, _ = await asyncio.wait({closing}, timeout=timeout_s)
    if not done:
        await cancel(closing)
    elif error := closing.exception():
        log.warning("producer_close_failed", error=describe(error))
