"""The derived view on a real broker."""

from collections.abc import AsyncIterator

import pytest

from app_mgmt.settings import Settings
from app_mgmt.streams import REGISTERED, SIM_DAY, Streams
from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts import codec
from shinsei.contracts.topics import WORK_COMPLETED
from shinsei.domain.history import CaseTransition
from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.runtime.kafka import Producer
from shinsei.testing.builders import JUNE_FIRST, a_run_spec
from shinsei.testing.municipality import Feed
from shinsei.testing.waiting import eventually

METHOD = LinkageMethod.SCREEN_IMPORT


@pytest.fixture
async def streams(kafka_bootstrap: str) -> AsyncIterator[Streams]:
    started = Streams(Settings(kafka_bootstrap=kafka_bootstrap))
    await started.start()
    yield started
    await started.stop()


def registered_in_last_day() -> float:
    found = REGISTERED.labels(window=SIM_DAY, linkage_method=METHOD, clock="sim")._value.get()
    assert isinstance(found, float)
    return found


async def test_the_last_day_that_the_watermark_closed_is_shown(
    streams: Streams, producer: Producer, run_id: str
) -> None:
    log = Feed(spec=a_run_spec(run_id=run_id, municipality="489999"), producer=producer)
    records = []
    for n in range(7):
        row = CaseTransition(
            at=SimTime(JUNE_FIRST + n), action=Action.REGISTER, status=Status.REGISTERED, method=METHOD
        )
        done = events.WorkProgressed(
            run_id=run_id, submission_id=f"489999-10-{n}", transitions=[codec.transition_to_proto(row)]
        )
        records.append((done.SerializeToString(), events.WorkProgressed.DESCRIPTOR.full_name))
    watermark = events.Watermark(run_id=run_id, municipality="489999", at_ms=JUNE_FIRST + DAY_MS)
    records.append((watermark.SerializeToString(), events.Watermark.DESCRIPTOR.full_name))
    raw = []
    for value, kind in records:
        log.number += 1
        raw.append(log.record(value, kind, f"record-{log.number}", JUNE_FIRST))
    await producer.send_all(WORK_COMPLETED.name, 6, raw)
    # A new group reads everything that the topic has kept.
    await eventually(lambda: registered_in_last_day() == 7, within_s=90)
