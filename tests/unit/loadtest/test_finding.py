"""The search as it runs: a system in the test's own time, of which the rate that it sustains is known."""

from collections.abc import Callable, Iterator

import pytest
from tests.unit.loadtest.test_books import a_tick

from shinsei.loadtest.books import Books
from shinsei.loadtest.finding import Searching
from shinsei.loadtest.order import Order
from shinsei.loadtest.search_section import SearchSection

SECTION = {
    "asks": "infrastructure",
    "first_per_s": 10.0,
    "settle": "3 s",
    "hold": "5 s",
    "recover": "60 s",
    "most_ageing": "1 s",
    "most_p99": "2 s",
}


class System:
    """Completes at most ``capacity`` a second, first come first served; its generator offers at most so many."""

    def __init__(self, capacity: int, *, offers: int = 1_000_000, late_from: int = 1_000_000) -> None:
        self._offers = offers
        self._late_from = late_from
        self.now_s = 1_000.0
        self.orders: list[Order] = []
        self.books = Books(1_000.0)
        self.capacity = capacity
        self._waiting: list[float] = []
        self.searching = Searching(
            SearchSection.model_validate(SECTION), self.books, self.orders.append, lambda: self.now_s
        )

    def run(self) -> None:
        for _ in self.seconds(until=lambda: self.searching.is_done):
            self.searching.look()

    def seconds(self, until: Callable[[], bool]) -> Iterator[None]:
        while not until() and self.now_s < 3_000:
            count = min(round(self._rate()), self._offers)
            lag_s = 2.0 if count >= self._late_from else 0.001
            self.books.take(a_tick(self.now_s, lag_s=lag_s, offered=count, accepted=count))
            self._waiting += [self.now_s] * count
            for intended_s in self._waiting[: self.capacity]:
                self.books.saw("registered", self.now_s + 0.5, intended_s=intended_s)
            del self._waiting[: self.capacity]
            yield
            self.now_s += 1.0

    def _rate(self) -> float:
        if not self.orders:
            return 0.0
        order = self.orders[-1]
        if order.is_over:
            return 0.0
        since_s = self.now_s - order.start_s
        return order.points[0][1] if 0 <= since_s < order.points[-1][0] else 0.0


@pytest.mark.parametrize("capacity", [25, 90, 400])
def test_the_highest_sustained_rate_of_a_system_is_found(capacity: int) -> None:
    system = System(capacity)
    system.run()
    found = system.searching.found()
    assert found.is_whole
    assert found.best is not None
    assert found.lowest_broken is not None
    assert found.best.per_s == pytest.approx(capacity, rel=0.12)
    assert found.best.step.completed_per_s <= capacity
    assert any("aged" in reason or "completed" in reason for reason in found.lowest_broken.broken)


def test_the_next_rate_waits_until_what_was_too_much_has_been_done() -> None:
    system = System(25)
    system.run()
    begun = [order.start_s for order in system.orders if order.points]
    rates = [order.points[0][1] for order in system.orders if order.points]
    broken = next(place for place, rate in enumerate(rates) if rate > 30)
    # 40/s for 8 s at 25/s leave 120 cases behind: five seconds more.
    assert begun[broken + 1] - begun[broken] > 8 + 4


def test_orders_are_numbered_and_the_last_one_ends_it() -> None:
    system = System(25)
    system.run()
    assert [order.n for order in system.orders] == list(range(1, len(system.orders) + 1))
    assert [order.is_over for order in system.orders].count(True) == 1
    assert system.orders[-1].is_over


def test_a_generator_that_offers_less_than_was_ordered_ends_the_search_at_what_it_can() -> None:
    system = System(1_000, offers=50)
    system.run()
    found = system.searching.found()
    assert found.best is not None
    assert found.best.per_s == pytest.approx(50, rel=0.05)
    assert {one.broken for one in found.tried if one.broken} == {("only 50/s came",)}


def test_a_generator_that_is_late_is_no_limit_of_the_system() -> None:
    system = System(90, late_from=60)
    system.run()
    found = system.searching.found()
    late = [one for one in found.tried if one.step.offered_per_s >= 60]
    assert {one.undecided for one in late} == {"the generator was 2.00 s late (p99)"}
    assert [(one.broken, one.is_sustained) for one in late] == [((), False)] * len(late)
    assert found.sustained_per_s == pytest.approx(60, rel=0.07)
    assert (found.lowest_broken, found.is_lower_bound, found.is_whole) == (None, True, False)


def test_a_search_that_was_cut_off_below_the_maximum_knows_a_lower_bound_alone() -> None:
    system = System(1_000_000)
    for _ in system.seconds(until=lambda: len(system.searching.found().tried) == 2):
        system.searching.look()
    assert system.searching.found().is_lower_bound
    whole = System(90)
    whole.run()
    assert not whole.searching.found().is_lower_bound


def test_a_best_rate_that_is_not_sustained_for_longer_is_none() -> None:
    system = System(90)
    system.run()
    best = system.searching.found().best
    assert best is not None
    system.capacity = round(best.per_s * 0.8)
    system.searching.confirm(best.per_s, 20.0)
    for _ in system.seconds(until=lambda: system.searching.is_done):
        system.searching.look()
    found = system.searching.found()
    assert found.tried[-1].per_s == best.per_s
    assert found.tried[-1].broken
    assert found.best is not None
    assert found.best.per_s < best.per_s
    assert not found.is_lower_bound
