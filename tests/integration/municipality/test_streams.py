"""The derived views on a real broker."""

from collections.abc import AsyncIterator, Sequence

import pytest
from google.protobuf.message import Message

from app_mgmt.settings import Settings
from app_mgmt.streams import Streams
from app_mgmt.streams.metrics import BACKLOG, REBUILDING, REGISTERED
from app_mgmt.streams.throughput import SIM_DAY
from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts import codec
from shinsei.contracts.topics import WORK_COMPLETED, WORK_REQUESTED, Topic
from shinsei.domain.history import CaseTransition
from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.runtime.kafka import Producer
from shinsei.testing.builders import JUNE_FIRST, a_run_spec
from shinsei.testing.municipality import Feed
from shinsei.testing.waiting import eventually

METHOD = LinkageMethod.SCREEN_IMPORT
CITY = "489999"
CASES, DONE = 20, 7


@pytest.fixture
async def streams(kafka_bootstrap: str) -> AsyncIterator[Streams]:
    started = Streams(Settings(kafka_bootstrap=kafka_bootstrap))
    await started.start()
    yield started
    await started.stop()


async def publish(log: Feed, topic: Topic, messages: Sequence[Message]) -> None:
    log.number, records = 0, []
    for message in messages:
        log.number += 1
        kind = message.DESCRIPTOR.full_name
        records.append(log.record(message.SerializeToString(), kind, f"record-{log.number}", JUNE_FIRST))
    await log.producer.send_all(topic.name, 6, records)


def told() -> tuple[float, ...]:
    gauges = (
        REGISTERED.labels(window=SIM_DAY, linkage_method=METHOD, clock="sim"),
        BACKLOG.labels(METHOD),
        REBUILDING,
    )
    return tuple(gauge._value.get() for gauge in gauges)


async def test_the_last_closed_day_and_what_waits_are_told(streams: Streams, producer: Producer, run_id: str) -> None:
    spec = a_run_spec(run_id=run_id, municipality=CITY, twin_method=METHOD)
    log = Feed(spec=spec, producer=producer)
    head = events.RunStarted(run_id=run_id, municipality=CITY, spec=codec.encode_run(spec))
    cases = [
        events.WorkRequested(run_id=run_id, submission_id=f"{CITY}-10-{n}", submitted_at_ms=JUNE_FIRST)
        for n in range(CASES)
    ]
    done = []
    for n in range(DONE):
        row = CaseTransition(
            at=SimTime(JUNE_FIRST + n), action=Action.REGISTER, status=Status.REGISTERED, method=METHOD
        )
        rows = [codec.transition_to_proto(row)]
        done.append(events.WorkProgressed(run_id=run_id, submission_id=f"{CITY}-10-{n}", transitions=rows))
    watermark = events.Watermark(run_id=run_id, municipality=CITY, at_ms=JUNE_FIRST + DAY_MS)
    await publish(log, WORK_REQUESTED, [head, *cases])
    await publish(log, WORK_COMPLETED, [*done, watermark])
    # A new group reads everything that the topics have kept.
    await eventually(lambda: told() == (DONE, CASES - DONE, 0), within_s=90)
