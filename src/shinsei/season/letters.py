"""Dead letters as a person deals with them: what lies there, what each is, and what was decided about it.

A letter is known by the place where its record stood (``application.fetched/3/17``: topic, partition, offset); sent
twice it is still one. Nothing is removed from Kafka: a decision is a line in the audit file, with who made it and
when, and a letter that has one is settled.
"""

import asyncio
import getpass
import json
import os
import socket
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from shinsei.contracts.headers import HeaderError
from shinsei.contracts.topics import TOPICS
from shinsei.domain.errors import ConflictError, NotFoundError, UnavailableError
from shinsei.runtime.identity import kafka_options
from shinsei.runtime.kafka import dead_letters as dead
from shinsei.runtime.kafka.producer import Producer
from shinsei.runtime.kafka.records import RawRecord, Record, read_record, unknown_event

_WITHIN_S = 60.0
_ADDED = frozenset({dead.REASON, dead.ORIGIN_TOPIC, dead.ORIGIN_PARTITION, dead.ORIGIN_OFFSET, dead.FAILED_AT})


class Verb(StrEnum):
    """What is decided about a letter."""

    REPLAY = "replay"
    """It goes to its topic once more, as it was."""
    DISCARD = "discard"
    """Nothing is to be done about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One dead letter."""

    raw: RawRecord
    """The record as it stood on its topic."""
    record: Record | None
    """The same with its headers read; None where they cannot be."""
    reason: str
    failed_at_ms: int
    """Real time at which it was buried."""

    @property
    def name(self) -> str:
        """The place of its record: topic, partition, offset."""
        return f"{self.raw.topic}/{self.raw.partition}/{self.raw.offset}"

    @property
    def submission_id(self) -> str:
        """The case that it is about; empty where it names none."""
        return (self.record.submission_id or "") if self.record else ""

    @property
    def failed_at(self) -> datetime:
        """Real time at which it was buried."""
        return datetime.fromtimestamp(self.failed_at_ms / 1000, UTC)

    def check_replay(self) -> None:
        """Make sure that sending it once more can change anything.

        Raises:
            ConflictError: its reader has taken its number, and would drop it as sent again.
        """
        if self.record is not None and unknown_event(self.record) is None:
            raise ConflictError(
                f"{self.name}: its reader has taken number {self.record.number} of its stream and its case has ended "
                "there; what it carried has to be filed anew"
            )


