from typing import TYPE_CHECKING

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.simtime import SimTime
from shinsei.season.pacing import Pace, PaceSpec

if TYPE_CHECKING:
    from tests.unit.season.conftest import Watch


def test_flat_out_has_no_limit(watch: "Watch") -> None:
    pace = Pace(PaceSpec(fast_until=SimTime(5)), watch)
    pace.begin(SimTime(0))
    assert pace.limit() is None


def test_a_speed_counts_from_where_the_season_goes_on(watch: "Watch") -> None:
    pace = Pace(PaceSpec(speed=100), watch)
    pace.begin(SimTime(7_000))
    watch.ms += 50
    assert pace.limit() == 12_000


def test_the_slow_part_begins_when_every_twin_has_reached_it(watch: "Watch") -> None:
    pace = Pace(PaceSpec(speed=10, fast_until=SimTime(1_000)), watch)
    pace.begin(SimTime(0))
    assert pace.limit() == 1_000
    watch.ms += 60_000
    pace.observe(SimTime(900))
    assert pace.limit() == 1_000
    pace.observe(SimTime(1_000))
    watch.ms += 10
    assert pace.limit() == 1_100


@pytest.mark.parametrize("speed", [0.0, -3.0, 1e8, 1e308, float("inf"), float("nan")])
def test_a_speed_must_be_above_0_and_no_more_than_a_clock_can_show(speed: float) -> None:
    with pytest.raises(InvalidInputError, match="--speed"):
        PaceSpec(speed=speed)
