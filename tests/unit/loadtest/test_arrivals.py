from itertools import pairwise
from statistics import mean, pstdev

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.loadtest.arrivals import Process, RatePoint, RateProfile, Share, arrivals

ALONE = Share()
RISING = RateProfile(
    points=(
        RatePoint(at_s=0, per_s=0),
        RatePoint(at_s=10, per_s=20),
        RatePoint(at_s=10, per_s=100),
        RatePoint(at_s=20, per_s=100),
        RatePoint(at_s=30, per_s=0),
    )
)


def moments(profile: RateProfile, process: Process, share: Share = ALONE, subject: str = "x") -> list[float]:
    return list(arrivals(profile, process, 7, subject, share, trace=(0.5, 1.0, 2.5, 3.0, 99.0)))


def test_a_profile_says_its_rate_at_any_moment_and_what_it_brings_in_all() -> None:
    assert [RISING.per_s(at) for at in (0, 5, 10, 15, 25, 30, 31)] == [0, 10, 100, 100, 50, 0, 0]
    assert (RISING.expected, RISING.peak_per_s, RISING.duration_s) == (100 + 1000 + 500, 100, 30)
    assert RISING.scaled(0.5).expected == 800


@pytest.mark.parametrize(("number", "at_s"), [(0, 0), (25, 5), (100, 10), (600, 15), (1100, 20), (1600, 30)])
def test_the_moment_of_an_arrival_inverts_the_expected_number(number: float, at_s: float) -> None:
    assert RISING.moment_of(number) == pytest.approx(at_s)
    assert RISING.moment_of(1600.1) is None


def test_even_arrivals_are_equally_far_apart() -> None:
    found = moments(RateProfile.constant(4, 2), Process.UNIFORM)
    assert found == pytest.approx([0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0])


def test_poisson_gaps_have_the_mean_and_the_spread_of_an_exponential() -> None:
    gaps = [after - before for before, after in pairwise(moments(RateProfile.constant(50, 200), Process.POISSON))]
    assert mean(gaps) == pytest.approx(1 / 50, rel=0.05)
    assert pstdev(gaps) == pytest.approx(1 / 50, rel=0.05)


def test_a_rate_that_varies_is_followed() -> None:
    found = moments(RISING.scaled(4), Process.POISSON)
    early = sum(at < 10 for at in found)
    assert early == pytest.approx(400, rel=0.15)
    assert len(found) == pytest.approx(6400, rel=0.05)


@pytest.mark.parametrize("process", [Process.UNIFORM, Process.TRACE])
def test_workers_share_even_and_traced_arrivals_without_loss(process: Process) -> None:
    whole = moments(RISING, process)
    parts = [moments(RISING, process, Share(index=index, of=3)) for index in range(3)]
    assert sorted(at for part in parts for at in part) == pytest.approx(whole)


def test_workers_share_a_poisson_stream_and_do_not_repeat_each_other() -> None:
    profile = RateProfile.constant(100, 60)
    parts = [moments(profile, Process.POISSON, Share(index=index, of=2)) for index in range(2)]
    assert [len(part) for part in parts] == pytest.approx([3000, 3000], rel=0.07)
    assert parts[0][:10] != parts[1][:10]


def test_the_same_keys_give_the_same_arrivals() -> None:
    profile = RateProfile.constant(10, 5)
    assert moments(profile, Process.POISSON) == moments(profile, Process.POISSON)
    assert moments(profile, Process.POISSON) != moments(profile, Process.POISSON, subject="y")


def test_a_trace_ends_with_the_profile() -> None:
    assert moments(RateProfile.constant(1, 10), Process.TRACE) == [0.5, 1.0, 2.5, 3.0]


@pytest.mark.parametrize(
    ("points", "told"),
    [
        (((1, 5),), "at 0 s"),
        (((0, 5), (3, 5), (2, 5)), "in the order of time"),
        (((0, 5), (3, -1)), "negative"),
    ],
)
def test_a_wrong_profile_is_refused(points: tuple[tuple[float, float], ...], told: str) -> None:
    with pytest.raises(InvalidInputError, match=told):
        RateProfile(points=tuple(RatePoint(at_s=at, per_s=rate) for at, rate in points))
