"""Dead letters: what cannot be handled, kept as it came, with the reason and the place where it stood."""

import contextlib
from collections.abc import Sequence
from typing import Final, Protocol

import structlog

from shinsei.contracts.codec import DecodeError, decode_message
from shinsei.runtime.clock import Clock, RealClock
from shinsei.runtime.failures import is_transient
from shinsei.runtime.kafka.producer import Outgoing
from shinsei.runtime.kafka.records import RawRecord, Record
from shinsei.runtime.observability import counter
from shinsei.runtime.retry import DEFAULT_BACKOFF, until_success

log = structlog.get_logger(__name__)

DEAD_LETTERS = counter("shinsei_kafka_dead_letters_total", "Records sent to the dead letters.", ("topic", "kind"))

REASON: Final = "x-reason"
ORIGIN_TOPIC: Final = "x-orig-topic"
ORIGIN_PARTITION: Final = "x-orig-partition"
ORIGIN_OFFSET: Final = "x-orig-offset"
FAILED_AT: Final = "x-failed-at"


class Sender(Protocol):
    """What delivers records: a producer, or a fake of one."""

    async def send_all(self, topic: str, partition: int, records: Sequence[Outgoing]) -> None:
        """Return when all are acknowledged."""
        ...


class DeadLetters:
    """Writes dead letters through a producer."""

    def __init__(self, producer: Sender, clock: Clock | None = None) -> None:
        self._producer = producer
        self._clock = clock or RealClock()

    async def bury(self, delivered: object, reason: str) -> None:
        """Keep what a handler was given as ``delivered`` and cannot use."""
        assert isinstance(delivered, Record), "only what Kafka delivered can be buried"
        await self.send(delivered, reason)

    async def send(self, record: Record | RawRecord, reason: str) -> None:
        """Keep a record, bytes and headers as they were; returns when the broker has it, however long that takes.

        The place of origin identifies the letter: a letter sent twice has the same.
        """
        headers = [
            *record.headers,
            (REASON, reason.encode()),
            (ORIGIN_TOPIC, record.topic.encode()),
            (ORIGIN_PARTITION, b"%d" % record.partition),
            (ORIGIN_OFFSET, b"%d" % record.offset),
            (FAILED_AT, b"%d" % self._clock.now_ms()),
        ]
        letter: Outgoing = (record.key, record.value, headers)
        await until_success(
            lambda: self._producer.send_all(f"{record.topic}.dead", record.partition, [letter]),
            DEFAULT_BACKOFF,
            is_transient,
            log,
        )
        DEAD_LETTERS.labels(record.topic, "headers" if isinstance(record, RawRecord) else "value").inc()
        where = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
        log.error("dead_lettered", **where, **_case_of(record), reason=reason)


def _case_of(record: Record | RawRecord) -> dict[str, str]:
    """The case that a record is about, as far as it can be read, for whoever looks for it in the log."""
    if isinstance(record, RawRecord) or not record.submission_id:
        return {}
    found = {"run_id": record.run_id, "submission_id": record.submission_id}
    with contextlib.suppress(DecodeError):
        message = decode_message(record.type, record.value)
        receipt = getattr(getattr(message, "application", message), "receipt_number", "")
        return {**found, "receipt_number": receipt} if receipt else found
    return found
