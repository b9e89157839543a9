from collections.abc import Callable
from dataclasses import replace

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.loadtest.search import Limits, Phase, Search, SearchSpec, Step

LIMITS = Limits(least_completed_share=0.97, most_ageing_s=2.0, most_p99_s=1.0)


def a_step(
    offered: float, completed: float, refused: float = 0.0, ageing_s: float = 0.0, p99_s: float | None = 0.2
) -> Step:
    return Step(
        offered_per_s=offered,
        completed_per_s=completed,
        refused_per_s=refused,
        oldest_at_start_s=1.0,
        oldest_at_end_s=1.0 + ageing_s,
        p50_s=p99_s,
        p99_s=p99_s,
    )


def found_on(sustains: Callable[[float], bool], spec: SearchSpec) -> Search:
    search = Search(spec)
    while not search.is_done:
        search.judge(is_sustained=sustains(search.rate_per_s))
    return search


@pytest.mark.parametrize("capacity", [3.0, 55.0, 640.0, 1_234.0, 9_999.0])
@pytest.mark.parametrize("first", [10.0, 50.0, 400.0])
def test_a_sharp_capacity_is_found_within_the_resolution(capacity: float, first: float) -> None:
    search = found_on(lambda rate: rate <= capacity, SearchSpec(first_per_s=first, most_steps=60))
    best = search.highest_sustained_per_s
    assert best is not None
    assert capacity * 0.95 <= best * 1.001 <= capacity * 1.001


def test_it_begins_by_doubling_and_then_adds_a_little() -> None:
    search = found_on(lambda rate: rate <= 1_000, SearchSpec(first_per_s=100))
    assert [trial.per_s for trial in search.trials[:5]] == [100, 200, 400, 800, 1600]
    phases = [trial.phase for trial in search.trials]
    assert phases[:5] == [Phase.SLOW_START] * 5
    assert set(phases[5:]) <= {Phase.DECREASE, Phase.INCREASE}
    rates = [trial.per_s for trial in search.trials]
    assert len(rates) == len(set(rates))


def test_a_first_rate_that_is_too_high_is_multiplied_down() -> None:
    search = found_on(lambda rate: rate <= 30, SearchSpec(first_per_s=100, decrease=0.5, most_steps=40))
    assert [trial.per_s for trial in search.trials[:3]] == [100, 50, 25]
    assert search.highest_sustained_per_s == pytest.approx(30, rel=0.06)


def test_nothing_is_tried_that_is_known_to_be_too_much() -> None:
    search = found_on(lambda rate: rate <= 777, SearchSpec(first_per_s=100, most_steps=60))
    broken = [trial.per_s for trial in search.trials if not trial.is_sustained]
    assert broken == sorted(broken, reverse=True)


def test_a_system_that_sustains_nothing_ends_the_search_without_a_figure() -> None:
    search = found_on(lambda _: False, SearchSpec(first_per_s=100, most_steps=7))
    assert search.highest_sustained_per_s is None
    assert len(search.trials) == 7


def test_a_system_without_a_limit_ends_the_search_at_its_last_step() -> None:
    search = found_on(lambda _: True, SearchSpec(first_per_s=1, most_steps=5))
    assert (search.highest_sustained_per_s, search.lowest_not_sustained_per_s) == (16, None)


def test_a_system_with_a_whim_still_ends() -> None:
    verdicts = iter([True, True, False, True, False, True, True, True, False, True, True, False] * 9)
    search = found_on(lambda _: next(verdicts), SearchSpec(first_per_s=10, most_steps=30))
    assert len(search.trials) <= 30


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (a_step(100, 96), "completed 96/s of 100/s"),
        (a_step(100, 99, refused=1), "refused"),
        (a_step(100, 100, ageing_s=2.5), "aged by 2.5 s"),
        (a_step(100, 100, p99_s=1.5), "p99 to registration 1.50 s"),
        (a_step(100, 100, p99_s=None), "p99 to registration none"),
        (a_step(0, 0), "completed 0/s of 0/s"),
    ],
)
def test_each_way_of_not_sustaining_a_rate_is_told(step: Step, told: str) -> None:
    (reason,) = step.broken(LIMITS)
    assert told in reason


@pytest.mark.parametrize(("completed", "sustained"), [(283.0, 250.0), (240.0, 240.0)])
def test_what_is_completed_in_lumps_beyond_what_came_is_not_sustained(completed: float, sustained: float) -> None:
    assert a_step(250, completed).sustained_per_s == sustained


def test_nothing_is_said_of_a_rate_at_which_the_generator_was_late() -> None:
    late = replace(a_step(100, 50), lag_p99_s=0.3)
    assert late.undecided(replace(LIMITS, most_lag_s=0.25)) == "the generator was 0.30 s late (p99)"
    assert late.undecided(replace(LIMITS, most_lag_s=0.3)) == ""
    assert a_step(100, 50).undecided(LIMITS) == ""


def test_a_rate_without_a_verdict_is_tried_once_more_and_then_a_lower_one() -> None:
    search = Search(SearchSpec(first_per_s=100, most_steps=40))
    tried = []
    while not search.is_done:
        tried.append(search.rate_per_s)
        # From 300 on the generator is late; the system could do more.
        search.judge(is_sustained=None if search.rate_per_s > 300 else True)
    assert tried[:5] == [100, 200, 400, 400, pytest.approx(280)]
    assert tried.count(400) == 2
    assert max(tried[4:]) < 400
    assert search.highest_sustained_per_s == pytest.approx(300, rel=0.06)
    assert search.lowest_not_sustained_per_s is None
    assert not search.is_settled


def test_one_step_without_a_verdict_costs_no_more_than_itself() -> None:
    verdicts = iter([True, None, True, False])
    search = Search(SearchSpec(first_per_s=100))
    rates = []
    for is_sustained in verdicts:
        rates.append(search.rate_per_s)
        search.judge(is_sustained=is_sustained)
    assert rates == [100, 200, 200, 400]


def test_a_rate_that_did_not_come_was_not_tried() -> None:
    (reason,) = a_step(90, 90).broken(LIMITS, least_offered_per_s=97)
    assert reason == "only 90/s came"
    assert a_step(97, 97).broken(LIMITS, least_offered_per_s=97) == ()


def test_a_rate_within_all_limits_is_sustained() -> None:
    assert a_step(100, 97, ageing_s=2.0, p99_s=1.0).broken(LIMITS) == ()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"first_per_s": 0}, "first_per_s"),
        ({"first_per_s": 1, "growth": 1}, "growth"),
        ({"first_per_s": 1, "decrease": 1}, "decrease"),
        ({"first_per_s": 1, "most_steps": 0}, "most_steps"),
    ],
)
def test_a_search_that_could_not_end_is_refused(wrong: dict[str, float], told: str) -> None:
    with pytest.raises(InvalidInputError, match=told):
        SearchSpec(**wrong)  # type: ignore[arg-type]


def test_what_was_done_of_a_rate_that_is_too_high_is_where_the_search_goes_on() -> None:
    search = Search(SearchSpec(first_per_s=400.0))
    search.judge(is_sustained=False, completed_per_s=320.0)
    assert search.rate_per_s == pytest.approx(0.95 * 320.0)
    search.judge(is_sustained=False, completed_per_s=100.0)
    assert search.rate_per_s == pytest.approx(0.7 * 0.95 * 320.0)
