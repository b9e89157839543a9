"""The driver is the one sequencer of a season."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from shinsei.domain.errors import ConflictError, UnavailableError
from shinsei.domain.run import Filing, RunSpec
from shinsei.domain.simtime import DAY_MS, HOUR_MS, MINUTE_MS, SimTime, day_number, day_start, time_of_day_ms
from shinsei.season.clearing import ClearWatch
from shinsei.season.drive import STALLED_AFTER_MS, SeasonDriver
from shinsei.season.pacing import Pace, PaceSpec

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from tests.unit.season.conftest import MemoryPortal, Watch

ToFile = dict[RunSpec, list[Filing]]
FLAT_OUT = PaceSpec()


async def test_everything_is_filed_once_and_comes_back(portal: "MemoryPortal", to_file: ToFile, watch: "Watch") -> None:
    driver = SeasonDriver(portal, to_file, Pace(FLAT_OUT, watch), watch)
    await driver.run()
    for standing in driver.standings:
        desk = portal.desks[standing.spec.municipality]
        assert list(desk.filed.values()) == to_file[standing.spec]
        assert desk.duplicates == 0
        assert standing.returned >= standing.spec.end


async def test_a_resumed_season_goes_on_where_the_portal_stands(
    portal: "MemoryPortal", to_file: ToFile, watch: "Watch"
) -> None:
    interrupted = asyncio.create_task(SeasonDriver(portal, to_file, Pace(FLAT_OUT, watch), watch).run())
    asked = 0

    def interrupt() -> None:
        nonlocal asked
        asked += 1
        if asked == 25:
            interrupted.cancel()

    portal.on_progress = interrupt
    with pytest.raises(asyncio.CancelledError):
        await interrupted
    before = {municipality: desk.watermark for municipality, desk in portal.desks.items()}
    assert all(spec.start < before[spec.municipality] < spec.end for spec in to_file)
    driver = SeasonDriver(portal, to_file, Pace(FLAT_OUT, watch), watch)
    await driver.run()
    for spec, filings in to_file.items():
        assert list(portal.desks[spec.municipality].filed.values()) == filings


async def test_what_was_filed_before_a_crash_but_not_covered_is_filed_again(
    portal: "MemoryPortal", to_file: ToFile, watch: "Watch"
) -> None:
    spec = next(iter(to_file))
    await portal.start(spec)
    desk = portal.desks[spec.municipality]
    desk.frontier = SimTime(spec.start + spec.lookahead_ms)
    soon = [filing for filing in to_file[spec] if filing.at < desk.frontier]
    await portal.file(spec, soon)
    await SeasonDriver(portal, {spec: to_file[spec]}, Pace(FLAT_OUT, watch), watch).run()
    assert desk.duplicates == len(soon)
    assert len(desk.filed) == len(to_file[spec])


async def test_a_closed_run_is_refused(portal: "MemoryPortal", to_file: ToFile, watch: "Watch") -> None:
    spec = next(iter(to_file))
    await portal.start(spec)
    portal.desks[spec.municipality].closed = True
    with pytest.raises(ConflictError, match="closed"):
        await SeasonDriver(portal, to_file, Pace(FLAT_OUT, watch), watch).run()


async def test_a_stack_that_stays_silent_ends_the_season_with_one_error(
    portal: "MemoryPortal", to_file: ToFile, watch: "Watch"
) -> None:
    def wait() -> None:
        watch.ms += STALLED_AFTER_MS // 3

    portal.silent = True
    portal.on_progress = wait
    with pytest.raises(UnavailableError, match="nothing came back"):
        await SeasonDriver(portal, to_file, Pace(FLAT_OUT, watch), watch).run()


async def test_a_slow_season_ends_as_soon_when_the_stack_stays_silent(
    portal: "MemoryPortal", to_file: ToFile, watch: "Watch"
) -> None:
    began = watch.ms

    def wait() -> None:
        watch.ms += 500

    portal.silent = True
    portal.on_progress = wait
    with pytest.raises(UnavailableError, match="nothing came back"):
        await SeasonDriver(portal, to_file, Pace(PaceSpec(speed=20), watch), watch).run()
    assert watch.ms - began < STALLED_AFTER_MS + MINUTE_MS


async def test_a_slow_season_between_two_daily_polls_waits_for_nothing(
    portal: "MemoryPortal", to_file: ToFile, watch: "Watch"
) -> None:
    """From one poll to the next nothing comes back for over seven minutes, and each poll takes a moment."""
    daily = {replace(spec, poll=replace(spec.poll, interval_ms=DAY_MS)): cases for spec, cases in to_file.items()}
    asked = 0

    def wait() -> None:
        nonlocal asked
        asked += 1
        watch.ms += 5_000
        portal.silent = bool(asked % 3)

    portal.on_progress = wait
    driver = SeasonDriver(portal, daily, Pace(PaceSpec(speed=200), watch), watch)
    await driver.run()
    assert all(standing.returned >= standing.spec.end for standing in driver.standings)


async def test_the_pace_holds_the_watermark_back_and_changes_nothing_else(
    portal: "MemoryPortal", to_file: ToFile, watch: "Watch"
) -> None:
    twins = list(to_file)
    began = watch.ms
    ahead: list[float] = []

    def wait() -> None:
        watch.ms += 500
        lived = (watch.ms - began) * 36_000
        ahead.extend(desk.frontier - twins[0].start - lived for desk in portal.desks.values())

    portal.on_progress = wait
    await SeasonDriver(portal, to_file, Pace(PaceSpec(speed=36_000), watch), watch).run()
    assert max(ahead) <= 0
    assert all(len(portal.desks[spec.municipality].filed) == len(to_file[spec]) for spec in twins)


async def test_flat_out_to_a_moment_and_then_at_a_speed(
    portal: "MemoryPortal", to_file: ToFile, watch: "Watch"
) -> None:
    twins = list(to_file)
    slow_from = SimTime(twins[0].start + 30 * 24 * HOUR_MS)
    anchored: list[int] = []

    def wait() -> None:
        reached = all(desk.watermark >= slow_from for desk in portal.desks.values())
        watch.ms += 500 if reached else 0
        if reached and not anchored:
            anchored.append(watch.ms)
        for desk in portal.desks.values():
            if anchored:
                assert desk.frontier <= slow_from + (watch.ms - anchored[0] + 500) * 36_000
            else:
                assert desk.frontier <= slow_from

    portal.on_progress = wait
    await SeasonDriver(portal, to_file, Pace(PaceSpec(speed=36_000, fast_until=slow_from), watch), watch).run()
    assert watch.ms - anchored[0] >= (twins[0].end - slow_from) / 36_000


@pytest.mark.parametrize("lookahead_h", [3, 12, 60])
async def test_the_end_of_a_clear_season_does_not_depend_on_how_it_was_driven(
    portal: "MemoryPortal", to_file: ToFile, watch: "Watch", lookahead_h: int
) -> None:
    driven = {replace(spec, lookahead_ms=lookahead_h * HOUR_MS): cases for spec, cases in to_file.items()}
    clear = ClearWatch(driven, {10}, portal.histories)
    driver = SeasonDriver(portal, driven, Pace(FLAT_OUT, watch), watch, clear)
    await driver.run()
    last = max(filing.at for cases in driven.values() for filing in cases) + 10 * HOUR_MS
    assert driver.end == day_start(day_number(SimTime(last)) + 1)
    assert driver.end < next(iter(driven)).end
    assert time_of_day_ms(driver.end) == 0


async def test_a_season_that_is_never_clear_ends_with_its_spec(
    portal: "MemoryPortal", to_file: ToFile, watch: "Watch"
) -> None:
    spec = next(iter(to_file))
    short = replace(spec, end=SimTime(to_file[spec][-1].at + MINUTE_MS))
    filings = {short: to_file[spec]}
    driver = SeasonDriver(portal, filings, Pace(FLAT_OUT, watch), watch, ClearWatch(filings, {10}, portal.histories))
    await driver.run()
    assert driver.end == short.end
