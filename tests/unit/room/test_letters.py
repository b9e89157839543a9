"""Dead letters that nobody has settled: what is told of them, and from where Kafka is read."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError

from shinsei.contracts.topics import APPLICATION_FETCHED, TOPICS, WORK_REQUESTED
from shinsei.room import letters as counting
from shinsei.room import metrics
from shinsei.room.letters import Letters
from shinsei.runtime.kafka.records import RawRecord
from shinsei.season.letters import PLACES, Audit, Letter, Lying, Verb

FIRST, SECOND = {PLACES[0]: 2, PLACES[8]: 0}, {PLACES[0]: 3, PLACES[8]: 1}
NOW = datetime(2026, 5, 1, tzinfo=UTC)


def a_letter(offset: int, topic: str = APPLICATION_FETCHED.name) -> Letter:
    raw = RawRecord(topic=topic, partition=0, offset=offset, key=b"", value=b"", headers=[])
    return Letter(raw=raw, record=None, reason="cannot be read", failed_at_ms=0)


def told() -> dict[str, float]:
    """What the gauges say, but for those that say 0."""
    found = {topic: metrics.UNSETTLED.labels(topic)._value.get() for topic in TOPICS}
    return {topic: count for topic, count in found.items() if count}


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    return Audit(tmp_path / "audit" / "dead-letters.jsonl")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[TopicPartition, int]]:
    """From where Kafka was read; a letter that lies there twice is one of those that are found the second time."""
    lie = [(a_letter(5), a_letter(9)), (a_letter(9), a_letter(4, WORK_REQUESTED.name))]
    starts: list[Mapping[TopicPartition, int]] = []

    async def found(_: str, start: Mapping[TopicPartition, int]) -> Lying:
        starts.append(start)
        return Lying(letters=lie[len(starts) - 1], strangers=0)

    monkeypatch.setattr(counting, "read_letters", found)
    return starts


async def test_a_letter_counts_once_until_somebody_decides_about_it(audit: Audit, read: list[Any]) -> None:
    letters = Letters("kafka", audit)
    await letters.count(FIRST)
    assert told() == {"application.fetched": 2}
    audit.record([a_letter(9)], Verb.DISCARD, "from nobody we know", NOW)
    await letters.count(FIRST)
    assert told() == {"application.fetched": 1}
    assert read == [{}], "nothing new was there"
    await letters.count(SECOND)
    assert told() == {"application.fetched": 1, "work.requested": 1}
    assert read == [{}, FIRST], "what was known already is not read again"
    audit.record([a_letter(5), a_letter(4, WORK_REQUESTED.name)], Verb.REPLAY, "repaired", NOW)
    await letters.count(SECOND)
    assert told() == {}


async def test_while_kafka_is_away_the_last_count_stays_and_it_is_asked_again(
    audit: Audit, read: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    class Away:
        def __init__(self, *, bootstrap_servers: str, **_: Any) -> None:
            asked.append(bootstrap_servers)

        async def start(self) -> None:
            raise KafkaConnectionError

        async def stop(self) -> None:
            asked.append("let go")

    async def wait(_: float) -> None:
        if len(asked) == 4:
            raise asyncio.CancelledError

    monkeypatch.setattr(counting, "AIOKafkaConsumer", Away)
    monkeypatch.setattr(counting, "sleep", wait)
    letters = Letters("kafka", audit)
    await letters.count(FIRST)
    with pytest.raises(asyncio.CancelledError):
        await letters.run()
    assert asked == ["kafka", "let go"] * 2
    assert told() == {"application.fetched": 2}
    assert len(read) == 1
