"""Writing messages to the outbox, in the transaction of the effect that causes them."""

from collections.abc import Sequence
from typing import Final, NamedTuple, Self

from google.protobuf.message import Message

from shinsei.domain.simtime import SimTime
from shinsei.runtime.clock import Clock, RealClock
from shinsei.runtime.crash_points import CrashPoint, reach
from shinsei.runtime.kafka.producer import MAX_VALUE_BYTES
from shinsei.runtime.postgres import Connection
from shinsei.runtime.queries import load_queries

_QUERIES: Final = load_queries("shinsei.runtime.outbox")
_CLOCK: Final = RealClock()


class OutMessage(NamedTuple):
    """A message to be sent."""

    type: str
    """Full protobuf name of what it carries."""
    value: bytes
    event_id: str
    at: SimTime
    """Simulated time at which the event happened."""
    causation: str = ""
    """Event id of what caused it."""

    @classmethod
    def of(cls, message: Message, *, event_id: str, at: SimTime, causation: str = "") -> Self:
        """That carries a message; the same one is always the same bytes."""
        value = message.SerializeToString(deterministic=True)
        return cls(type=message.DESCRIPTOR.full_name, value=value, event_id=event_id, at=at, causation=causation)


async def append(
    conn: Connection,
    *,
    topic: str,
    run_id: str,
    municipality: str,
    partition: int,
    messages: Sequence[OutMessage],
    traceparent: str = "",
    clock: Clock = _CLOCK,
) -> None:
    """Put messages behind everything that this run has sent for this municipality on this topic.

    The row of the stream stays locked until the transaction ends, so numbers become visible in their order. Whoever
    appends for several municipalities in one transaction does so in the order of their codes. Call ``Relay.poke``
    after the commit.
    """
    if not messages:
        return
    largest = max(len(out.value) for out in messages)
    if largest > MAX_VALUE_BYTES:
        raise ValueError(f"a message of {largest} bytes for {topic} is larger than Kafka takes ({MAX_VALUE_BYTES})")
    reach(CrashPoint.EFFECT)
    await conn.execute(
        _QUERIES["append"],
        topic,
        run_id,
        municipality,
        partition,
        len(messages),
        clock.now_ms(),
        traceparent,
        [out.type for out in messages],
        [out.event_id for out in messages],
        [out.at for out in messages],
        [out.causation for out in messages],
        [out.value for out in messages],
    )
    reach(CrashPoint.OUTBOX)
