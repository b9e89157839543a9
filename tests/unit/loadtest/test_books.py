from typing import Any

import pytest

from shinsei.api.application.v1 import application_pb2 as pb
from shinsei.api.events.v1.events_pb2 import StatusChanged
from shinsei.contracts.codec import STATUSES
from shinsei.domain.lifecycle import LEDGER_ENDS, Status
from shinsei.domain.office.undoing import AFTER_REGISTRATION
from shinsei.loadtest.bodies import CaseName, case_name
from shinsei.loadtest.books import SUBMIT, Books
from shinsei.loadtest.feed import enter
from shinsei.loadtest.histogram import Histogram


def a_tick(
    at_s: float, worker: int = 0, response_s: float = 0.1, rss_mib: int = 50, lag_s: float = 0.001, **counts: int
) -> dict[str, Any]:
    response, service, lag = Histogram(), Histogram(), Histogram()
    for _ in range(counts.get("accepted", 0)):
        response.record(response_s)
        service.record(response_s / 2)
        lag.record(lag_s)
    return {
        "worker": worker,
        "at_s": at_s,
        "in_flight": 0,
        "later": 0,
        "rss_mib": rss_mib,
        "counts": counts,
        "by_group": {},
        "lag": lag.as_json(),
        "sent": lag.as_json(),
        "latencies": {},
        "requests": {
            SUBMIT: {
                "codes": {"OK": counts.get("accepted", 0)},
                "response": response.as_json(),
                "service": service.as_json(),
            }
        },
    }


def changed(submission_id: str, *steps: tuple[int, int]) -> StatusChanged:
    transitions = [pb.Transition(action=action, status=status) for action, status in steps]  # type: ignore[arg-type]
    return StatusChanged(run_id="load", submission_id=submission_id, transitions=transitions)


def test_workers_are_added_up() -> None:
    books = Books(100.0)
    books.take(a_tick(101.0, worker=0, offered=3, accepted=2, dropped=1))
    books.take(a_tick(101.2, worker=1, offered=4, accepted=4, rss_mib=70))
    assert (books.totals["offered"], books.totals["accepted"], books.totals["dropped"]) == (7, 6, 1)
    assert books.requests[SUBMIT].codes["OK"] == 6
    assert books.latencies["accepted"].count == 6
    assert books.memory_mib == [(1, 120)]


def test_the_warm_up_is_counted_but_not_in_the_latencies() -> None:
    books = Books(100.0, warm_up_s=5.0)
    books.take(a_tick(103.0, offered=2, accepted=2))
    books.saw("registered", 106.0, intended_s=104.0)
    books.saw("registered", 107.0, intended_s=106.0)
    assert books.totals["accepted"] == 2
    assert "accepted" not in books.latencies
    assert (books.totals["registered"], books.latencies["registered"].count) == (2, 1)


def told(tick: dict[str, Any], start_s: float | None) -> dict[str, Any]:
    """A tick as the conductor writes it down."""
    return {**tick, "is_ready": start_s is not None, "start_s": start_s, "planned_per_s": 1.0}


def test_the_warm_up_begins_with_the_load_and_not_with_the_first_word_of_a_worker() -> None:
    books = Books(90.0)
    for at in range(91, 120):
        books.follow(told(a_tick(float(at), rss_mib=at), None), warm_up_s=5.0)
    was_ready = books.is_ready
    for at in range(120, 140):
        counts = {"offered": 1, "accepted": 1} if at > 121 else {}
        books.follow(told(a_tick(float(at), lag_s=0.9 if at < 126 else 0.001, **counts), 121.0), warm_up_s=5.0)
    assert (was_ready, books.is_ready) == (False, True)
    assert (books.started_s, min(books.seconds)) == (121.0, 121)
    assert books.lag.count == books.latencies["accepted"].count == 139 - 125
    assert books.lag.highest_s == pytest.approx(0.001)
    assert books.memory_mib[0] == (0, 50)


def test_what_was_offered_and_what_it_took_afterwards_is_told_without_start_and_winding_up() -> None:
    books = Books(90.0)
    for at in range(100, 150):
        counts = {"offered": 1, "accepted": 1} if 110 < at <= 130 else {}
        books.follow(told(a_tick(float(at), **counts), 110.0), warm_up_s=0.0)
    for at in range(111, 131):
        books.saw("registered", at + 4.5, intended_s=float(at))
    assert books.offered_s == 20
    assert books.drained_s(20.0, 160.0) == pytest.approx(4.5)
    books.take(a_tick(150.0, accepted=1))
    assert books.drained_s(20.0, 160.0) == 30


def test_a_case_counts_from_its_intended_moment_which_its_id_says() -> None:
    books = Books(100.0)
    name = CaseName(procedure=10, intended_ms=110_500, origin="0.1.a").as_case_id()
    steps = [(pb.APPLICATION_ACTION_STORE, pb.APPLICATION_STATUS_STORED)]
    enter(books, changed(f"483010-{name}", *steps), 112.0, {"483010": "RPA"})
    enter(
        books,
        changed(f"483010-{name}", (pb.APPLICATION_ACTION_REGISTER, pb.APPLICATION_STATUS_REGISTERED)),
        113.0,
        {"483010": "RPA"},
    )
    assert books.by_group == {event: {"RPA": 1, "procedure-10": 1} for event in ("stored", "registered")}
    for series in ("registered", "registered/RPA", "registered/procedure-10"):
        assert books.latencies[series].highest_s == pytest.approx(2.5)
    assert books.latencies["stored"].highest_s == pytest.approx(1.5)


