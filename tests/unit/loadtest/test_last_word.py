import pytest
from tests.unit.loadtest.test_books import a_tick

from shinsei.loadtest.books import Tally
from shinsei.loadtest.histogram import Histogram
from shinsei.loadtest.last_word import is_well, last_word


def tally_of(lag_s: float = 0.01, **counts: int) -> Tally:
    tally, lag = Tally(100.0), Histogram()
    lag.record(lag_s)
    tally.take({**a_tick(101.0, **counts), "lag": lag.as_json(), "later": 2})
    return tally


def test_the_last_word_has_every_count_and_how_late_the_generator_was() -> None:
    told = last_word(tally_of(lag_s=0.5, offered=2_010, accepted=2_000, dropped=4, refused=3, failed=3), 0.25)
    assert told == (
        "offered 2,010, accepted 2,000, dropped 4, refused 3, failed 3, wanted later and not done 2; "
        "the generator's lag at p99 was 0.500 s, at most 0.25 s is allowed"
    )


@pytest.mark.parametrize(
    ("tally", "well"),
    [
        (tally_of(offered=2, accepted=2), True),
        (tally_of(offered=2, accepted=1, refused=1), True),
        (tally_of(offered=2, accepted=1, failed=1), False),
        (tally_of(offered=2, refused=2), False),
        (tally_of(lag_s=0.3, offered=2, accepted=2), False),
        (Tally(100.0), False),
    ],
)
def test_all_is_well_when_something_was_accepted_nothing_failed_and_the_generator_kept_its_time(
    tally: Tally, *, well: bool
) -> None:
    assert is_well(tally, 0.25) is well
