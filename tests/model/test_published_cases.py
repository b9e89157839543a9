"""The published cases: what went in comes out, and the distances are those that docs/validation.md owns up to."""

from pathlib import Path

import pytest

from shinsei.scenario import load
from shinsei.scenario.marks import read_marks
from shinsei.season.published import CASES, Figure, arrivals_2020, check_that_explains_kuji

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[2] / "docs" / "validation"


def distances(case: str) -> dict[str, float]:
    return {figure.name: figure.distance for figure in CASES[case](FOLDER)}


@pytest.mark.parametrize("case", CASES)
def test_what_the_source_gave_comes_out_again(case: str) -> None:
    given = [figure for figure in CASES[case](FOLDER) if figure.is_input]
    assert all(abs(figure.distance) < 0.03 for figure in given), given


def test_a_robot_that_pays_is_within_a_tenth_of_what_was_told() -> None:
    assert abs(distances("adachi")["saved a case"]) < 0.1
    assert abs(distances("kuji donations")["with the robot"]) < 0.1


def test_a_full_visual_check_eats_all_that_the_robot_saves_and_explains_no_more() -> None:
    times = next(figure.model for figure in CASES["kuji tax"](FOLDER) if figure.name.endswith("÷ before"))
    assert times == pytest.approx(1.0, abs=0.1)
    assert check_that_explains_kuji(FOLDER) == pytest.approx(11, abs=1)


def test_ten_minutes_of_keying_make_the_season_of_one_clerk_longer_than_it_was() -> None:
    assert distances("one clerk")["months with overtime"] > 0
    assert distances("one quick clerk")["months with overtime"] == 0


def test_the_payments_arrivals_are_flat_while_the_signature_service_is_slow_and_come_back_after_it() -> None:
    counts = {int(point.day): point.count for point in arrivals_2020()}
    slow, after = (counts[10] - counts[7]) / 3, (counts[13] - counts[11]) / 2
    assert after > 1.5 * slow


@pytest.mark.parametrize(
    ("figure", "distance"),
    [
        (Figure(name="", unit="h", published=10, model=12), 0.2),
        (Figure(name="", unit="h", published=-10, model=-12), 0.2),
        (Figure(name="", unit="h", published=50, published_high=60, model=55), 0.0),
        (Figure(name="", unit="h", published=50, published_high=60, model=66), 0.1),
        (Figure(name="", unit="h", published=50, published_high=60, model=45), -0.1),
        (Figure(name="", unit="h", published=40, model=30, is_bound=True), 0.0),
        (Figure(name="", unit="h", published=40, model=44, is_bound=True), 0.1),
    ],
)
def test_a_distance_is_measured_from_the_nearest_that_was_told(figure: Figure, distance: float) -> None:
    assert figure.distance == pytest.approx(distance)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.toml")), ids=lambda file: file.stem)
def test_each_case_names_its_source_and_marks_its_own_numbers(file: Path) -> None:
    scenario = load(file)
    marks = {mark.mark for mark in read_marks(scenario.text).values()}
    assert "F:" in scenario.text
    assert marks
    assert not [item.path for item in scenario.parameters if not item.mark]
