import json

import pytest

from shinsei.domain.distributions import Distribution
from shinsei.domain.draws import draw
from shinsei.loadtest.histogram import HIGHEST_S, Histogram
from shinsei.loadtest.percentiles import percentile_table


def a_histogram(*durations_s: float) -> Histogram:
    made = Histogram()
    for duration_s in durations_s:
        made.record(duration_s)
    return made


def test_every_quantile_is_right_to_one_part_in_a_thousand() -> None:
    spread = Distribution(mean=0.5, cv=5.0)
    durations = sorted(spread.sample(draw(1, "x", "duration", n)) for n in range(5_000))
    histogram = a_histogram(*durations)
    for share in (0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0):
        exact = durations[max(0, -int(-share * len(durations) // 1) - 1)]
        assert histogram.quantile(share) == pytest.approx(exact, rel=1e-3, abs=1e-6)
    assert histogram.mean_s == pytest.approx(sum(durations) / len(durations))
    assert histogram.highest_s == durations[-1]


def test_nothing_counted_has_no_quantile() -> None:
    assert (Histogram().quantile(0.5), Histogram().mean_s) == (None, None)


def test_its_memory_does_not_grow_with_what_it_counts() -> None:
    histogram = Histogram()
    for n in range(60_000):
        histogram.record(n * 0.06 % HIGHEST_S)
    assert len(histogram) < 26_000
    before = len(histogram)
    for n in range(60_000):
        histogram.record(n * 0.06 % HIGHEST_S)
    assert len(histogram) == before


def test_what_lies_outside_its_range_is_counted_at_its_edge() -> None:
    histogram = a_histogram(-1.0, 2 * HIGHEST_S)
    assert (histogram.quantile(0.5), histogram.quantile(1.0)) == (0.0, HIGHEST_S)


def test_a_sum_is_what_one_would_have_counted() -> None:
    parts = [a_histogram(0.1, 0.2), a_histogram(3.0), Histogram()]
    whole = a_histogram(0.1, 0.2, 3.0)
    assert Histogram.sum_of(parts).as_json() == whole.as_json()


def test_it_travels_as_json_without_loss() -> None:
    histogram = a_histogram(0.0, 0.00123, 0.5, 7.0)
    assert Histogram.of(json.loads(json.dumps(histogram.as_json()))).as_json() == histogram.as_json()


def test_the_percentile_table_ends_at_the_highest_value() -> None:
    lines = percentile_table(a_histogram(0.001, 0.002, 0.004)).splitlines()
    assert lines[2].split()[:3] == ["1.000", "0.333333333333", "1"]
    assert lines[4].split() == ["4.000", "1.000000000000", "3", "inf"]
    assert "Total count    =            3" in lines[5]


def test_what_has_been_counted_since_a_copy_is_told_by_duration() -> None:
    histogram = a_histogram(0.1, 0.1, 2.0)
    before = histogram.copy()
    assert histogram.since(before) == {}
    for duration_s in (0.1, 5.0, 5.0):
        histogram.record(duration_s)
    durations, counts = zip(*sorted(histogram.since(before).items()), strict=True)
    assert durations == pytest.approx((0.1, 5.0), rel=1e-3)
    assert counts == (1, 2)
    assert before.count == 3
