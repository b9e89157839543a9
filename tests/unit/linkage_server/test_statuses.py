"""Reading ``application.status-changed``."""

import pytest

from linkage_server.inbound.statuses import read
from shinsei.api.application.v1.application_pb2 import Transition
from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts.topics import STATUS_CHANGED
from shinsei.domain.run import RunSpec
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
