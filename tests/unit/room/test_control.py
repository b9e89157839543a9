"""Whoever knows the token may set a speed, and nothing that is none."""

from pathlib import Path
from typing import Any

import pytest

from shinsei.domain.errors import ConflictError, InvalidInputError, UnavailableError
from shinsei.domain.run import Pacing, RunSpec
from shinsei.room.control import Control
from shinsei.season.wishes import wished_speed
from shinsei.testing.builders import a_run_spec


class PortalClock:
    def __init__(self) -> None:
        self.set: list[float] = []

    async def set_clock(self, _: RunSpec, speed: float) -> None:
        self.set.append(speed)


def control(file: Path, *specs: RunSpec) -> tuple[Control, PortalClock]:
    clock = PortalClock()

    async def open_runs() -> list[RunSpec]:
        return list(specs)

    return Control(clock, file, open_runs), clock  # type: ignore[arg-type]


async def test_a_season_gets_a_wish_and_null_takes_it_back(tmp_path: Path) -> None:
    file = tmp_path / "pace.json"
    desk, clock = control(file, a_run_spec(pacing=Pacing.DRIVER))
    await desk.act({"speed": 0})
    assert wished_speed(file) == 0.0
    await desk.act({"speed": 20})
    assert wished_speed(file) == 20.0
    await desk.act({"speed": None})
    assert wished_speed(file) is None
    assert clock.set == []


async def test_a_standing_run_is_set_at_the_portal(tmp_path: Path) -> None:
    desk, clock = control(tmp_path / "pace.json", a_run_spec(pacing=Pacing.CLOCK))
    await desk.act({"speed": 600})
    assert clock.set == [600.0]
    with pytest.raises(InvalidInputError, match="speed"):
        await desk.act({"speed": None})


@pytest.mark.parametrize("speed", [0, None])
async def test_a_wish_that_cannot_be_left_is_said_to_be_none(tmp_path: Path, speed: float | None) -> None:
    """Whoever is told nothing takes the season for paused."""
    taken = tmp_path / "pace.json"
    taken.mkdir()  # as little to be written as on a full disk, for root too
    desk, _ = control(taken, a_run_spec(pacing=Pacing.DRIVER))
    with pytest.raises(UnavailableError, match=r"cannot be left in .*pace\.json"):
        await desk.act({"speed": speed})


@pytest.mark.parametrize(
    "wanted", [{}, {"speed": "fast"}, {"speed": True}, {"speed": -1}, {"speed": 1e9}, {"speed": 10**400}]
)
async def test_what_is_no_speed_is_refused(tmp_path: Path, wanted: dict[str, Any]) -> None:
    desk, _ = control(tmp_path / "pace.json", a_run_spec(pacing=Pacing.DRIVER))
    with pytest.raises(InvalidInputError, match="speed"):
        await desk.act(wanted)
    assert not (tmp_path / "pace.json").exists()


async def test_without_an_open_run_there_is_nothing_to_control(tmp_path: Path) -> None:
    desk, _ = control(tmp_path / "pace.json")
    with pytest.raises(ConflictError, match="no run is open"):
        await desk.act({"speed": 0})
