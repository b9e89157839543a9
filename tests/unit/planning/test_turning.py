"""Where a recommendation changes: found by halving, and said with its direction."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from shinsei.domain.linkage_method import LinkageMethod
from shinsei.planning import Workers
from shinsei.planning.probing import Point, Probe, Setting, cheapest, recommended
from shinsei.planning.ranges import Learning, Range
from shinsei.planning.turning import condition, nearest_first, turnings
from shinsei.scenario import Scenario

RPA, BATCH = LinkageMethod.RPA, LinkageMethod.BATCH_IMPORT
RATE = Range(
    path="methods.rpa.p_exception",
    unit="share",
    mark="A",
    base=0.08,
    low=0.02,
    high=0.2,
    is_stated=True,
    learning=Learning.TIME_STUDY,
    source="",
)


def a_point(rpa_hours: float, batch_hours: float = 100.0) -> Point:
    def values(hours: float) -> dict[str, float | None]:
        return {"cleared_at": 1.0, "staff_hours": hours, "cost_yen": hours, "backlog_at_end": 0.0}

    return {RPA: values(rpa_hours), BATCH: values(batch_hours)}


class Curve(Probe):
    """RPA's hours as a function of the value; no season is planned."""

    hours: Callable[[float], float]

    def points(
        self, base: Point, settings: Sequence[Setting], progress: Callable[[int], None] = lambda _: None
    ) -> list[Point]:
        return [a_point(type(self).hours(value)) for _, value in settings]


@pytest.fixture
def curve(tiny: Scenario) -> Curve:
    class Rising(Curve):
        hours = staticmethod(lambda value: 1000 * value)

    return Rising(scenario=tiny, methods=(RPA, BATCH), replications=1, workers=Workers())


def test_the_value_is_found_within_a_64th_of_the_way(curve: Curve) -> None:
    """RPA takes 80 hours and is recommended until its hours pass those of batch import, at 0.1."""
    (found,) = turnings(curve, [RATE], cheapest, a_point(80))
    assert (found.before, found.after, found.rises) == (RPA, BATCH, True)
    assert 0 < found.value - 0.1 <= (0.2 - 0.08) / 64 + 1e-9


def test_what_changes_nothing_at_its_ends_changes_nothing(curve: Curve) -> None:
    assert turnings(curve, [replace(RATE, high=0.09)], cheapest, a_point(80)) == []


def test_a_condition_is_said_with_its_direction_and_its_assumption(curve: Curve) -> None:
    (rising,) = turnings(curve, [RATE], cheapest, a_point(80))
    said = condition(rising)
    assert said.en.startswith("if methods.rpa.p_exception (assumed 8 %) exceeds 10")
    assert said.en.endswith("%, it would be Batch import")
    whole = replace(rising, parameter=replace(RATE, unit="", base=2, is_whole=True), value=3)
    assert "is 3 or more" in condition(whole).en
    assert "falls below" in condition(replace(rising, rises=False)).en


def test_what_turns_nearest_to_its_assumption_stands_first(curve: Curve) -> None:
    """Nearest by the way to the end: 0.01 of the 0.06 below the assumption is less than 0.06 of the 0.12 above it."""
    (rising,) = turnings(curve, [RATE], cheapest, a_point(80))
    far, near = replace(rising, value=0.14), replace(rising, value=0.07, rises=False)
    assert [one.way for one in (far, near)] == pytest.approx([1 / 2, 1 / 6])
    assert nearest_first([far, near]) == [near, far]


def test_seasons_follow_what_is_set(tiny: Scenario) -> None:
    """A slower review takes more of RPA's hours, and leaves the other city as it was; a price moves no season."""
    pair = Probe(scenario=tiny, methods=(RPA, BATCH), replications=1, workers=Workers())
    review = replace(RATE, path="methods.rpa.review.mean", unit="min", base=1.5)
    price = replace(RATE, path="costs.rpa_licence_yen", unit="yen", base=900_000)
    base = pair.base()
    slow, dear = pair.points(base, [(review, 9), (price, 9_000_000)])
    assert slow[BATCH] == base[BATCH]
    assert (slow[RPA]["staff_hours"] or 0) > (base[RPA]["staff_hours"] or 0)
    assert dear[RPA]["staff_hours"] == base[RPA]["staff_hours"]
    assert (dear[RPA]["cost_yen"] or 0) - (base[RPA]["cost_yen"] or 0) == 8_100_000
    assert recommended(base) in {RPA, BATCH}
