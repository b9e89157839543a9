from collections.abc import Iterable

from shinsei.loadtest.dispatching import Arrival, Dispatcher


class Bench:
    """A clock that goes on when somebody waits, a number of slots, and a server that takes some time for each."""

    def __init__(self, slots: int, service_s: float, start_s: float = 1_000.0) -> None:
        self.now_s = start_s
        self.started: list[Arrival] = []
        self.stops_at_s = float("inf")
        self._slots = slots
        self._service_s = service_s
        self._busy_until_s: list[float] = []
        self.dispatcher = Dispatcher(lambda: self.now_s, self._pause, self._start, lambda: self.now_s > self.stops_at_s)

    def run(self, moments_s: Iterable[float]) -> None:
        self.dispatcher.run(moments_s, 1_000.0)

    def _pause(self, until_s: float) -> None:
        self.now_s = until_s

    def _start(self, arrival: Arrival) -> bool:
        self._busy_until_s = [end for end in self._busy_until_s if end > self.now_s]
        if len(self._busy_until_s) == self._slots:
            return False
        self._busy_until_s.append(self.now_s + self._service_s)
        self.started.append(arrival)
        return True


def test_each_arrival_is_started_at_its_moment_however_slow_the_answers() -> None:
    bench = Bench(slots=100, service_s=60.0)
    bench.run([0.0, 0.1, 0.2])
    assert [(one.n, one.intended_s) for one in bench.started] == [(0, 1000.0), (1, 1000.1), (2, 1000.2)]


def test_an_arrival_without_a_free_slot_is_dropped_and_counted() -> None:
    bench = Bench(slots=2, service_s=1.0)
    bench.run([0.0, 0.1, 0.2, 0.3, 1.5])
    books = bench.dispatcher.take_books()
    assert (books.offered, books.dropped) == (5, 2)
    assert [one.n for one in bench.started] == [0, 1, 4]


def test_a_dispatcher_that_is_late_says_by_how_much_and_keeps_the_intended_moment() -> None:
    bench = Bench(slots=9, service_s=0.0, start_s=1_003.0)
    bench.run([0.0, 1.0, 4.0])
    lag = bench.dispatcher.take_books().lag
    assert [one.intended_s for one in bench.started] == [1000.0, 1001.0, 1004.0]
    assert (lag.count, lag.highest_s, lag.quantile(0.01)) == (3, 3.0, 0.0)


def test_books_are_taken_once() -> None:
    bench = Bench(slots=1, service_s=0.0)
    bench.run([0.0])
    assert bench.dispatcher.take_books().offered == 1
    assert bench.dispatcher.take_books().offered == 0


def test_the_rest_is_called_off_when_the_run_is_stopped() -> None:
    bench = Bench(slots=9, service_s=0.0)
    bench.stops_at_s = 1_001.0
    bench.run([0.0, 1.0, 2.0, 3.0])
    assert [one.n for one in bench.started] == [0, 1]