@pytest.mark.parametrize("status", [status for status in LEDGER_ENDS if status is not Status.REGISTERED])
def test_what_ends_otherwise_is_open_no_more(status: Status) -> None:
    books = Books(100.0)
    books.take(a_tick(101.0, accepted=2))
    enter(books, changed("483010-10-1-x", (0, STATUSES.to_proto(status))), 102.0, {})
    assert (books.totals["ended"], books.open_cases) == (1, 1)


def test_a_case_that_is_withdrawn_when_it_is_registered_has_ended_once() -> None:
    books = Books(100.0)
    books.take(a_tick(101.0, accepted=2))
    registered = (pb.APPLICATION_ACTION_REGISTER, pb.APPLICATION_STATUS_REGISTERED)
    undone = changed("483010-10-1-x", registered, (pb.APPLICATION_ACTION_WITHDRAW, pb.APPLICATION_STATUS_WITHDRAWN))
    undone.transitions[1].detail = AFTER_REGISTRATION
    enter(books, undone, 102.0, {})
    assert (books.totals["ended"], books.open_cases) == (0, 1)


@pytest.mark.parametrize("text", ["", "483010-10-000123", "483010-10-zz-0.1", "483010-x-1-0.1", "483010-10-1-0-1"])
def test_an_id_of_something_else_says_nothing(text: str) -> None:
    assert case_name(text) is None


def test_a_name_is_read_as_it_was_written() -> None:
    name = CaseName(procedure=27, intended_ms=1_790_000_000_123, origin="3.2.ff.7")
    assert case_name(f"483010-{name.as_case_id()}") == name


def test_the_oldest_open_case_is_the_first_that_completions_have_not_reached() -> None:
    books = Books(100.0)
    for at in range(100, 110):
        books.take(a_tick(at, accepted=10))
    for _ in range(45):
        books.saw("registered", 109.0)
    assert books.oldest_s(110.0) == pytest.approx(110 - 104 - 0.5)
    for _ in range(55):
        books.saw("registered", 109.5)
    assert books.oldest_s(110.0) == 0.0


def test_a_step_is_what_its_own_seconds_brought() -> None:
    books = Books(100.0)
    for at in range(100, 120):
        books.take(a_tick(at, offered=10, accepted=9, refused=1))
        books.saw("registered", at + 0.5, intended_s=at - 1.0)
    step = books.step(105.0, 115.0)
    assert (step.offered_per_s, step.completed_per_s, step.refused_per_s) == (10, 1, 1)
    assert step.p99_s == pytest.approx(1.5, rel=1e-3)
    assert step.oldest_at_end_s > step.oldest_at_start_s


def test_the_generators_lag_is_known_of_every_step() -> None:
    books = Books(100.0)
    for at in range(100, 120):
        books.take(a_tick(at, lag_s=0.4 if at == 117 else 0.002, accepted=1))
    assert books.step(105.0, 111.0).lag_p99_s == pytest.approx(0.002, rel=1e-2)
    assert books.step(112.0, 118.0).lag_p99_s == pytest.approx(0.4, rel=1e-2)
    assert Books(100.0).step(105.0, 111.0).lag_p99_s is None


@pytest.mark.parametrize("every_s", [0.87, 1.0, 1.13])
def test_what_a_step_was_offered_does_not_depend_on_when_workers_speak(every_s: float) -> None:
    books = Books(100.0)
    for n in range(1, 40):
        before, now = round((n - 1) * every_s * 100), round(n * every_s * 100)
        books.take(a_tick(100.0 + n * every_s, worker=0, offered=now - before))
        books.take(a_tick(100.3 + n * every_s, worker=1, offered=now - before))
    assert books.step(108.0, 114.0).offered_per_s == pytest.approx(200, rel=0.01)


def test_a_worker_that_says_nothing_any_more_is_known() -> None:
    books = Books(100.0)
    for at in range(101, 131):
        books.take(a_tick(float(at), worker=0))
        if at < 105:
            books.take(a_tick(float(at), worker=1))
    assert books.silent(110.0) == [1]
    assert books.silent(103.0) == []


def test_a_target_is_failing_from_the_first_failure_until_something_is_answered() -> None:
    books = Books(100.0)
    seen = []
    for at_s, counts in (
        (101.0, {"accepted": 4, "failed": 1}),
        (102.0, {"failed": 5}),
        (103.0, {"failed": 5}),
        (104.0, {}),
        # Back-pressure is an answer.
        (105.0, {"refused": 5}),
    ):
        books.take(a_tick(at_s, offered=5, **counts))
        seen.append(books.failing_since_s)
    assert seen == [None, 102.0, 102.0, 102.0, None]


def test_what_people_were_to_do_later_and_did_not_is_counted() -> None:
    books = Books(100.0)
    books.take({**a_tick(101.0, worker=0, later_dropped=2, callers_dropped=1), "later": 9})
    books.take({**a_tick(102.0, worker=0, later_dropped=1), "later": 4})
    books.take({**a_tick(102.0, worker=1), "later": 3})
    assert (books.later_dropped, books.totals["callers_dropped"]) == (3 + 4 + 3, 1)
