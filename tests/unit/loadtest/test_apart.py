"""The search by fetch mode and method, on a system in the test's own time whose capacity differs between them."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from tests.unit.loadtest.test_books import a_tick

from shinsei.domain.run import RunSpec
from shinsei.loadtest.apart import ApartSearching, parts_of
from shinsei.loadtest.apart_figures import apart_figures
from shinsei.loadtest.books import Books
from shinsei.loadtest.order import Order
from shinsei.loadtest.preset import load_preset
from shinsei.loadtest.report.apart import apart
from shinsei.loadtest.report.steps import steps
from shinsei.loadtest.search_section import SearchSection
from shinsei.loadtest.target import run_specs, scenario_of

WITHIN_S = 225.0
SECTION = {
    "asks": "infrastructure",
    "first_per_s": 40.0,
    "settle": "2 s",
    "hold": "5 s",
    "recover": "30 s",
    "most_ageing": "1 s",
    "most_p99": "2 s",
    "fetch_modes": ["single", "batch"],
    "within": f"{WITHIN_S:g} s",
    "confirm": "20 s",
}
CAPACITY = {"single": 100, "batch": 130}
METHODS = ("TRANSCRIPTION", "STANDARD_API")
PARTS = [(mode, method) for mode in CAPACITY for method in METHODS]


@pytest.fixture(scope="module")
def specs() -> list[RunSpec]:
    """Runs of find-max-infra, of two of its methods."""
    preset = load_preset("find-max-infra")
    return [one for one in run_specs(preset, scenario_of(preset), "load-1") if str(one.twin_method) in METHODS]


class System:
    """Completes at most so many a second, by the fetch mode of what is open."""

    def __init__(
        self,
        specs: Sequence[RunSpec],
        capacity: dict[str, int],
        *,
        loses: int = 0,
        takes_s: int = 0,
        late_s: Callable[[float, float], float] = lambda _rate, _length_s: 0.001,
        **section: Any,
    ) -> None:
        self._loses = loses
        self._late_s = late_s
        self._takes_s = takes_s
        self.now_s = 1_000.0
        self.orders: list[Order] = []
        self.opened: list[list[RunSpec]] = []
        self.books = Books(1_000.0)
        self._capacity = capacity
        self._waiting: list[float] = []
        searched = SearchSection.model_validate({**SECTION, **section})
        self.search = ApartSearching(
            searched, parts_of(specs, is_confirmed=True), self._open, self.books, self.orders.append, lambda: self.now_s
        )

    async def run(self, until_s: float = 5_000.0) -> None:
        while not (self.orders and self.orders[-1].is_over) and self.now_s < until_s:
            count = round(self._rate())
            late_s = self._late_s(count, self.orders[-1].points[-1][0]) if count else 0.0
            self.books.take(a_tick(self.now_s, lag_s=late_s, offered=count, accepted=count))
            self._waiting += [self.now_s] * max(count - self._loses, 0)
            self._loses = max(self._loses - count, 0)
            can = self._capacity[str(self.opened[-1][0].poll.fetch)] if self.opened else 0
            done = [one for one in self._waiting[:can] if one < self.now_s - self._takes_s + 0.5]
            for intended_s in done:
                self.books.saw("registered", self.now_s + 0.5, intended_s=intended_s)
            del self._waiting[: len(done)]
            await self.search.look()
            self.now_s += 1.0

    async def _open(self, specs: Sequence[RunSpec]) -> None:
        self.opened.append(list(specs))

    def _rate(self) -> float:
        order = self.orders[-1] if self.orders else None
        if order is None or not 0 <= self.now_s - order.start_s < order.points[-1][0]:
            return 0.0
        return order.points[0][1]

    def figures(self) -> dict[str, Any]:
        return apart_figures(
            self.search.found(),
            lambda per_s: {"multiple": per_s},
            is_confirmed=self.search.is_confirmed,
            confirmed_per_s=self.search.confirmed_per_s,
        )


async def test_each_method_has_its_own_answer_with_each_fetch_mode_within_the_time(specs: list[RunSpec]) -> None:
    system = System(specs, CAPACITY)
    await system.run()
    rows = system.figures()["sustained"]
    assert [(row["fetch"], row["method"]) for row in rows] == [(m, n) for m in CAPACITY for n in METHODS]
    for row in rows:
        assert row["per_s"] == pytest.approx(CAPACITY[row["fetch"]], rel=0.2)
        assert row["busiest_hour"] == {"multiple": row["per_s"]}
        assert row["per_s"] <= CAPACITY[row["fetch"]] < (row["not_sustained_per_s"] or 1e9) * 1.01
    assert system.now_s - 1_000 <= WITHIN_S + 30
    assert system.figures()["search_is_whole"] is all(row["is_settled"] for row in rows)


async def test_runs_are_open_only_while_they_are_searched_and_only_they_are_addressed(specs: list[RunSpec]) -> None:
    system = System(specs, CAPACITY)
    await system.run()
    assert [{(str(one.poll.fetch), str(one.twin_method)) for one in part} for part in system.opened] == [
        {(mode, method)} for mode, method in [*PARTS, tuple(system.figures()["max_sustained_of"].values())]
    ]
    addressed = list(dict.fromkeys(frozenset(code for code, _ in one.weights) for one in system.orders if one.points))
    assert addressed == [frozenset(one.municipality for one in part) for part in system.opened]
    codes = [one.municipality for part in system.opened for one in part]
    assert len(codes) == len(set(codes)), "a run that is closed stays closed"
    assert [order.n for order in system.orders] == list(range(1, len(system.orders) + 1))
    assert [order.is_over for order in system.orders] == [False] * (len(system.orders) - 1) + [True]


async def test_a_search_begins_a_little_below_where_the_one_before_ended(specs: list[RunSpec]) -> None:
    system = System(specs, CAPACITY)
    await system.run()
    first, second = (row["steps"] for row in system.figures()["sustained"][:2])
    assert first[0]["per_s"] == 40
    assert second[0]["per_s"] == pytest.approx(0.9 * max(step["per_s"] for step in first if step["is_sustained"]))


async def test_what_is_left_in_runs_that_are_closed_is_waited_for_once(specs: list[RunSpec]) -> None:
    system = System(specs, CAPACITY, loses=5, recover="9 s")
    await system.run()
    begun = [order.start_s for order in system.orders if order.points]
    # A step is 7 s and known 2 s later; the lead is 1 s. Only the first part loses cases, at its first step.
    assert begun[1] - begun[0] >= 7 + 2 + 9
    municipalities = [order.weights[0][0] for order in system.orders if order.points]
    second = next(place for place, one in enumerate(municipalities) if one != municipalities[0])
    third = next(place for place, one in enumerate(municipalities) if place > second and one != municipalities[second])
    assert begun[second + 1] - begun[second] < 7 + 2 + 9
    assert begun[third] - begun[third - 1] < 7 + 2 + 9
    assert (system.books.open_cases, system.books.awaited_cases) == (5, 0)


async def test_the_highest_rate_is_held_for_longer_before_it_counts(specs: list[RunSpec]) -> None:
    system = System(specs, CAPACITY)
    await system.run()
    figures = system.figures()
    assert figures["max_sustained_is_confirmed"]
    assert not figures["max_sustained_is_lower_bound"]
    lengths = [order.points[-1][0] for order in system.orders if order.points]
    assert lengths == [7.0] * (len(lengths) - 1) + [22.0]
    best = next(row for row in figures["sustained"] if row["per_s"] == figures["max_sustained_per_s"])
    assert best["steps"][-1]["per_s"] == max(step["per_s"] for step in best["steps"] if step["is_sustained"])
    assert system.now_s - 1_000 <= WITHIN_S + 30


async def test_without_time_for_it_the_highest_rate_is_not_confirmed(specs: list[RunSpec]) -> None:
    system = System(specs, CAPACITY, confirm=None)
    await system.run()
    assert not system.figures()["max_sustained_is_confirmed"]
    assert system.figures()["max_confirmed_per_s"] is None


async def test_a_search_that_its_share_of_the_time_cuts_off_gives_a_lower_bound(specs: list[RunSpec]) -> None:
    system = System(specs, {"single": 10_000, "batch": 10_000}, within="145 s")
    await system.run()
    figures = system.figures()
    assert (figures["search_is_whole"], figures["lower_bounds"]) == (False, len(PARTS))
    for row in figures["sustained"]:
        assert (row["is_lower_bound"], row["is_settled"]) == (True, False)
    assert "≥ " in apart(figures)


async def test_a_search_has_settled_only_where_what_is_sustained_and_what_is_not_lie_near(specs: list[RunSpec]) -> None:
    for within, are_settled in (("175 s", [False] * len(PARTS)), ("600 s", [True] * len(PARTS))):
        system = System(specs, CAPACITY, within=within)
        await system.run()
        figures = system.figures()
        assert [row["is_settled"] for row in figures["sustained"]] == are_settled
        assert figures["search_is_whole"] is all(are_settled)


async def test_a_rehearsal_comes_first_and_is_thrown_away(specs: list[RunSpec]) -> None:
    system = System(specs, CAPACITY, rehearsal="25 s", within="250 s")
    await system.run()
    rows = system.figures()["sustained"]
    # It doubles from 40 to what is too much; so the first search begins where all others do.
    rates = [order.points[0][1] for order in system.orders if order.points]
    assert rates[:3] == [40, 80, 160]
    assert rows[0]["steps"][0]["per_s"] == pytest.approx(0.9 * 80)
    assert sum(len(row["steps"]) for row in rows) == len(rates) - 3
    # Of the same runs as the first search, which are opened once.
    codes = [one.municipality for part in system.opened for one in part]
    assert len(codes) == len(set(codes))
    assert system.now_s - 1_000 <= 250 + 30


async def test_the_edge_of_a_quick_step_does_not_end_the_rehearsal(specs: list[RunSpec]) -> None:
    system = System(specs, CAPACITY, rehearsal="45 s", within="270 s", settle="3 s", hold="6 s", takes_s=1)
    system.now_s += 0.9
    await system.run()
    rates = [order.points[0][1] for order in system.orders if order.points]
    assert rates[:3] == [40, 80, 160]


async def test_behind_a_search_that_found_nothing_too_much_the_next_one_doubles(specs: list[RunSpec]) -> None:
    system = System(specs, {"single": 10_000, "batch": 10_000}, within="195 s")
    await system.run()
    first, second = (row["steps"] for row in system.figures()["sustained"][:2])
    assert all(step["is_sustained"] for step in first)
    assert second[1]["per_s"] == pytest.approx(2 * second[0]["per_s"])


async def test_a_search_that_has_come_to_nothing_goes_on_beyond_its_share_of_the_time(specs: list[RunSpec]) -> None:
    system = System(specs, {"single": 100, "batch": 20}, within="135 s")
    await system.run()
    single, _, batch, _ = (row["steps"] for row in system.figures()["sustained"])
    assert {step["per_s"] for step in single} == {40}, "its share is one step, and then it was held for longer"
    assert [step["is_sustained"] for step in batch] == [False] * (len(batch) - 1) + [True]
    assert len(batch) > 1
    assert system.now_s - 1_000 <= 135 + 30


async def test_another_way_of_fetching_is_searched_in_large_steps_at_first(specs: list[RunSpec]) -> None:
    system = System(specs, {"single": 40, "batch": 130}, first_per_s=20.0)
    await system.run()
    for row, growth in zip(system.figures()["sustained"][1:3], (1.25, 2.0), strict=True):
        first, second = (step["per_s"] for step in row["steps"][:2])
        assert second == pytest.approx(growth * first)


GENEROUS: dict[str, Any] = {"least_completed_share": 0.8, "most_ageing": "10 s", "most_p99": "20 s"}


async def test_a_rate_is_held_by_a_stricter_measure_and_else_one_below_it(specs: list[RunSpec]) -> None:
    system = System(specs, CAPACITY, **GENEROUS)
    await system.run()
    figures = system.figures()
    (best,) = (row for row in figures["sustained"] if len({one["per_s"] for one in row["steps"]}) < len(row["steps"]))
    *before, first, last = best["steps"]
    assert before[-1]["per_s"] == first["per_s"]
    assert before[-1]["is_sustained"]
    assert first["completed_per_s"] > 0.8 * first["offered_per_s"]
    assert "completed" in first["broken"][0]
    assert last["per_s"] == pytest.approx(0.75 * first["per_s"])
    assert last["is_sustained"]
    assert figures["max_confirmed_per_s"] == min(last["offered_per_s"], last["completed_per_s"])
    assert figures["max_sustained_per_s"] > figures["max_confirmed_per_s"]
    assert not figures["max_sustained_is_confirmed"]
    assert system.now_s - 1_000 <= WITHIN_S + 40


def _late_above_75(rate: float, length_s: float) -> float:
    return 3.0 if length_s > 20 and rate > 75 else 0.001


async def test_where_the_generator_is_late_in_two_holds_a_third_is_of_little_more_than_half(
    specs: list[RunSpec],
) -> None:
    system = System(specs, CAPACITY, late_s=_late_above_75, most_lag="250 ms")
    await system.run()
    figures = system.figures()
    (held,) = (row["steps"] for row in figures["sustained"] if len(row["steps"]) > 3 and row["steps"][-3]["undecided"])
    rates = [step["per_s"] for step in held[-3:]]
    assert rates == pytest.approx([rates[0], 0.75 * rates[0], 0.75**2 * rates[0]])
    assert [step["is_sustained"] for step in held[-3:]] == [False, False, True]
    assert figures["max_confirmed_per_s"] == pytest.approx(rates[-1], rel=0.05)
    assert system.now_s - 1_000 <= WITHIN_S + 30


def _late_when_long(late_s: float, _rate: float, length_s: float) -> float:
    return late_s if length_s > 20 else 0.2


async def test_in_a_longer_step_the_generator_may_be_late_by_as_large_a_part(specs: list[RunSpec]) -> None:
    # 5 s and 20 s: of the one it may be late by 0.25 s, of the other by 1 s.
    for late_s, are_held in ((0.9, 1), (1.1, 3)):
        system = System(
            specs,
            CAPACITY,
            late_s=partial(_late_when_long, late_s),
            most_lag="250 ms",
        )
        await system.run()
        assert sum(order.points[-1][0] > 20 for order in system.orders if order.points) == are_held


async def test_what_was_not_searched_any_more_is_told_as_missing(specs: list[RunSpec]) -> None:
    system = System(specs, CAPACITY)
    await system.run(until_s=1_055.0)
    figures = system.figures()
    assert not figures["search_is_whole"]
    assert figures["least_sustained_per_s"] is None
    assert figures["max_sustained_per_s"] > 0
    assert figures["max_sustained_of"] == {"fetch": "single", "method": "TRANSCRIPTION"}
    assert figures["sustained"][-1]["per_s"] is None


async def test_the_report_has_a_row_for_each_and_a_mark_for_each_step(specs: list[RunSpec]) -> None:
    system = System(specs, CAPACITY)
    await system.run()
    figures = system.figures()
    page = apart(figures)
    assert page.count("<tr>") == 1 + len(figures["sustained"])
    assert page.count("<circle") == sum(len(row["steps"]) for row in figures["sustained"])
    assert apart({}) == ""


async def test_the_report_has_every_rate_that_was_tried_and_says_where_the_generator_was_late(
    specs: list[RunSpec],
) -> None:
    system = System(specs, CAPACITY)
    await system.run()
    figures = system.figures()
    tried = [step for row in figures["sustained"] for step in row["steps"]]
    tried[0].update(is_sustained=False, lag_p99_s=0.345, undecided="the generator was 0.35 s late (p99)")
    page = steps(figures)
    assert page.count("<tr>") == 1 + len(tried)
    cells = re.sub(r"(<[^>]+>)+", "|", page)
    assert "|0.345|the generator was 0.35 s late (p99)|" in cells
    assert steps({}) == ""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"within": None}, "go together"),
        ({"fetch_modes": []}, "go together"),
        ({"asks": "office"}, "infrastructure"),
        ({"within": None, "fetch_modes": []}, "confirm and rehearsal go with"),
        ({"within": None, "fetch_modes": [], "confirm": None, "rehearsal": "9 s"}, "confirm and rehearsal go with"),
        ({"fetch_modes": ["single", "single"]}, "twice"),
    ],
)
def test_a_search_apart_needs_its_time_and_asks_the_infrastructure(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        SearchSection.model_validate({**SECTION, **change})
