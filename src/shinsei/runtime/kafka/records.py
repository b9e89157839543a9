"""A record as a handler sees it: headers read, value still bytes."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from aiokafka import ConsumerRecord
from google.protobuf.message import Message

from shinsei.contracts import headers as wire
from shinsei.contracts.codec import DecodeError, decode_message
from shinsei.contracts.headers import HeaderError, RawHeaders
from shinsei.contracts.topics import TOPICS
from shinsei.domain.simtime import SimTime


class Record(NamedTuple):
    """One record of a topic.

    Named tuples here, since each application comes along as half a dozen records: one is made in half the time that a
    frozen dataclass takes.
    """

    topic: str
    partition: int
    offset: int
    key: bytes
    """Municipality code."""
    type: str
    """Full protobuf name of the value."""
    run_id: str
    municipality: str
    number: int
    """Gapless from 1 per (run, municipality, topic)."""
    event_id: str
    at: SimTime
    """Simulated time at which the event happened."""
    sent_ms: int
    """Real time at which its writer committed it."""
    value: bytes
    headers: Sequence[tuple[str, bytes]]
    """As they came, for the dead letters."""
    causation: str = ""
    traceparent: str = ""

    @property
    def at_ms(self) -> SimTime:
        """Simulated time at which the event happened."""
        return self.at

    @property
    def stream(self) -> tuple[str, str, str]:
        """(topic, run, municipality): what the number counts in."""
        return (self.topic, self.run_id, self.municipality)

    @property
    def submission_id(self) -> str | None:
        """The case that it is about, by its event id (run, submission id, step, n); None if it names none."""
        return subject_of(self.event_id, self.run_id, self.municipality)


def subject_of(event_id: str, run_id: str, municipality: str) -> str | None:
    """The case that an event is about; None if it is about none."""
    subject = event_id.removeprefix(f"{run_id}/").partition("/")[0]
    return subject if subject.startswith(f"{municipality}-") else None


class RawRecord(NamedTuple):
    """A record whose headers may not be readable; all that the dead letters need."""

    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes
    headers: RawHeaders


def raw_record(record: ConsumerRecord) -> RawRecord:
    """A record of the client library as a value."""
    return RawRecord(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=record.key or b"",
        value=record.value or b"",
        headers=list(record.headers),
    )


def read_record(raw: RawRecord | ConsumerRecord) -> Record:
    """A record with its headers read, be it a value already or one of the client library.

    Raises:
        HeaderError: key or headers are not those of a record of the spine.
    """
    type_name, run_id, number, event_id, at, sent_ms, causation, traceparent = wire.decode(raw.headers)
    key = raw.key or b""
    # By place, since it is made for each record: by name it takes half as long again.
    return Record(
        raw.topic,
        raw.partition,
        raw.offset,
        key,
        type_name,
        run_id,
        _municipality(key),
        number,
        event_id,
        at,
        sent_ms,
        raw.value or b"",
        raw.headers,
        causation,
        traceparent,
    )


@lru_cache(maxsize=4_096)
def _municipality(key: bytes) -> str:
    try:
        municipality = key.decode("ascii")
    except UnicodeDecodeError as error:
        raise HeaderError("the key is no municipality code") from error
    if not municipality:
        raise HeaderError("the key is empty")
    return municipality


def unknown_event(record: Record) -> str | None:
    """Why a record is none of its topic's events, where a known one that cannot be read would stop the partition.

    No writer of the spine wrote it, so no number is missing without it: it is buried before an inbox sees it. On the
    other topics its reader refuses it, and it takes its number like any other refused message.
    """
    topic = TOPICS.get(record.topic)
    if topic is None or not topic.stops_on_undecodable or record.type in topic.type_names:
        return None
    return _misplaced(record)


def _misplaced(record: Record) -> str:
    return f"message type {record.type!r} does not belong on {record.topic}"


def decode_record(record: Record) -> Message:
    """The message in a record.

    Accept the record at the inbox before decoding it: a value that cannot be read still takes its number, else
    everything behind it would look like a gap.

    Raises:
        DecodeError: its type does not belong on its topic, or the bytes are not of it.
    """
    topic = TOPICS.get(record.topic)
    if topic is not None and record.type not in topic.type_names:
        raise DecodeError(_misplaced(record))
    return decode_message(record.type, record.value)
