import pytest

from shinsei.loadtest.growth import memory_growth_mib


def test_memory_that_is_flat_behind_its_beginning_has_not_grown() -> None:
    assert memory_growth_mib([(at, min(100 + at, 130)) for at in range(120)]) == 0


def test_memory_that_rises_all_the_time_grows_from_the_second_quarter_to_the_last() -> None:
    assert memory_growth_mib([(at, 100 + at) for at in range(100)]) == pytest.approx(50)


def test_of_a_few_samples_nothing_is_said() -> None:
    assert memory_growth_mib([(0, 1), (1, 2)]) is None