def letter_of(item: ConsumerRecord) -> Letter:
    """A record of a dead-letter topic as a letter.

    Raises:
        KeyError, ValueError: it has no such headers.
    """
    found = dict(item.headers)
    raw = RawRecord(
        topic=found[dead.ORIGIN_TOPIC].decode(),
        partition=int(found[dead.ORIGIN_PARTITION]),
        offset=int(found[dead.ORIGIN_OFFSET]),
        key=item.key or b"",
        value=item.value or b"",
        headers=[(name, value) for name, value in item.headers if name not in _ADDED],
    )
    try:
        record = read_record(raw)
    except HeaderError:
        record = None
    reason = found[dead.REASON].decode(errors="replace")
    return Letter(raw=raw, record=record, reason=reason, failed_at_ms=int(found[dead.FAILED_AT]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lying:
    """What lies on the dead-letter topics."""

    letters: tuple[Letter, ...]
    """The oldest first."""
    strangers: int
    """Records that no part of Shinsei put there: they say neither where they stood nor why they are here."""


def lying(items: Iterable[ConsumerRecord]) -> Lying:
    """The letters among the records of dead-letter topics; a letter that was sent twice is one."""
    letters: dict[str, Letter] = {}
    strangers = 0
    for item in items:
        try:
            letter = letter_of(item)
        except (KeyError, ValueError):
            strangers += 1
        else:
            letters.setdefault(letter.name, letter)
    in_order = sorted(letters.values(), key=lambda letter: (letter.failed_at_ms, letter.name))
    return Lying(letters=tuple(in_order), strangers=strangers)


PLACES: Final = tuple(
    TopicPartition(topic.dead, partition) for topic in TOPICS.values() for partition in range(topic.partitions)
)
"""Where letters lie."""


async def read_letters(bootstrap: str, start: Mapping[TopicPartition, int] | None = None) -> Lying:
    """Every letter there is, or those from some offsets on.

    Raises:
        UnavailableError: Kafka is away, or too slow.
    """
    options = kafka_options(bootstrap)
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, group_id=None, **options)
    try:
        async with asyncio.timeout(_WITHIN_S):
            await consumer.start()
            items = await _read(consumer, start or {})
    except (KafkaError, TimeoutError, OSError) as error:
        raise UnavailableError(f"Kafka at {bootstrap} does not answer ({type(error).__name__})") from error
    finally:
        await consumer.stop()
    return lying(items)


async def _read(consumer: AIOKafkaConsumer, start: Mapping[TopicPartition, int]) -> list[ConsumerRecord]:
    consumer.assign(PLACES)
    if start:
        for place, offset in start.items():
            consumer.seek(place, offset)
    else:
        await consumer.seek_to_beginning(*PLACES)
    ends = await consumer.end_offsets(PLACES)
    items: list[ConsumerRecord] = []
    while any([await consumer.position(place) < ends[place] for place in PLACES]):
        for records in (await consumer.getmany(*PLACES, timeout_ms=500)).values():
            items += records
    return items


async def send_again(bootstrap: str, letters: Sequence[Letter]) -> None:
    """Put the records of letters behind their topics, bytes and headers as they were.

    Raises:
        ConflictError: that would change nothing for one of them; none is sent then.
        UnavailableError: Kafka is away.
    """
    for letter in letters:
        letter.check_replay()
    producer = Producer(bootstrap, "dead-letters")
    await producer.start()
    try:
        for letter in letters:
            raw = letter.raw
            await producer.send_all(raw.topic, raw.partition, [(raw.key, raw.value, raw.headers)])
    finally:
        await producer.stop()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody has decided about a letter."""

    letter: str
    verb: Verb
    at: str
    """Real time, UTC, ISO 8601."""
    who: str
    """User and machine."""
    why: str

    def values(self) -> dict[str, Any]:
        """As a line of the audit file."""
        return {"letter": self.letter, "verb": str(self.verb), "at": self.at, "who": self.who, "why": self.why}


class Audit:
    """The audit file: one line a decision, only ever appended to."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def decisions(self) -> Mapping[str, Decision]:
        """The last decision about each letter, by its name."""
        if not self._file.exists():
            return {}
        lines = self._file.read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines if line.strip()]
        return {row["letter"]: Decision(**{**row, "verb": Verb(row["verb"])}) for row in rows}

    def record(self, letters: Iterable[Letter], verb: Verb, why: str, now: datetime) -> list[Decision]:
        """Append a decision about each letter; on the disk when this returns."""
        who = f"{getpass.getuser()}@{socket.gethostname()}"
        at = now.isoformat(timespec="seconds")
        made = [Decision(letter=letter.name, verb=verb, at=at, who=who, why=why) for letter in letters]
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(one.values(), ensure_ascii=False) + "\n" for one in made)
            file.flush()
            os.fsync(file.fileno())
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which letters are meant; every criterion that is given has to hold."""

    names: tuple[str, ...] = ()
    reason: str = ""
    """Part of the reason."""
    topic: str = ""
    since: datetime | None = None
    until: datetime | None = None
    submission_id: str = ""

    def of(self, letters: Sequence[Letter]) -> list[Letter]:
        """Those of the letters that are meant.

        Raises:
            NotFoundError: there is no letter of a name that was given.
        """
        known = {letter.name for letter in letters}
        for name in self.names:
            if name not in known:
                raise NotFoundError("dead letter", name)
        return [letter for letter in letters if self._means(letter)]

    def _means(self, letter: Letter) -> bool:
        return (
            (not self.names or letter.name in self.names)
            and self.reason.casefold() in letter.reason.casefold()
            and self.topic in {"", letter.raw.topic}
            and (self.since is None or letter.failed_at >= self.since)
            and (self.until is None or letter.failed_at < self.until)
            and self.submission_id in {"", letter.submission_id}
        )
