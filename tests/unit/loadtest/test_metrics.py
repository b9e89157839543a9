"""What a load test tells a Prometheus is what its books say; a generator that stands still is late as well."""

from collections.abc import Callable

import pytest
from prometheus_client import REGISTRY
from tests.unit.loadtest.test_books import a_tick, told

from shinsei.loadtest.books import COUNTERS, Books
from shinsei.loadtest.metrics import EVERY_S, STAGES, Telling

BEGAN_S, LIMIT_S = 1_000.0, 0.25


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"shinsei_loadtest_{name}", labels) or 0.0


def lag_s() -> float:
    return value("dispatcher_lag_seconds")


@pytest.fixture
def told_since() -> Callable[[str, str, str], float]:
    """By how much a series has grown since the test began; others may have told before."""
    names = {("applications_total", "state", state) for state in COUNTERS}
    names |= {(f"latency_seconds_{what}", "stage", stage) for stage in STAGES for what in ("count", "sum")}
    before = {(name, label, one): value(name, **{label: one}) for name, label, one in names}

    def since(name: str, label: str, one: str) -> float:
        return value(name, **{label: one}) - before[name, label, one]

    return since


def test_counts_and_times_are_those_of_the_books_each_told_once(
    told_since: Callable[[str, str, str], float],
) -> None:
    books, telling = Books(BEGAN_S), Telling(LIMIT_S)
    for second in (1.0, 2.0, 3.0):
        at_s = BEGAN_S + second
        books.follow(told(a_tick(at_s, offered=5, accepted=3, dropped=1, refused=1), BEGAN_S), warm_up_s=0.0)
        books.saw("stored", at_s, intended_s=at_s - 0.2)
        books.saw("registered", at_s, intended_s=at_s - 0.4)
        telling.tell(books, at_s)
    for state in COUNTERS:
        assert told_since("applications_total", "state", state) == books.totals[state], state
    for stage in STAGES:
        found = books.latencies.get(stage)
        assert told_since("latency_seconds_count", "stage", stage) == (found.count if found else 0), stage
    assert told_since("latency_seconds_sum", "stage", "registered") == pytest.approx(1.2, rel=1e-3)
    assert (value("planned_per_second"), value("dispatcher_lag_limit_seconds")) == (1.0, LIMIT_S)


def test_it_tells_once_a_second_however_often_it_is_asked(told_since: Callable[[str, str, str], float]) -> None:
    books, telling = Books(BEGAN_S), Telling(LIMIT_S)
    for part in (0.0, 0.25, 0.75):
        books.take(a_tick(BEGAN_S + part, offered=1))
        telling.tell(books, BEGAN_S + part)
    assert told_since("applications_total", "state", "offered") == 1
    telling.tell(books, BEGAN_S + EVERY_S)
    assert told_since("applications_total", "state", "offered") == 3


def test_the_lag_is_that_of_the_last_second() -> None:
    books, telling = Books(BEGAN_S), Telling(LIMIT_S)
    for second, late_s in ((1.0, 0.4), (4.0, 0.01)):
        books.follow(told(a_tick(BEGAN_S + second, accepted=1, lag_s=late_s), BEGAN_S), warm_up_s=0.0)
        telling.tell(books, BEGAN_S + second)
        assert lag_s() == pytest.approx(late_s, rel=1e-3)


def test_a_dispatcher_that_stands_still_is_late_by_as_long_until_nothing_is_planned() -> None:
    """It has its worker's word from before, and no later one."""
    books, telling = Books(BEGAN_S), Telling(LIMIT_S)
    for worker in (0, 1):
        books.follow(told(a_tick(BEGAN_S + 1.0, worker, accepted=1), BEGAN_S), warm_up_s=0.0)
    for second in (2.0, 7.0):
        books.follow(told(a_tick(BEGAN_S + second, 1, accepted=1), BEGAN_S), warm_up_s=0.0)
        telling.tell(books, BEGAN_S + second)
        assert lag_s() == pytest.approx(0.001 if second < 3.0 else 6.0, rel=1e-2)
    books.planned_per_s = 0.0
    telling.tell(books, BEGAN_S + 9.0)
    assert lag_s() == 0.0
