"""What a worker and the books hold is bounded: it does not grow with the number of calls."""

import tracemalloc
from collections.abc import Iterator

import pytest

from loadtest import meter
from loadtest.meter import Meter
from shinsei.loadtest.books import BUSY, OK, REGISTERED, SUBMIT, WATCH, Books

CALLS = 100_000
A_TICK = 1_000
MOST_GROWTH = 256 << 10
"""Bytes; a number kept of each call would be ten times as much."""


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
            if n % 4 == 0:
                books.saw(REGISTERED, now_s, intended_s=intended_s, groups=("RPA",))
            if n % A_TICK == 0:
                books.take(worker.tick(0, 0, 0))
        books.take(worker.tick(0, 0, 0))
        return tracemalloc.get_traced_memory()[0]

    held = make(0, CALLS // 10)
    assert make(CALLS // 10, CALLS) - held < MOST_GROWTH
    assert sum(request.codes.total() for request in books.requests.values()) == 4 * books.totals[REGISTERED] == CALLS
