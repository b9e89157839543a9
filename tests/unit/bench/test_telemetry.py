"""What telemetry costs is taken pair by pair."""

import pytest

from bench.telemetry import Measured, lost_percent, main, median_interval, table


def a_season(completed_per_s: float, *, with_telemetry: bool) -> Measured:
    cpu_s = {"portal_sim": 1.5, "kafka": 2.0}
    return Measured(with_telemetry=with_telemetry, completed_per_s=completed_per_s, wall_s=10.0, cpu_s=cpu_s)


def test_what_is_lost_is_a_share_of_what_is_done_without_it() -> None:
    pairs = [
        (a_season(95, with_telemetry=True), a_season(100, with_telemetry=False)),
        (a_season(101, with_telemetry=True), a_season(100, with_telemetry=False)),
    ]
    assert lost_percent(pairs) == pytest.approx([5.0, -1.0])
    assert table(pairs).splitlines()[2] == "| 1 | 95/s | 100/s | 5.0 % | 3.5 s | 3.5 s |"


@pytest.mark.parametrize(
    ("n", "low", "high", "confidence"),
    [(1, 0, 0, 0.0), (4, 0, 3, 0.875), (5, 0, 4, 0.9375), (6, 0, 5, 0.96875), (8, 0, 7, 0.9922), (9, 1, 7, 0.9609)],
)
def test_the_median_has_the_interval_of_the_sign_test(n: int, low: int, high: int, confidence: float) -> None:
    """As it is tabulated for so many values."""
    found = median_interval(list(map(float, reversed(range(n)))))
    assert found == pytest.approx((low, high, confidence), abs=1e-4)


@pytest.mark.parametrize("pairs", ["3", "-2", "many"])
def test_either_kind_of_stack_comes_first_in_half_of_the_pairs(pairs: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([f"--pairs={pairs}"])
    assert ended.value.code == 2
    assert f"{pairs} is no even number of pairs" in capsys.readouterr().err
