"""A preset in less time: the same rates at offices without queues, the same simulated days at offices with people."""

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.loadtest.preset import Preset, load_preset
from shinsei.loadtest.shortening import shortened
from shinsei.loadtest.target import config_hash, scenario_of


def at_least(preset: Preset, metric: str) -> float | None:
    return next(gate.at_least for gate in preset.file.gates if gate.metric == metric)


def test_without_queues_the_same_rates_come_for_a_shorter_time() -> None:
    whole, half = load_preset("step"), shortened(load_preset("step"), 0.5)
    assert half.profile().duration_s == whole.profile().duration_s / 2
    assert half.profile().peak_per_s == whole.profile().peak_per_s
    assert half.file.clock_speed == whole.file.clock_speed
    assert half.file.drain == whole.file.drain


@pytest.mark.parametrize("name", ["office-day", "mailing-wave", "batch-window"])
def test_offices_with_people_live_through_the_same_days_with_as_many_applications(name: str) -> None:
    whole, part = load_preset(name), shortened(load_preset(name), 0.25)
    for figure in ("duration_s", "expected"):
        simulated = [
            getattr(one.profile(), figure) * (one.file.clock_speed if figure == "duration_s" else 1.0)
            for one in (whole, part)
        ]
        assert simulated[1] == pytest.approx(simulated[0], rel=0.001)


def test_what_must_be_waited_for_at_least_shrinks_with_the_clock() -> None:
    metric = "latency_s.registered.p50"
    whole, half = load_preset("batch-window"), shortened(load_preset("batch-window"), 0.5)
    assert at_least(half, metric) == (at_least(whole, metric) or 0.0) / 2
    assert at_least(half, "completed_share") == at_least(whole, "completed_share")


def test_a_search_apart_gets_less_time_and_one_for_offices_a_faster_clock() -> None:
    infra, office = (shortened(load_preset(f"find-max-{one}"), 0.5).file.search for one in ("infra", "office"))
    before = [load_preset(f"find-max-{one}").file.search for one in ("infra", "office")]
    assert infra is not None
    assert office is not None
    assert before[0] is not None
    assert before[1] is not None
    assert (infra.within, infra.hold) == ((before[0].within or 0) / 2, before[0].hold)
    assert (office.hold, office.first_per_s) == (before[1].hold / 2, before[1].first_per_s * 2)


def test_what_was_shortened_is_no_repeat_of_the_whole_and_says_so() -> None:
    whole, half = load_preset("smoke"), shortened(load_preset("smoke"), 0.5)
    scenario = scenario_of(whole)
    assert config_hash(whole, scenario, None) != config_hash(half, scenario, None)
    assert half.text.startswith("# In 0.5 of its time.")
    assert (whole.time_share, half.time_share) == (1.0, 0.5)
    assert shortened(whole, 1.0) is whole


@pytest.mark.parametrize("share", [0.0, -1.0, 1.5, float("nan")])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(InvalidInputError, match="--shorten"):
        shortened(load_preset("smoke"), share)
