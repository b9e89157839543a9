from collections import Counter

from shinsei.loadtest.target import Mix


def test_procedures_come_in_the_proportions_of_the_preset_and_none_is_left_out() -> None:
    assert Counter(Mix({1: 3.0, 7: 1.0, 9: 0.001}).pool(1_000)) == {1: 750, 7: 250, 9: 1}
