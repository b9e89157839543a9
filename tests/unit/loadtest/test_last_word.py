from typing import Any

import pytest
from tests.unit.loadtest.test_books import a_tick

from shinsei.loadtest.arrivals import RateProfile
from shinsei.loadtest.books import Tally
from shinsei.loadtest.histogram import Histogram
from shinsei.loadtest.last_word import is_well, last_word
from shinsei.loadtest.plan import Plan
from shinsei.loadtest.preset import load_preset
from shinsei.loadtest.target import run_specs, scenario_of


def tally_of(lag_s: float = 0.01, calls_failed: int = 0, **counts: int) -> Tally:
    tally, lag, none = Tally(100.0), Histogram(), Histogram().as_json()
    lag.record(lag_s)
    failed = {"codes": {"UNAVAILABLE": calls_failed}, "response": none, "service": none}
    requests = {"GetStatus (failed)": failed}
    tally.take({**a_tick(101.0, **counts), "lag": lag.as_json(), "later": 2, "requests": requests})
    return tally


def plan_of(name: str, **changed: Any) -> Plan:
    preset = load_preset(name)
    targets = {"portal_sim": "127.0.0.1:1", "app_mgmt": "127.0.0.1:1"}
    profile = RateProfile.constant(1, 1)
    return Plan.of(preset, run_specs(preset, scenario_of(preset), "load-1"), profile, targets=targets).model_copy(
        update=changed
    )


def test_the_last_word_has_every_count_and_how_late_the_generator_was() -> None:
    tally = tally_of(lag_s=0.5, calls_failed=7, offered=2_010, accepted=2_000, dropped=4, refused=3, failed=3)
    told = last_word(tally, plan_of("smoke"))
    assert told == (
        "offered 2,010, accepted 2,000, dropped 4, refused 3, failed 3, calls that failed 7, "
        "wanted later and not done 2; the generator's lag at p99 was 0.500 s, at most 0.25 s is allowed; "
        "at most 0 may be dropped"
    )


@pytest.mark.parametrize(
    ("tally", "well"),
    [
        (tally_of(offered=2, accepted=2), True),
        (tally_of(offered=2, accepted=1, refused=1), True),
        (tally_of(offered=2, accepted=1, failed=1), False),
        (tally_of(offered=2, accepted=2, calls_failed=1), False),
        (tally_of(offered=100, accepted=1, dropped=99), False),
        (tally_of(offered=2, refused=2), False),
        (tally_of(lag_s=0.3, offered=2, accepted=2), False),
        (Tally(100.0), False),
    ],
)
def test_all_is_well_when_something_was_accepted_nothing_failed_and_the_generator_kept_its_time(
    tally: Tally, *, well: bool
) -> None:
    assert is_well(tally, plan_of("smoke")) is well


def test_as_many_may_be_dropped_as_the_gate_of_the_preset_allows_and_any_number_without_one() -> None:
    tally = tally_of(offered=10, accepted=7, dropped=3)
    assert plan_of("ramp-to-knee").most_dropped is None
    assert [is_well(tally, plan_of("smoke", most_dropped=most)) for most in (None, 3.0, 2.0)] == [True, True, False]
