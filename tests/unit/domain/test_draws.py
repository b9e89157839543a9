"""Keyed draws: the same keys, the same number; other keys, another number, none better than the next."""

from statistics import fmean

from shinsei.domain.draws import draw, draw_block


def test_a_draw_depends_on_each_of_its_keys_and_on_nothing_else() -> None:
    assert draw(1, "10-000001", "keying") == draw(1, "10-000001", "keying")
    others = {draw(2, "10-000001", "keying"), draw(1, "10-000002", "keying"), draw(1, "10-000001", "check")}
    assert len({draw(1, "10-000001", "keying"), draw(1, "10-000001", "keying", 1), *others}) == 5


def test_a_block_gives_eight_numbers_for_one_hash() -> None:
    block = draw_block(1, "10-000001", "case")
    assert len(set(block)) == 8
    assert block == draw_block(1, "10-000001", "case")
    assert not set(block) & set(draw_block(1, "10-000001", "case", 1))


def test_draws_stay_inside_the_open_interval_and_are_uniform_in_every_place() -> None:
    blocks = [draw_block(7, str(n), "case") for n in range(4000)]
    for place in zip(*blocks, strict=True):
        assert 0.0 < min(place) < 0.005
        assert 0.995 < max(place) < 1.0
        # Four standard errors of a uniform mean.
        assert abs(fmean(place) - 0.5) < 4 * 0.2887 / 4000**0.5


def test_places_of_a_block_are_not_correlated() -> None:
    blocks = [draw_block(7, str(n), "case") for n in range(4000)]
    for first in range(8):
        for second in range(first):
            covariance = fmean((block[first] - 0.5) * (block[second] - 0.5) for block in blocks)
            assert abs(covariance * 12) < 4.5 / 4000**0.5
