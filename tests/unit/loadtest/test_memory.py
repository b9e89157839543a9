"""What a worker and the books hold does not grow with the number of calls, and a generator's not with time either."""

import tracemalloc
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.unit.loadtest.test_conducting import World

from loadtest import meter
from loadtest.meter import Meter
from shinsei.loadtest.books import BUSY, OK, REGISTERED, SUBMIT, WATCH, Books

CALLS = 100_000
A_TICK = 1_000
MOST_GROWTH = 256 << 10
"""Bytes; a number kept of each call would be ten times as much."""
TEN_MINUTES, TWO_HOURS, CALLS_A_SECOND = 600, 7_200, 3


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.slow
def test_a_hundred_thousand_calls_leave_no_more_behind_than_ten_thousand(
    traced: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 1_000.0
    monkeypatch.setattr(meter, "now_s", lambda: now_s)
    worker, books = Meter(), Books(0.0)

    def make(first: int, last: int) -> int:
        """Makes calls, none as long as another, and says how much is held afterwards."""
        for n in range(first, last):
            intended_s = now_s - n % 97 / 1e3 - n / 1e12
            worker.called(WATCH if n % 3 else SUBMIT, OK if n % 7 else BUSY, intended_s=intended_s, sent_s=intended_s)
            worker.reached("accepted", [("RPA", "procedure-1")], intended_s)
            if n % 4 == 0:
                books.saw(REGISTERED, now_s, intended_s=intended_s, groups=("RPA",))
            if n % A_TICK == 0:
                books.take(worker.tick(0, 0, 0))
        books.take(worker.tick(0, 0, 0))
        return tracemalloc.get_traced_memory()[0]

    held = make(0, CALLS // 10)
    assert make(CALLS // 10, CALLS) - held < MOST_GROWTH
    assert sum(request.codes.total() for request in books.requests.values()) == 4 * books.totals[REGISTERED] == CALLS


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_two_hours_leave_no_more_behind_in_a_generator_than_ten_minutes(
    world: World, traced: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one process, worker and conductor are the same; what it says goes into a file, second by second.

    Locust counts the calls of each name too, second by second, and draws curves of them.
    """
    worker, counted, stats = Meter(), world.environment.stats, import_module("locust.stats")
    monkeypatch.setattr(meter, "now_s", lambda: world.now_s)
    monkeypatch.setattr(stats, "time", SimpleNamespace(time=lambda: world.now_s))
    counted.reset_all()

    def run(seconds: int) -> int:
        """So many ticks, and how much is held afterwards."""
        for _ in range(seconds):
            world.now_s += 1.0
            for n in range(CALLS_A_SECOND):
                worker.called(SUBMIT, OK, intended_s=world.now_s - n / 1e3, sent_s=world.now_s)
                counted.log_request("gRPC", SUBMIT, 1.0, 0)
                counted.log_error("gRPC", SUBMIT, BUSY)
            for _ in range(2):  # ten times as often as it does
                stats.update_stats_history(SimpleNamespace(stats=counted, user_count=1), "now")
            world.conductor.take(dict(worker.tick(0, 0, 0)))
        return tracemalloc.get_traced_memory()[0]

    held = run(TEN_MINUTES)
    assert run(TWO_HOURS - TEN_MINUTES) - held < MOST_GROWTH
    assert counted.total.num_requests == TWO_HOURS * CALLS_A_SECOND
    assert counted.total.current_rps == CALLS_A_SECOND
