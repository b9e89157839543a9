"""Reading ``application.status-changed``."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from linkage_server.handlers.model import StatusBatch
from linkage_server.inbound.statuses import StatusReader, read
from shinsei.api.application.v1.application_pb2 import Transition
from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts.topics import STATUS_CHANGED
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.runtime.kafka import PoisonedPartition
from shinsei.testing import a_record, a_run_spec

SPEC: RunSpec = a_run_spec()
NAME = (SPEC.run_id, SPEC.municipality)


def test_statuses_keep_their_order_and_the_highest_watermark_counts() -> None:
    messages = [
        events.StatusChanged(run_id="run-1", submission_id="a", transitions=[Transition(at_ms=7), Transition(at_ms=5)]),
        events.Watermark(at_ms=20),
        events.StatusChanged(run_id="run-1", submission_id="b", transitions=[Transition(at_ms=25)]),
        events.Watermark(at_ms=10),
    ]
    records = [a_record(message, number=n, topic=STATUS_CHANGED.name) for n, message in enumerate(messages, 1)]
    batch = read(records)[NAME]
    assert [status.first_at for status in batch.statuses] == [5, 25]
    assert batch.statuses[0].payload == records[0].value
    assert batch.watermark == 20


def test_head_and_end_of_a_run_say_nothing_new() -> None:
    records = [a_record(message, topic=STATUS_CHANGED.name) for message in (events.RunStarted(), events.RunClosed())]
    batch = read(records)[NAME]
    assert not batch.statuses
    assert batch.watermark is None


def test_what_does_not_belong_on_the_topic_stops_the_partition() -> None:
    stranger = a_record(events.WorkProgressed(), topic=STATUS_CHANGED.name)
    with pytest.raises(PoisonedPartition, match="does not belong"):
        read([stranger])


class Store:
    """Commits what it is given; the answer of the first commit is lost."""

    def __init__(self) -> None:
        self.watermark = SimTime(0)
        self.answers = [ConnectionResetError("connection was closed"), None]

    async def take_in(self, _: int, __: int, records: Sequence[Any], *___: object) -> Mapping[Any, StatusBatch]:
        known, self.watermark = self.watermark, SimTime(records[-1].at)
        error = self.answers.pop(0)
        if error is not None:
            raise error
        return {} if known == self.watermark else {NAME: StatusBatch(statuses=[], watermark=self.watermark)}

    async def reload(self, key: int) -> Any:
        assert key == 3
        return SimpleNamespace(push=SimpleNamespace(status=self.watermark))


class Keeper:
    """Knows one run, and notes what it is told about it."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, SimTime | None]] = []

    def find(self, *_: str) -> Any:
        return SimpleNamespace(row=SimpleNamespace(key=3))

    def epoch(self, _: int) -> int:
        return 1

    def saw_status(self, run_id: str, municipality: str, watermark: SimTime | None) -> None:
        self.told.append((run_id, municipality, watermark))


async def test_a_commit_whose_answer_was_lost_is_told_all_the_same() -> None:
    """Else the push of its watermark would wait for the next one, which may wait for this push."""
    keeper, store = Keeper(), Store()
    reader = StatusReader(keeper, store)  # type: ignore[arg-type]
    records = [a_record(events.Watermark(at_ms=20), topic=STATUS_CHANGED.name, at=SimTime(20))]
    with pytest.raises(ConnectionResetError):
        await reader.handle(0, records)
    assert keeper.told == []
    await reader.handle(0, records)
    assert keeper.told == [(*NAME, 20)]
