import pytest

from app_mgmt.streams import REAL_MINUTE, SIM_DAY, SIM_HOUR, Throughput, View
from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts import codec
from shinsei.domain.history import CaseTransition
from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime
from shinsei.testing.builders import JUNE_FIRST

RPA = LinkageMethod.RPA


@pytest.fixture
def throughput() -> Throughput:
    return Throughput(store={})


def test_a_window_counts_once_the_watermark_has_closed_it(throughput: Throughput) -> None:
    for minute in (1, 2, 3):
        throughput.register("482013", RPA, SimTime(JUNE_FIRST + minute), 0.0)
    throughput.close("482013", SimTime(JUNE_FIRST + HOUR_MS - 1))
    assert throughput.per_method(SIM_HOUR) == {}
    throughput.close("482013", SimTime(JUNE_FIRST + HOUR_MS))
    assert throughput.per_method(SIM_HOUR) == {RPA: 3}
    throughput.close("482013", SimTime(JUNE_FIRST + DAY_MS))
    assert throughput.per_method(SIM_HOUR) == {RPA: 0}
    assert throughput.per_method(SIM_DAY) == {RPA: 3}


def test_a_window_that_was_passed_over_is_not_the_last_one(throughput: Throughput) -> None:
    throughput.register("482013", RPA, JUNE_FIRST, 0.0)
    throughput.close("482013", SimTime(JUNE_FIRST + 3 * HOUR_MS))
    assert throughput.per_method(SIM_HOUR) == {RPA: 0}


def test_municipalities_close_their_windows_apart_and_are_summed_by_method(throughput: Throughput) -> None:
    throughput.register("482013", RPA, JUNE_FIRST, 0.0)
    throughput.register("482021", RPA, JUNE_FIRST, 0.0)
    throughput.close("482013", SimTime(JUNE_FIRST + HOUR_MS))
    assert throughput.per_method(SIM_HOUR) == {RPA: 1}
    throughput.close("482021", SimTime(JUNE_FIRST + HOUR_MS))
    assert throughput.per_method(SIM_HOUR) == {RPA: 2}


def test_the_last_complete_minute_is_read_by_the_real_clock(throughput: Throughput) -> None:
    throughput.register("482013", RPA, JUNE_FIRST, 119.0)
    assert throughput.last_minute(RPA, 119.5) == 0
    assert throughput.last_minute(RPA, 120.0) == 1
    assert throughput.last_minute(RPA, 180.0) == 0


def test_closed_windows_leave_the_store(throughput: Throughput) -> None:
    throughput.register("482013", RPA, JUNE_FIRST, 0.0)
    throughput.close("482013", SimTime(JUNE_FIRST + DAY_MS))
    throughput.register("482013", RPA, SimTime(JUNE_FIRST + DAY_MS), 600.0)
    assert sum(REAL_MINUTE in key for key in throughput.store) == 1
    assert sum("482013" in key for key in throughput.store) == 2


def test_a_record_that_cannot_be_read_does_not_end_the_view(throughput: Throughput) -> None:
    view = View(throughput)
    view.take(b"482013", b"\xff", headers(1, "shinsei.api.events.v1.WorkProgressed"), 0.0)
    view.take(b"482013", b"", {}, 0.0)
    view.take(b"482013", progressed(), headers(2, "shinsei.api.events.v1.WorkProgressed"), 0.0)
    assert len(throughput.store) == 3


def test_a_record_that_is_sent_again_counts_once(throughput: Throughput) -> None:
    view = View(throughput)
    for _ in range(2):
        view.take(b"482013", progressed(), headers(1, "shinsei.api.events.v1.WorkProgressed"), 0.0)
    assert set(throughput.store.values()) == {1}


def headers(number: int, kind: str) -> dict[str, bytes]:
    return {"run": b"run-1", "no": str(number).encode(), "type": kind.encode()}


def progressed() -> bytes:
    row = CaseTransition(at=JUNE_FIRST, action=Action.REGISTER, status=Status.REGISTERED, method=RPA)
    message = events.WorkProgressed(
        run_id="run-1", submission_id="482013-10-1", transitions=[codec.transition_to_proto(row)]
    )
    return message.SerializeToString()
