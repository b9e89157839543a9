"""A driver as the operations room sees it: one that lives is never taken for one that has gone."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from shinsei.domain.run import Filing, RunSpec
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.room.clockface import LEFT_AFTER_S, Drive
from shinsei.season.drive import SeasonDriver
from shinsei.season.pacing import Pace, PaceSpec
from shinsei.season.portal import Progress

if TYPE_CHECKING:
    from tests.unit.season.conftest import MemoryPortal, Watch

ToFile = dict[RunSpec, list[Filing]]
LOOK_EVERY_S = 2


def looking(portal: "MemoryPortal", to_file: ToFile, watch: "Watch") -> Callable[[], bool]:
    """Looks once more, and says whether nobody drives."""
    drive = Drive()

    def look() -> bool:
        watch.ms += LOOK_EVERY_S * 1_000
        twins = []
        for spec in (spec for spec in to_file if spec.municipality in portal.desks):
            desk = portal.desks[spec.municipality]
            marks = {name: getattr(desk, name) for name in ("watermark", "frontier", "returned")}
            progress = Progress(**marks, accepted=len(desk.filed))
            twins.append(SimpleNamespace(key=spec.municipality, spec=spec, progress=progress))
        return drive.is_left(watch.ms / 1_000, cast("Any", twins), is_paused=False)

    return look


@pytest.mark.parametrize("pace", [PaceSpec(), PaceSpec(speed=600)], ids=["flat out", "at a pace"])
async def test_whoever_drives_is_seen_to(
    portal: "MemoryPortal", to_file: ToFile, watch: "Watch", pace: PaceSpec
) -> None:
    look, told = looking(portal, to_file, watch), []
    portal.on_progress = lambda: told.append(look())
    await SeasonDriver(portal, to_file, Pace(pace, watch), watch).run()
    assert len(told) > LEFT_AFTER_S
    assert not any(told)
    assert not any(look() for _ in range(60)), "its end has come back: there is nothing left to drive"


async def test_a_silent_stack_is_not_taken_for_a_driver_that_has_gone(
    portal: "MemoryPortal", to_file: ToFile, watch: "Watch"
) -> None:
    look = looking(portal, to_file, watch)
    told: list[bool] = []

    def stop_soon() -> None:
        told.append(look())
        portal.silent = len(told) > 20
        if len(told) == 100:
            driving.cancel()

    portal.on_progress = stop_soon
    driving = asyncio.create_task(SeasonDriver(portal, to_file, Pace(PaceSpec(), watch), watch).run())
    with pytest.raises(asyncio.CancelledError):
        await driving
    assert not any(told)


async def test_a_driver_that_has_gone_is_seen_to_have(portal: "MemoryPortal", to_file: ToFile, watch: "Watch") -> None:
    look = looking(portal, to_file, watch)
    pace = PaceSpec(speed=600, fast_until=SimTime(next(iter(to_file)).start + 3 * DAY_MS))

    def kill() -> None:
        if min(desk.watermark for desk in portal.desks.values()) > cast("int", pace.fast_until) + DAY_MS:
            driving.cancel()
        look()

    portal.on_progress = kill
    driving = asyncio.create_task(SeasonDriver(portal, to_file, Pace(pace, watch), watch).run())
    with pytest.raises(asyncio.CancelledError):
        await driving
    portal.on_progress = lambda: None
    for spec in to_file:
        await portal.progress(spec, after=SimTime(0), wait_ms=1)
    assert [look() for _ in range(40)][-20:] == [True] * 20
