"""What telemetry costs is taken round by round."""

import pytest

from bench.telemetry import ORDER, Measured, Round, lost_by_means, median_interval, table


def a_season(completed_per_s: float, *, with_telemetry: bool) -> Measured:
    cpu_s = {"portal_sim": 1.5, "kafka": 2.0}
    return Measured(with_telemetry=with_telemetry, completed_per_s=completed_per_s, wall_s=10.0, cpu_s=cpu_s)


def test_what_is_lost_is_a_share_of_what_is_done_without_it() -> None:
    on, off = (
        [a_season(rate, with_telemetry=kind) for rate in rates]
        for kind, rates in ((True, (95, 93)), (False, (100, 100)))
    )
    found = Round(on=on, off=off)
    assert found.lost_percent == pytest.approx(6.0)
    assert table([found]).splitlines()[2] == "| 1 | 94/s | 100/s | 6.0 % | 3.5 s | 3.5 s |"


def test_over_all_rounds_every_season_counts_the_same() -> None:
    def a_round(on: float, off: float) -> Round:
        return Round(on=[a_season(on, with_telemetry=True)] * 2, off=[a_season(off, with_telemetry=False)] * 2)

    assert lost_by_means([a_round(90, 100), a_round(298, 300)]) == pytest.approx(3.0)


def test_neither_kind_has_the_better_moments_of_a_round() -> None:
    """Be it that every other season is faster, or that the machine becomes so."""
    moments = {kind: [n for n, one in enumerate(ORDER) if one is kind] for kind in (True, False)}
    assert sum(moments[True]) == sum(moments[False])
    assert [n % 2 for n in moments[True]] == sorted(n % 2 for n in moments[False])


@pytest.mark.parametrize(
    ("n", "low", "high", "confidence"),
    [(1, 0, 0, 0.0), (4, 0, 3, 0.875), (5, 0, 4, 0.9375), (6, 0, 5, 0.96875), (8, 0, 7, 0.9922), (9, 1, 7, 0.9609)],
)
def test_the_median_has_the_interval_of_the_sign_test(n: int, low: int, high: int, confidence: float) -> None:
    """As it is tabulated for so many values."""
    found = median_interval(list(map(float, reversed(range(n)))))
    assert found == pytest.approx((low, high, confidence), abs=1e-4)
