"""Accepting records: only the next number of a stream counts, whatever was sent again or is still missing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import structlog

from shinsei.domain.errors import UnavailableError
from shinsei.runtime.kafka.records import Record
from shinsei.runtime.observability import counter
from shinsei.runtime.postgres import Connection
from shinsei.runtime.queries import load_queries

log = structlog.get_logger(__name__)

Stream = tuple[str, str, str]
"""Topic, run, municipality."""

_QUERIES: Final = load_queries("shinsei.runtime.outbox")

DROPPED = counter(
    "shinsei_inbox_dropped_total", "Records not accepted: sent again, or ahead of a gap.", ("topic", "reason")
)


async def accept(conn: Connection, *, records: Sequence[Record]) -> list[Record]:
    """The records that are next in their streams, in their order, noted as accepted in this transaction.

    A lower number has been accepted before; a higher one is ahead of a gap and will be sent again behind what is
    missing. Both are dropped and counted.

    Raises:
        UnavailableError: another reader has accepted from the same stream at this moment.
    """
    if not records:
        return []
    streams = sorted({record.stream for record in records})
    if len(streams) == 1 and await _is_next(conn, streams[0], [record.number for record in records]):
        return list(records)
    before: dict[Stream, int] = dict.fromkeys(streams, 0)
    for row in await conn.fetch(_QUERIES["last_accepted"], *_columns(streams)):
        before[(row["topic"], row["run_id"], row["municipality"])] = row["last_number"]
    accepted, after = select_next(before, records)
    moved = [stream for stream in streams if after[stream] > before[stream]]
    if moved:
        columns = _columns(moved)
        numbers = ([before[stream] for stream in moved], [after[stream] for stream in moved])
        written = await conn.fetch(_QUERIES["accept"], *columns, *numbers)
        if len(written) != len(moved):
            raise UnavailableError("another reader has accepted from the same stream")
    return accepted


async def _is_next(conn: Connection, stream: Stream, numbers: Sequence[int]) -> bool:
    """Whether these numbers are all next, as they nearly always are: noted in one statement instead of two."""
    first, last = numbers[0], numbers[-1]
    if list(range(first, last + 1)) != list(numbers):
        return False
    return await conn.fetchval(_QUERIES["accept_next"], *stream, first - 1, last) is not None


def select_next(before: dict[Stream, int], records: Iterable[Record]) -> tuple[list[Record], dict[Stream, int]]:
    """The rule by itself: what is accepted after these numbers, and the numbers afterwards."""
    last = dict(before)
    accepted: list[Record] = []
    dropped: defaultdict[tuple[str, str], int] = defaultdict(int)
    for record in records:
        expected = last[record.stream] + 1
        if record.number == expected:
            last[record.stream] = expected
            accepted.append(record)
        else:
            dropped[(record.topic, "duplicate" if record.number < expected else "gap")] += 1
    for (topic, reason), count in dropped.items():
        DROPPED.labels(topic, reason).inc(count)
        log.info("records_dropped", topic=topic, reason=reason, count=count)
    return accepted, last


def _columns(streams: Sequence[Stream]) -> tuple[list[str], list[str], list[str]]:
    return [stream[0] for stream in streams], [stream[1] for stream in streams], [stream[2] for stream in streams]
