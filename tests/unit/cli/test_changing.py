"""Which open runs a command is for."""

import pytest

from shinsei.cli.changing import Target, _chosen
from shinsei.domain.errors import InvalidInputError, NotFoundError, ShinseiError, UnavailableError
from shinsei.domain.run import RunSpec
from shinsei.scenario import load


@pytest.fixture(scope="module")
def specs() -> list[RunSpec]:
    """A season, and the run of whoever has filed by hand beside it."""
    return [*load("smoke").run_specs("season-1"), *load("standing").run_specs("standing-1")[:1]]


def chosen(specs: list[RunSpec], *, run: str = "", city: str = "") -> list[RunSpec]:
    return _chosen(specs, Target(run=run, city=city, at="", home=None))


def test_a_run_is_named_by_its_id_or_by_the_code_of_a_municipality(specs: list[RunSpec]) -> None:
    """The operations room names the municipality alone."""
    season, standing = specs[:-1], specs[-1]
    assert chosen(specs, run="season-1") == season
    assert chosen(specs, city=season[1].municipality) == [season[1]]
    assert chosen(specs, city=standing.municipality) == [standing]
    assert chosen(season) == season
    assert chosen(specs, run="season-1", city="screen-import") == [season[2]]


@pytest.mark.parametrize(
    ("run", "city", "error"),
    [
        ("", "", InvalidInputError("--run", "several runs are open, name one of season-1, standing-1")),
        ("season-2", "", NotFoundError("open run", "season-2")),
        ("season-1", "010006", NotFoundError("municipality of the run", "010006")),
        ("", "010006", NotFoundError("municipality of the run", "010006")),
    ],
)
def test_what_names_no_run_or_several_is_refused(
    specs: list[RunSpec], run: str, city: str, error: ShinseiError
) -> None:
    with pytest.raises(type(error)) as refused:
        chosen(specs, run=run, city=city)
    assert str(refused.value) == str(error)


def test_without_an_open_run_it_is_said_how_to_start_one() -> None:
    with pytest.raises(UnavailableError, match="no run is open"):
        chosen([])
