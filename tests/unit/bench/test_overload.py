"""What an overload does to memory is told by thirds of its time."""

from typing import Any

import pytest

from bench.overload import complaints, grown, table

IDLE = {"portal_sim": 60.0, "kafka": 400.0}
FINE = {"unaccounted": 0, "accepted": 6, "refused": 12, "completed": 6}
TIMES = 3.0


def looks(*portal: float) -> list[dict[str, float]]:
    return [{"portal_sim": value, "kafka": 410.0} for value in portal]


def test_a_part_that_takes_as_much_in_the_end_as_in_the_middle_is_bounded() -> None:
    rows = grown(IDLE, looks(60, 100, 150, 150, 155, 150, 155, 150, 151))
    assert table(rows).splitlines()[3] == "| portal_sim | 60 MiB | 100 | 150 | 151 | 155 |"
    assert complaints(rows, FINE, TIMES) == []


def test_a_part_that_goes_on_growing_is_told() -> None:
    rows = grown(IDLE, looks(60, 80, 100, 120, 140, 160, 180, 200, 220))
    assert complaints(rows, FINE, TIMES) == ["portal_sim goes on growing: 140 to 200 MiB"]


def test_a_part_that_is_started_again_meanwhile_is_told_by_the_looks_that_met_it() -> None:
    gone = [{"kafka": 410.0}]
    (_, portal) = grown(IDLE, looks(100, 100, 100) + gone + looks(100, 100, 100))
    assert (portal.second, portal.most) == (100, 100)


@pytest.mark.parametrize(
    ("summary", "told"),
    [
        ({**FINE, "refused": 0}, "nothing was refused: this was no overload; offer more with --maximum"),
        ({**FINE, "unaccounted": 3}, "3 applications are unaccounted for"),
        (
            {**FINE, "refused": 7, "dropped": 90},
            "2.2 times of what was completed reached the portal, 3 times are wanted",
        ),
    ],
)
def test_an_overload_that_proves_nothing_is_told(summary: dict[str, Any], told: str) -> None:
    assert complaints(grown(IDLE, looks(100, 100, 100)), summary, TIMES) == [told]
