"""Writing messages to the outbox, in the transaction of the effect that causes them."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from google.protobuf.message import Message

from shinsei.domain.simtime import SimTime
from shinsei.runtime.clock import Clock, RealClock
from shinsei.runtime.crash_points import CrashPoint, reach
from shinsei.runtime.kafka.producer import MAX_VALUE_BYTES
from shinsei.runtime.postgres import Connection, load_queries

_QUERIES: Final = load_queries("shinsei.runtime.outbox")
_CLOCK: Final = RealClock()


class OutMessage(NamedTuple):
    """A message to be sent."""

    message: Message
    event_id: str
    at: SimTime
    """Simulated time at which the event happened."""
    causation: str = ""
    """Event id of what caused it."""


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
    values = [out.message.SerializeToString(deterministic=True) for out in messages]
    largest = max(map(len, values))
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
        [out.message.DESCRIPTOR.full_name for out in messages],
        [out.event_id for out in messages],
        [out.at for out in messages],
        [out.causation for out in messages],
        values,
    )
    reach(CrashPoint.OUTBOX)
