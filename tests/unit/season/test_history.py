"""A season as OpenMetrics: one sample a day and method, at the day's end in Tokyo, in the units of Prometheus."""

import re
from itertools import groupby

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.simtime import DAY_MS, to_datetime
from shinsei.scenario import load
from shinsei.season.history import FAMILIES, days_to_come, open_metrics
from shinsei.season.planned import plan_season
from shinsei.season.series import series_csv

RUN = 'smoke-1 "mine"'
NOW_S = 1_790_000_000.0
"""Years after the season."""
SEASON = plan_season(load("smoke"))
LINES = list(open_metrics(series_csv(SEASON), run=RUN, scenario="smoke", now_s=NOW_S))
LABELS = r'run="smoke-1 \\"mine\\"",scenario="smoke",clock="sim",linkage_method="(\w+)"'
SAMPLE = re.compile(rf"(\w+)\{{{LABELS}\}} (\S+) (\d+)")
SAMPLES = [(found[1], found[2], float(found[3]), int(found[4])) for line in LINES if (found := SAMPLE.fullmatch(line))]


def test_a_metric_is_declared_once_and_its_samples_stand_together_in_order_of_time() -> None:
    assert LINES[-1] == "# EOF"
    kinds = [line.split()[2] for line in LINES if line.startswith("# TYPE")]
    assert kinds == [f"shinsei_season_{family.name}" for family in FAMILIES]
    assert [name for name, _ in groupby(SAMPLES, key=lambda sample: sample[0])] == kinds
    for _, samples in groupby(SAMPLES, key=lambda sample: sample[:2]):
        times = [sample[3] for sample in samples]
        assert times == sorted(set(times))


def test_every_day_of_every_method_has_its_figures_at_its_end() -> None:
    told = {(method, at): value for name, method, value, at in SAMPLES if name == "shinsei_season_backlog_cases"}
    first_end = int(to_datetime(SEASON.start).timestamp()) + DAY_MS // 1000
    for one in SEASON.methods:
        days = [value for (method, _), value in sorted(told.items()) if method == one.method]
        assert days == [row.backlog for row in one.days]
        assert min(at for method, at in told if method == one.method) == first_end


def test_hours_become_seconds() -> None:
    (one, *_) = SEASON.methods
    seconds = sum(
        value for name, method, value, _ in SAMPLES if (name, method) == ("shinsei_season_staff_seconds", one.method)
    )
    assert seconds == pytest.approx(sum(round(row.office.staff_hours, 2) for row in one.days) * 3_600)


def test_municipalities_of_a_method_are_taken_together() -> None:
    head, *rows = series_csv(SEASON).decode("utf-8-sig").splitlines()
    twice = "\r\n".join([head, *rows, *(row.replace(",48201", ",48202") for row in rows)])
    doubled = [SAMPLE.fullmatch(line) for line in open_metrics(twice.encode(), run=RUN, scenario="smoke", now_s=NOW_S)]
    assert [float(found[3]) for found in doubled if found] == pytest.approx([2 * value for _, _, value, _ in SAMPLES])


def test_a_day_that_is_not_over_by_the_clock_on_the_wall_is_left_out() -> None:
    """Or Prometheus would scrape nothing until it is."""
    series, times = series_csv(SEASON), sorted({at for *_, at in SAMPLES})
    third = times[2]
    told = list(open_metrics(series, run=RUN, scenario="smoke", now_s=third))
    assert sorted({int(found[4]) for line in told if (found := SAMPLE.fullmatch(line))}) == times[:3]
    assert told[-1] == "# EOF"
    assert [days_to_come(series, now_s) for now_s in (NOW_S, third, third - 1, 0.0)] == [
        0,
        len(times) - 3,
        len(times) - 2,
        len(times),
    ]


@pytest.mark.parametrize(
    "series", [b"", b"date,method\r\n2021-06-01,RPA\r\n", b"date,method\r\nnever,RPA\r\n", b"\xff\xfe"]
)
def test_what_is_no_series_is_refused(series: bytes) -> None:
    with pytest.raises(InvalidInputError, match=r"series\.csv"):
        list(open_metrics(series, run="r", scenario="s", now_s=NOW_S))
