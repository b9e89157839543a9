import pytest

from app_mgmt.streams.throughput import REAL_MINUTE, SIM_DAY, SIM_HOUR, Throughput
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime
from shinsei.testing.builders import JUNE_FIRST

RPA = LinkageMethod.RPA
CITY, OTHER = ("run-1", "482013"), ("run-1", "482021")


@pytest.fixture
def throughput() -> Throughput:
    return Throughput()


def test_a_window_counts_once_the_watermark_has_closed_it(throughput: Throughput) -> None:
    for minute in (1, 2, 3):
        throughput.register(CITY, RPA, SimTime(JUNE_FIRST + minute), 0.0)
    throughput.close(CITY, SimTime(JUNE_FIRST + HOUR_MS - 1))
    assert throughput.per_method(SIM_HOUR) == {}
    throughput.close(CITY, SimTime(JUNE_FIRST + HOUR_MS))
    assert throughput.per_method(SIM_HOUR) == {RPA: 3}
    throughput.close(CITY, SimTime(JUNE_FIRST + DAY_MS))
    assert throughput.per_method(SIM_HOUR) == {RPA: 0}
    assert throughput.per_method(SIM_DAY) == {RPA: 3}


def test_a_window_that_was_passed_over_is_not_the_last_one(throughput: Throughput) -> None:
    throughput.register(CITY, RPA, JUNE_FIRST, 0.0)
    throughput.close(CITY, SimTime(JUNE_FIRST + 3 * HOUR_MS))
    assert throughput.per_method(SIM_HOUR) == {RPA: 0}


def test_a_window_is_the_last_one_until_the_next_is_closed_however_many_watermarks_come(throughput: Throughput) -> None:
    """An office's watermark rises from poll to poll: several times an hour, and a hundred times a day."""
    throughput.register(CITY, RPA, JUNE_FIRST, 0.0)
    for quarter in range(4, 8):
        throughput.close(CITY, SimTime(JUNE_FIRST + quarter * HOUR_MS // 4))
        assert throughput.per_method(SIM_HOUR) == {RPA: 1}
    throughput.register(CITY, RPA, SimTime(JUNE_FIRST + HOUR_MS), 0.0)
    throughput.register(CITY, RPA, SimTime(JUNE_FIRST + HOUR_MS), 0.0)
    throughput.close(CITY, SimTime(JUNE_FIRST + 2 * HOUR_MS))
    assert throughput.per_method(SIM_HOUR) == {RPA: 2}
    for hour in (24, 30, 47):
        throughput.close(CITY, SimTime(JUNE_FIRST + hour * HOUR_MS))
        assert throughput.per_method(SIM_DAY) == {RPA: 3}


def test_municipalities_close_their_windows_apart_and_are_summed_by_method(throughput: Throughput) -> None:
    throughput.register(CITY, RPA, JUNE_FIRST, 0.0)
    throughput.register(OTHER, RPA, JUNE_FIRST, 0.0)
    throughput.close(CITY, SimTime(JUNE_FIRST + HOUR_MS))
    assert throughput.per_method(SIM_HOUR) == {RPA: 1}
    throughput.close(OTHER, SimTime(JUNE_FIRST + HOUR_MS))
    assert throughput.per_method(SIM_HOUR) == {RPA: 2}


def test_the_last_complete_minute_is_read_by_the_real_clock(throughput: Throughput) -> None:
    throughput.register(CITY, RPA, JUNE_FIRST, 119.0)
    assert throughput.last_minute(119.5) == {}
    assert throughput.last_minute(120.0) == {RPA: 1}
    assert throughput.last_minute(180.0) == {}


def test_closed_windows_are_dropped(throughput: Throughput) -> None:
    throughput.register(CITY, RPA, JUNE_FIRST, 0.0)
    throughput.close(CITY, SimTime(JUNE_FIRST + DAY_MS))
    throughput.register(CITY, RPA, SimTime(JUNE_FIRST + DAY_MS), 600.0)
    assert [sum(counts.values()) for counts in throughput.open.values()] == [1, 1, 1]
    assert sum(throughput.open[("", ""), REAL_MINUTE].values()) == 1


def test_a_run_that_is_over_takes_its_windows_with_it(throughput: Throughput) -> None:
    """A season that was thrown away in the middle must not be added to the next one of the same municipalities."""
    throughput.register(CITY, RPA, JUNE_FIRST, 0.0)
    throughput.close(CITY, SimTime(JUNE_FIRST + DAY_MS))
    throughput.register(CITY, RPA, SimTime(JUNE_FIRST + DAY_MS), 0.0)
    throughput.drop(CITY)
    again = ("run-2", CITY[1])
    throughput.register(again, RPA, JUNE_FIRST, 0.0)
    throughput.close(again, SimTime(JUNE_FIRST + DAY_MS))
    assert throughput.per_method(SIM_DAY) == {RPA: 1}
    throughput.drop(again)
    assert throughput.per_method(SIM_DAY) == {}
    assert {window for _, window in throughput.open} == {REAL_MINUTE}
