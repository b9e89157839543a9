"""A wish is a small file that anybody may damage, and it decides the pace alone."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.season.drive import SeasonDriver
from shinsei.season.pacing import Pace, PaceSpec
from shinsei.season.wishes import wish_speed, wished_speed

if TYPE_CHECKING:
    from tests.unit.season.conftest import MemoryPortal, Watch
    from tests.unit.season.test_drive import ToFile

PAUSED = 40
"""Looks at the portal in an hour of pause."""


class Wall:
    def __init__(self) -> None:
        self.ms = 0
        self.wish: float | None = None

    def __call__(self) -> int:
        return self.ms

    def wished(self) -> float | None:
        return self.wish


def pace(wall: Wall, spec: PaceSpec) -> Pace:
    made = Pace(spec, wall, wall.wished)
    made.begin(SimTime(0))
    return made


@pytest.mark.parametrize("text", ["", "{", "[]", '{"speed": "x"}', '{"speed": -1}', '{"speed": 1e300}', "null"])
def test_a_file_that_says_nothing_is_no_wish(tmp_path: Path, text: str) -> None:
    file = tmp_path / "pace.json"
    assert wished_speed(file) is None
    file.write_text(text, encoding="utf-8")
    assert wished_speed(file) is None


@pytest.mark.parametrize("speed", [-1.0, float("nan"), float("inf"), 1e8])
def test_a_wish_is_a_speed(tmp_path: Path, speed: float) -> None:
    with pytest.raises(InvalidInputError, match="speed"):
        wish_speed(tmp_path / "pace.json", speed)


def test_a_pause_holds_where_the_slowest_twin_is_and_is_taken_back() -> None:
    wall = Wall()
    flat_out = pace(wall, PaceSpec())
    flat_out.observe(SimTime(5_000))
    wall.wish, wall.ms = 0.0, 1_000
    assert flat_out.limit() == 5_000
    wall.ms = 900_000
    assert flat_out.limit() == 5_000
    wall.wish = None
    assert flat_out.limit() is None


def test_another_speed_counts_from_the_moment_of_the_wish() -> None:
    wall = Wall()
    slow = pace(wall, PaceSpec(speed=10))
    slow.observe(SimTime(20_000))
    wall.wish, wall.ms = 100.0, 2_000
    assert slow.limit() == 20_000
    wall.ms += 50
    assert slow.limit() == 25_000
    slow.observe(SimTime(25_000))
    wall.wish = None
    assert slow.limit() == 25_000
    wall.ms += 100
    assert slow.limit() == 26_000


def test_as_started_before_the_slow_part_is_flat_out_again() -> None:
    wall = Wall()
    evening = pace(wall, PaceSpec(speed=10, fast_until=SimTime(100_000)))
    evening.observe(SimTime(40_000))
    wall.wish = 0.0
    assert evening.limit() == 40_000
    wall.wish = None
    assert evening.limit() == 100_000
    evening.observe(SimTime(100_000))
    wall.ms += 10
    assert evening.limit() == 100_100


async def test_an_hour_s_pause_is_no_silence_and_changes_nothing(
    portal: "MemoryPortal", to_file: "ToFile", watch: "Watch"
) -> None:
    """A season gives up when nothing comes back for five minutes; what is held back on purpose is not waited for."""
    twins = list(to_file)
    middle = SimTime(twins[0].start + 10 * DAY_MS)
    stood: list[SimTime] = []

    def wished() -> float | None:
        reached = all(desk.watermark >= middle for desk in portal.desks.values())
        return 0.0 if reached and len(stood) < PAUSED else None

    def wait() -> None:
        if wished() == 0.0:
            watch.ms += 3_600_000 // PAUSED
            stood.append(max(desk.watermark for desk in portal.desks.values()))

    portal.on_progress = wait
    await SeasonDriver(portal, to_file, Pace(PaceSpec(), watch, wished), watch).run()
    assert stood[-1] == stood[len(twins)] >= middle
    assert all(len(portal.desks[spec.municipality].filed) == len(to_file[spec]) for spec in twins)
