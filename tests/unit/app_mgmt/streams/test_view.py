"""A pure fold of the log: whatever is repeated, torn apart or unreadable, the counts are those of the log."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from google.protobuf.message import Message

from app_mgmt.streams import metrics
from app_mgmt.streams.throughput import REAL_MINUTE, SIM_DAY, SIM_HOUR
from app_mgmt.streams.view import Delivered, View
from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts import codec
from shinsei.contracts.topics import WORK_COMPLETED, WORK_REQUESTED
from shinsei.domain.history import CaseTransition
from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office.undoing import AFTER_REGISTRATION
from shinsei.domain.simtime import HOUR_MS, SimTime
from shinsei.testing.builders import JUNE_FIRST, a_run_spec
from shinsei.testing.offices import june

RPA = LinkageMethod.RPA
CITY = "482013"
GAUGES = (metrics.REGISTERED, metrics.BACKLOG, metrics.BACKLOG_AGE, metrics.RISK)


def started(**changes: Any) -> events.RunStarted:
    spec = a_run_spec(run_id="run-1", municipality=CITY, twin_method=RPA, **changes)
    return events.RunStarted(run_id="run-1", municipality=CITY, spec=codec.encode_run(spec))


def requested(n: int, at: SimTime = JUNE_FIRST) -> events.WorkRequested:
    return events.WorkRequested(run_id="run-1", submission_id=f"{CITY}-10-{n}", submitted_at_ms=at + n)


def progressed(
    n: int, action: Action = Action.REGISTER, detail: str = "", at: SimTime = JUNE_FIRST
) -> events.WorkProgressed:
    row = CaseTransition(at=at, action=action, status=Status.REGISTERED, method=RPA, detail=detail)
    rows = [codec.transition_to_proto(row)]
    return events.WorkProgressed(run_id="run-1", submission_id=f"{CITY}-10-{n}", transitions=rows)


def watermark(hours: int) -> events.Watermark:
    return events.Watermark(run_id="run-1", municipality=CITY, at_ms=JUNE_FIRST + hours * HOUR_MS)


def log(topic: str, messages: Iterable[Message]) -> list[Delivered]:
    return [
        delivered(topic, number, message.SerializeToString(), message.DESCRIPTOR.full_name)
        for number, message in enumerate(messages, start=1)
    ]


def delivered(topic: str, number: int, value: bytes, kind: str) -> Delivered:
    headers = {"run": b"run-1", "no": b"%d" % number, "type": kind.encode()}
    where: dict[str, Any] = {"topic": topic, "partition": 3, "offset": number - 1}
    return Delivered(**where, key=CITY.encode(), value=value, headers=headers, real_s=0.0)


REQUESTED = log(WORK_REQUESTED.name, [started(), *(requested(n) for n in range(5))])
COMPLETED = log(WORK_COMPLETED.name, [progressed(0), progressed(1), watermark(2)])


def told(records: Iterable[Delivered]) -> tuple[float, float]:
    """Backlog and age of the method, as they are exported."""
    view = View(working_days=10)
    for record in records:
        view.take(record)
    view.export(0.0)
    gauges = (metrics.BACKLOG.labels(RPA), metrics.BACKLOG_AGE.labels(RPA, "sim"))
    found = tuple(gauge._value.get() for gauge in gauges)
    assert len(found) == 2
    return found


def test_what_was_given_to_an_office_and_has_not_left_it_waits() -> None:
    assert told([*REQUESTED, *COMPLETED]) == (3, 7200)


def test_it_does_not_matter_which_topic_is_read_first() -> None:
    assert told([*COMPLETED, *REQUESTED]) == told([*REQUESTED, *COMPLETED])


def test_what_is_sent_again_counts_once_and_what_is_ahead_of_a_gap_waits_for_it() -> None:
    doubled = [record for record in (*REQUESTED, *COMPLETED) for _ in range(2)]
    early = [*REQUESTED[3:], *REQUESTED, *COMPLETED[1:], *COMPLETED]
    assert told(doubled) == told(early) == (3, 7200)


def test_an_end_after_the_registration_and_a_dead_letter_take_nobody_out() -> None:
    ends = [progressed(0, Action.WITHDRAW, AFTER_REGISTRATION), progressed(9, Action.DEAD_LETTER)]
    others = [progressed(3, Action.WITHDRAW), progressed(4, Action.EXPIRE)]
    assert told([*REQUESTED, *log(WORK_COMPLETED.name, [*ends, watermark(1)])])[0] == 5
    assert told([*REQUESTED, *log(WORK_COMPLETED.name, [*ends, *others, watermark(1)])])[0] == 3


@pytest.mark.parametrize(("working_days", "at_risk"), [(2, 8), (3, 5), (10, 0)])
def test_at_risk_is_what_was_filed_in_time_and_is_not_done_by_the_target_at_the_pace_since_the_start(
    working_days: int, at_risk: int
) -> None:
    """20 filed by Wednesday 2 June, the deadline, 5 behind it; 3 a day done from the 1st on; Friday 4th, 8 o'clock.

    11 of those in time wait. Two working days behind the deadline is the 4th, three is Monday 7th.
    """
    spec = started(**{"demand.deadline_day": date(2021, 6, 2), "end": june(30, "00:00")})
    filed = [requested(n, june(1 if n < 20 else 3, "09:00")) for n in range(25)]
    done = [progressed(n, at=june(day, "16:00")) for n, day in enumerate((1, 1, 2, 2, 2, 2, 3, 3, 3))]
    view = View(working_days)
    for record in (
        *log(WORK_REQUESTED.name, [spec, *filed]),
        *log(WORK_COMPLETED.name, [*done, watermark(3 * 24 + 8)]),
    ):
        view.take(record)
    view.export(0.0)
    assert metrics.BACKLOG.labels(RPA)._value.get() == 16
    assert metrics.RISK.labels(RPA, "sim")._value.get() == at_risk


def test_a_closed_run_is_not_told_any_more() -> None:
    closed = [*REQUESTED, *log(WORK_REQUESTED.name, [*(started(),) * 6, events.RunClosed(municipality=CITY)])[6:]]
    assert told([*closed, *COMPLETED]) == (0, 0)


def test_what_a_closed_run_has_registered_is_not_told_any_more() -> None:
    view = View(working_days=10)
    for record in (*REQUESTED, *COMPLETED[:2], *log(WORK_COMPLETED.name, [*(started(),) * 2, watermark(24)])[2:]):
        view.take(record)
    registered = metrics.REGISTERED.labels(SIM_DAY, RPA, "sim")
    view.export(60.0)
    assert (registered._value.get(), metrics.REGISTERED.labels(REAL_MINUTE, RPA, "real")._value.get()) == (2, 2)
    for record in log(WORK_REQUESTED.name, [*(started(),) * 6, events.RunClosed(municipality=CITY)])[6:]:
        view.take(record)
    view.export(120.0)
    assert (registered._value.get(), metrics.REGISTERED.labels(REAL_MINUTE, RPA, "real")._value.get()) == (0, 0)


def test_the_number_of_series_does_not_grow_with_the_municipalities_and_nothing_is_kept_of_closed_runs() -> None:
    def shown() -> int:
        return sum(len(list(one.samples)) for gauge in GAUGES for one in gauge.collect())

    view, few = View(working_days=10), 0
    cities = [f"{482_013 + n}" for n in range(1_741)]
    requested_log = log(WORK_REQUESTED.name, [started(), requested(0), events.RunClosed()])
    for n, city in enumerate(cities):
        for record in (*requested_log[:2], *COMPLETED):
            view.take(record._replace(key=city.encode()))
        if n == 0:
            view.export(60.0)
            few = shown()
    view.export(60.0)
    assert shown() == few
    for city in cities:
        view.take(requested_log[2]._replace(key=city.encode()))
    assert (view._cities, view.throughput.closed) == ({}, {})
    assert {window for _, window in view.throughput.open} == {REAL_MINUTE}


def test_a_record_that_cannot_be_read_does_not_end_the_view() -> None:
    view = View(working_days=10)
    kind = events.WorkProgressed.DESCRIPTOR.full_name
    view.take(delivered(WORK_COMPLETED.name, 1, b"\xff", kind))
    nothing: dict[str, Any] = {"topic": WORK_COMPLETED.name, "partition": 3, "offset": 1, "key": b"", "value": b""}
    view.take(Delivered(**nothing, headers={}, real_s=0.0))
    view.take(delivered(WORK_COMPLETED.name, 2, progressed(0).SerializeToString(), kind))
    view.take(delivered(WORK_COMPLETED.name, 3, watermark(1).SerializeToString(), watermark(1).DESCRIPTOR.full_name))
    assert view.throughput.per_method(SIM_HOUR) == {RPA: 1}


@pytest.mark.parametrize("read", range(4))
def test_nothing_is_told_before_the_log_is_read_again_to_where_it_went(read: int) -> None:
    """A restart begins at the beginning: what it has counted half-way would be a wrong total."""
    view = View(working_days=10)
    view.read_until({(WORK_COMPLETED.name, 3): 3, (WORK_COMPLETED.name, 4): 0})
    for record in (*REQUESTED, *COMPLETED[:read]):
        view.take(record)
    assert view.is_rebuilt == (read == 3)
    metrics.BACKLOG.labels(RPA).set(77)
    view.export(0.0)
    assert metrics.REBUILDING._value.get() == (read < 3)
    assert (metrics.BACKLOG.labels(RPA)._value.get() == 77) == (read < 3)
