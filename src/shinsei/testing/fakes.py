"""In-memory twins of the runtime's parts; ``tests/integration/runtime/test_fakes.py`` holds them to the real ones."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from google.protobuf.message import Message

from shinsei.contracts import headers as wire
from shinsei.contracts.codec import decode_message
from shinsei.contracts.headers import Headers
from shinsei.contracts.topics import APPLICATION_FETCHED
from shinsei.domain.simtime import SimTime
from shinsei.runtime.kafka.producer import Outgoing, SendError
from shinsei.runtime.kafka.records import RawRecord, Record, read_record
from shinsei.runtime.outbox import OutMessage
from shinsei.testing.builders import A_MUNICIPALITY, JUNE_FIRST

Stream = tuple[str, str, str]


class ManualClock:
    """Real time that moves only when told to."""

    def __init__(self, now_ms: int = 1_700_000_000_000) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch."""
        return self._now_ms

    def monotonic_s(self) -> float:
        """Seconds."""
        return self._now_ms / 1000

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now_ms += int(seconds * 1000)


class InMemoryOutbox:
    """Numbers and keeps messages as ``outbox.append`` does; ``append`` has its signature."""

    def __init__(self) -> None:
        self.sent: defaultdict[Stream, list[OutMessage]] = defaultdict(list)
        self.partitions: dict[Stream, int] = {}
        self.pokes = 0

    async def append(
        self,
        conn: Any,
        *,
        topic: str,
        run_id: str,
        municipality: str,
        partition: int,
        messages: Sequence[OutMessage],
        traceparent: str = "",
    ) -> None:
        """Put messages behind those of the same stream."""
        if messages:
            self.sent[(topic, run_id, municipality)].extend(messages)
            self.partitions[(topic, run_id, municipality)] = partition

    def poke(self) -> None:
        """Count what a relay would be told."""
        self.pokes += 1

    def messages(self, topic: str) -> list[Message]:
        """Messages of a topic, stream by stream, in order."""
        return [
            decode_message(out.type, out.value)
            for stream, outs in self.sent.items()
            if stream[0] == topic
            for out in outs
        ]

    def records(self, topic: str) -> list[Record]:
        """The same as a reader would get them."""
        return [
            a_record(
                decode_message(out.type, out.value),
                number=number,
                topic=topic,
                run_id=stream[1],
                municipality=stream[2],
                partition=self.partitions[stream],
                event_id=out.event_id,
                at=out.at,
            )
            for stream, outs in self.sent.items()
            if stream[0] == topic
            for number, out in enumerate(outs, start=1)
        ]


class InMemoryProducer:
    """A log per (topic, partition) that acknowledges at once, or fails as often as it is told to."""

    def __init__(self) -> None:
        self.log: defaultdict[tuple[str, int], list[Outgoing]] = defaultdict(list)
        self._failures: list[int] = []

    def fail_next(self, *acknowledged: int) -> None:
        """Let the next calls fail after this many records each."""
        self._failures.extend(acknowledged)

    async def send_all(self, topic: str, partition: int, records: Sequence[Outgoing]) -> None:
        """Append in order.

        Raises:
            SendError: a failure was ordered.
        """
        if self._failures:
            acknowledged = min(self._failures.pop(0), len(records))
            self.log[(topic, partition)].extend(records[:acknowledged])
            raise SendError(acknowledged, ConnectionError("ordered by the test"))
        self.log[(topic, partition)].extend(records)

    def records(self, topic: str, partition: int = 0) -> list[Record]:
        """What a reader of the partition would get."""
        return [
            read_record(
                RawRecord(topic=topic, partition=partition, offset=offset, key=key, value=value, headers=headers)
            )
            for offset, (key, value, headers) in enumerate(self.log[(topic, partition)])
        ]


def a_record(
    message: Message,
    *,
    number: int = 1,
    topic: str = APPLICATION_FETCHED.name,
    run_id: str = "run-1",
    municipality: str = A_MUNICIPALITY,
    partition: int = 0,
    offset: int | None = None,
    event_id: str = "",
    at: SimTime = JUNE_FIRST,
) -> Record:
    """A record as a consumer hands it to a handler."""
    headers = Headers(
        type=message.DESCRIPTOR.full_name,
        run_id=run_id,
        number=number,
        event_id=event_id or f"{run_id}/{municipality}/{topic}/{number}",
        at=at,
        sent_ms=1_700_000_000_000,
    )
    raw = RawRecord(
        topic=topic,
        partition=partition,
        offset=number - 1 if offset is None else offset,
        key=municipality.encode(),
        value=message.SerializeToString(deterministic=True),
        headers=wire.encode(headers),
    )
    return read_record(raw)
