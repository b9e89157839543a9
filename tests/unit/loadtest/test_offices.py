"""The search for what offices sustain, on two offices whose capacity is known."""

from collections.abc import Sequence

import pytest

from shinsei.domain.run import RunSpec
from shinsei.loadtest.confirming import planned
from shinsei.loadtest.offices import OfficeSearching
from shinsei.loadtest.order import Order
from shinsei.loadtest.preset import load_preset
from shinsei.loadtest.search_section import SearchSection
from shinsei.loadtest.target import run_specs, scenario_of
from shinsei.loadtest.town import Town

CAPACITY = {"TRANSCRIPTION": 12, "RPA": 45}
SECTION = SearchSection.model_validate(
    {
        "asks": "office",
        "first_per_s": 10.0,
        "most_steps": 10,
        "settle": "3 s",
        "hold": "8 s",
        "recover": "1 s",
        "most_ageing": "1 s",
        "most_p99": "5 s",
    }
)


@pytest.fixture(scope="module")
def steps() -> Sequence[Sequence[RunSpec]]:
    """Offices of each step, one for each of the two methods."""
    preset = load_preset("find-max-office")
    specs = run_specs(preset, scenario_of(preset), "load-1")
    of_step = [specs[start : start + 5] for start in range(0, len(specs), 5)]
    return [[spec for spec in those if str(spec.twin_method) in CAPACITY] for those in of_step]


class Offices:
    """Each completes so many a second, first come first served, and begins with nothing; some arrivals never come."""

    def __init__(
        self,
        steps: Sequence[Sequence[RunSpec]],
        *,
        lost: float = 0.0,
        lag_s: float = 0.0,
        section: SearchSection = SECTION,
    ) -> None:
        self._come = 1 - lost
        self.now_s = 1_000.0
        self.orders: list[Order] = []
        self.opened: list[list[str]] = []
        self._method: dict[str, str] = {}
        self._waiting: dict[str, list[float]] = {}
        self.search = OfficeSearching(
            section, steps, self._open, self.orders.append, lambda: self.now_s, lambda *_: lag_s
        )

    async def _open(self, specs: Sequence[RunSpec]) -> list[Town]:
        self._method = {spec.municipality: str(spec.twin_method) for spec in specs}
        self._waiting = {spec.municipality: [] for spec in specs}
        self.opened.append(list(self._method))
        return [Town(spec, 4320.0, self.now_s) for spec in specs]

    async def run(self) -> None:
        while not (self.orders and self.orders[-1].is_over) and self.now_s < 2_000:
            order = self.orders[-1] if self.orders else None
            if order is not None and 0 <= self.now_s - order.start_s < order.points[-1][0]:
                for code, per_s in order.weights:
                    count = round(per_s * self._come)
                    self.search.towns[code].books.offered(self.now_s, count)
                    self._waiting[code] += [self.now_s] * count
            for code, waiting in self._waiting.items():
                capacity = CAPACITY[self._method[code]]
                for intended_s in waiting[:capacity]:
                    self.search.towns[code].books.saw("registered", self.now_s + 0.5, intended_s=intended_s)
                del waiting[:capacity]
            await self.search.look()
            self.now_s += 1.0


@pytest.fixture
async def offices(steps: Sequence[Sequence[RunSpec]]) -> Offices:
    made = Offices(steps)
    await made.run()
    return made


def test_each_method_comes_to_its_own_capacity(offices: Offices) -> None:
    found = offices.search.found()
    for method, capacity in CAPACITY.items():
        best = found[method].best
        assert best is not None
        assert best.per_s == pytest.approx(capacity, rel=0.12)
        assert found[method].is_whole


async def test_a_rate_of_which_a_third_never_comes_is_not_sustained(steps: Sequence[Sequence[RunSpec]]) -> None:
    offices = Offices(steps, lost=1 / 3)
    await offices.run()
    first = offices.search.found()["RPA"].tried[0]
    # Far below its capacity, and all that came was completed: nobody else would have told.
    assert first.step.completed_per_s == first.step.offered_per_s == 7.0
    assert first.broken == ("only 7/s came",)


async def test_a_search_that_its_steps_did_not_suffice_for_is_not_whole(steps: Sequence[Sequence[RunSpec]]) -> None:
    offices = Offices(steps, section=SECTION.model_copy(update={"most_steps": 2}))
    await offices.run()
    found = offices.search.found()["RPA"]
    assert (found.is_whole, found.is_lower_bound, len(found.tried)) == (False, True, 2)


async def test_nothing_is_said_of_an_office_when_the_generator_was_late(steps: Sequence[Sequence[RunSpec]]) -> None:
    offices = Offices(steps, lag_s=1.5)
    await offices.run()
    for found in offices.search.found().values():
        assert (found.best, found.lowest_broken, len(found.tried)) == (None, None, SECTION.most_steps)


def test_each_step_has_offices_that_no_step_before_had(offices: Offices) -> None:
    codes = [code for step in offices.opened for code in step]
    assert len(codes) == len(set(codes)) > 0


def test_applications_go_to_the_offices_of_the_step_at_the_rate_of_each(offices: Offices) -> None:
    loads = [order for order in offices.orders if order.points]
    for order, codes in zip(loads, offices.opened, strict=True):
        assert [code for code, _ in order.weights] == codes
        assert sum(per_s for _, per_s in order.weights) == pytest.approx(order.points[0][1])


def test_a_method_that_is_done_is_not_tried_again(offices: Offices) -> None:
    tried = [len(found.tried) for found in offices.search.found().values()]
    assert len(offices.opened) == max(tried)
    assert sum(len(step) for step in offices.opened) == sum(tried)


def test_the_planner_judges_the_same_office_in_virtual_time(steps: Sequence[Sequence[RunSpec]]) -> None:
    section = load_preset("find-max-office").file.search
    assert section is not None
    quick = section.model_copy(update={"most_steps": 2})
    found = planned(steps[0][0], quick, 4320.0, (10,))
    assert [(one.per_s, not one.broken) for one in found.tried] == [(5.0, True), (10.0, False)]
