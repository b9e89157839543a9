"""A figure is shown as exactly as its interval deserves."""

from datetime import datetime

import pytest

from shinsei.domain.simtime import DAY_MS, HOUR_MS, TOKYO, from_datetime
from shinsei.planning.figures import BY_KEY
from shinsei.planning.statistics import Estimate, estimate
from shinsei.planning.words import amount, cell, counted, difference_cell, spread_cell

JUNE_30 = float(from_datetime(datetime(2021, 6, 30, 15, tzinfo=TOKYO)))


@pytest.mark.parametrize(
    ("key", "mean", "half", "shown"),
    [
        ("staff_hours", 1168.4336, 12.34, "1,168 ± 12"),
        ("staff_hours", 41.757, 0.813, "41.76 ± 0.81"),
        ("staff_hours", 41.757, 2.813, "41.8 ± 2.8"),
        ("accepted", 4293.0, 0.0, "4,293 ± 0"),
        ("undetected_errors", 0.25, None, "0.25"),
        ("decided_by_cutoff_share", 0.977, 0.02, "97.7 ± 2.0 %"),
        ("cost_yen", 5_710_775.0, 40_000.0, "¥5.71 ± 0.04 M"),
        ("cost_yen", 5_710_775.0, 400.0, "¥5.71 ± <0.01 M"),
        ("cost_yen", 37_300.0, 2_400.0, "¥37.3 ± 2.4 k"),
        ("cleared_at", JUNE_30, 3.2 * HOUR_MS, "30 Jun 15:00 ± 3 h"),
        ("cleared_at", JUNE_30, 1.25 * DAY_MS, "30 Jun 15:00 ± 1.2 d"),
    ],
)
def test_a_mean_is_shown_with_its_interval(key: str, mean: float, half: float | None, shown: str) -> None:
    assert amount(BY_KEY[key], mean, half).en == shown


def test_a_figure_not_reached_in_every_season_says_in_how_many() -> None:
    figure = BY_KEY["cleared_at"]
    assert cell(figure, estimate([1.0, None, 2.0])).en == "in 2 of 3"
    assert cell(figure, estimate([None, None])).en == "—"


def test_differences_have_a_sign_and_moments_differ_in_days() -> None:
    gap = Estimate(n=3, known=3, mean=-0.45 * DAY_MS, half_width=0.18 * DAY_MS, low=None, middle=None, high=None)
    assert difference_cell(BY_KEY["cleared_at"], gap).en == "−0.45 ± 0.18 d"
    assert difference_cell(BY_KEY["staff_hours"], estimate([2.0, 2.0])).en == "+2 ± 0"


def test_a_spread_is_one_value_where_all_seasons_agree() -> None:
    assert spread_cell(BY_KEY["accepted"], estimate([5.0, 5.0])).en == "5"
    assert spread_cell(BY_KEY["accepted"], estimate([5.0, 9.0])).en == "5 to 9"
    assert spread_cell(BY_KEY["cleared_at"], estimate([JUNE_30, None])).en == "30 Jun or later"


def test_one_is_singular() -> None:
    assert [counted(n, "season") for n in (1, 2, 1000)] == ["1 season", "2 seasons", "1,000 seasons"]
