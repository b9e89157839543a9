"""A run must end where its end can be seen: in a known year, fetched, and with the line up."""

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.scenario import load

DOWN = "line.outages=[{{ start = 2021-06-14T00:00:00, length = '{}' }}]"


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("run.end=9999-12-31", "nobody knows the public holidays"),
        ("run.start=0001-01-01", "start must be in 1970 at the earliest"),
        ("run.end=2051-06-26", "within 20 years of start"),
        ("run.cutoff=2021-05-01T00:00:00", "cutoff must be after start"),
        ("poll.interval='100 d'", "poll.interval must be shorter than the run"),
        (DOWN.format("20 d"), "let the run end later"),
    ],
)
def test_a_run_whose_end_nobody_sees_is_refused(override: str, told: str) -> None:
    with pytest.raises(InvalidInputError, match=told):
        load("smoke", [override])


def test_an_outage_may_end_a_poll_before_the_run_does() -> None:
    scenario = load("smoke")
    start = load("smoke", [DOWN.format("1 d")]).run_specs("r")[0].line.outages[0][0]
    room = scenario.end - start - scenario.file.poll.interval
    assert load("smoke", [DOWN.format(f"{room // 1000} s")]).end == scenario.end
    with pytest.raises(InvalidInputError, match="let the run end later"):
        load("smoke", [DOWN.format(f"{room // 1000 + 1} s")])


def test_a_number_of_any_size_is_explained() -> None:
    (found,) = [one for one in load("smoke", ["line.form_kb=1e300"]).parameters if one.value == "1e+300"]
    assert found.path == "line.form_kb"
