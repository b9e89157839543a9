"""A season as OpenMetrics: one sample a day and method, at the day's end in Tokyo, in the units of Prometheus."""

import re
from itertools import groupby

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.simtime import DAY_MS, to_datetime
from shinsei.season.findings import Findings
from shinsei.season.history import FAMILIES, days_to_come, open_metrics
from shinsei.season.series import series_csv

RUN = 'smoke-1 "mine"'
NOW_S = 1_790_000_000.0
"""Years after the season."""
LABELS = r'run="smoke-1 \\"mine\\"",scenario="smoke",clock="sim",linkage_method="(\w+)"'
SAMPLE = re.compile(rf"(\w+)\{{{LABELS}\}} (\S+) (\d+)")
Samples = list[tuple[str, str, float, int]]
"""Metric, method, value and time."""


@pytest.fixture(scope="module")
def series(season: Findings) -> bytes:
    return series_csv(season)


@pytest.fixture(scope="module")
def lines(series: bytes) -> list[str]:
    return list(open_metrics(series, run=RUN, scenario="smoke", now_s=NOW_S))


@pytest.fixture(scope="module")
def samples(lines: list[str]) -> Samples:
    return [(one[1], one[2], float(one[3]), int(one[4])) for line in lines if (one := SAMPLE.fullmatch(line))]


def test_a_metric_is_declared_once_and_its_samples_stand_together_in_order_of_time(
    lines: list[str], samples: Samples
) -> None:
    assert lines[-1] == "# EOF"
    kinds = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert kinds == [f"shinsei_season_{family.name}" for family in FAMILIES]
    assert [name for name, _ in groupby(samples, key=lambda sample: sample[0])] == kinds
    for _, of_one in groupby(samples, key=lambda sample: sample[:2]):
        times = [sample[3] for sample in of_one]
        assert times == sorted(set(times))


def test_every_day_of_every_method_has_its_figures_at_its_end(season: Findings, samples: Samples) -> None:
    told = {(method, at): value for name, method, value, at in samples if name == "shinsei_season_backlog_cases"}
    first_end = int(to_datetime(season.start).timestamp()) + DAY_MS // 1000
    for one in season.methods:
        days = [value for (method, _), value in sorted(told.items()) if method == one.method]
        assert days == [row.backlog for row in one.days]
        assert min(at for method, at in told if method == one.method) == first_end


def test_hours_become_seconds(season: Findings, samples: Samples) -> None:
    (one, *_) = season.methods
    seconds = sum(
        value for name, method, value, _ in samples if (name, method) == ("shinsei_season_staff_seconds", one.method)
    )
    assert seconds == pytest.approx(sum(round(row.office.staff_hours, 2) for row in one.days) * 3_600)


def test_municipalities_of_a_method_are_taken_together(series: bytes, samples: Samples) -> None:
    head, *rows = series.decode("utf-8-sig").splitlines()
    twice = "\r\n".join([head, *rows, *(row.replace(",48201", ",48202") for row in rows)])
    doubled = [SAMPLE.fullmatch(line) for line in open_metrics(twice.encode(), run=RUN, scenario="smoke", now_s=NOW_S)]
    assert [float(found[3]) for found in doubled if found] == pytest.approx([2 * value for _, _, value, _ in samples])


def test_a_day_that_is_not_over_by_the_clock_on_the_wall_is_left_out(series: bytes, samples: Samples) -> None:
    """Or Prometheus would scrape nothing until it is."""
    times = sorted({at for *_, at in samples})
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
