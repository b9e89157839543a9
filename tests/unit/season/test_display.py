"""The season as it is followed: a live table at a terminal, plain lines elsewhere."""

import asyncio
import io
import itertools
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic_core import to_json
from rich.console import Console

from shinsei.domain.linkage_method import COMPARED_METHODS
from shinsei.domain.office import Office
from shinsei.domain.office.report import OfficeReport
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime
from shinsei.scenario import Scenario
from shinsei.season.display import LINE_EVERY_S, REFRESH_S, SeasonDisplay
from shinsei.season.ledger import StageCount
from shinsei.season.portal import Progress
from shinsei.season.standing import Standing
from shinsei.season.words import METHOD_NAMES, clock, day

ROUNDS = int(2 * LINE_EVERY_S / REFRESH_S)


@cache
def untouched(spec: RunSpec) -> OfficeReport:
    """The books of an office before its first day."""
    return Office(spec).report()


class Offices:
    """Four services of which only the figures matter here; the oldest case is three days old."""

    def __init__(self, returned: SimTime) -> None:
        self.returned = returned

    async def office_report(self, spec: Any) -> tuple[SimTime, bytes]:
        report = replace(untouched(spec), oldest_submitted_at=SimTime(self.returned - 3 * DAY_MS))
        return self.returned, to_json(report)

    async def count(self, stage: str, key: Any, *, before: SimTime) -> StageCount:
        lines = {("registered", "RPA"): 1_000}
        return StageCount(stage=stage, watermark=self.returned, known=1_234, fingerprint=7, lines=lines)

    async def ids(self, stage: str, key: Any, *, before: SimTime, line: str = "") -> set[str]:
        return set()


def standings(scenario: Scenario) -> list[Standing]:
    """All twins after 20 days, filed 12 hours further."""
    made = []
    for spec in scenario.run_specs("shown"):
        returned = SimTime(spec.start + 20 * DAY_MS)
        ahead = SimTime(returned + 12 * HOUR_MS)
        progress = Progress(
            watermark=ahead, frontier=ahead, returned=returned, accepted=1_234, registered=1_000, decided=900
        )
        made.append(Standing(spec=spec, watermark=ahead, returned=returned, progress=progress))
    return made


async def shown(scenario: Scenario, *, width: int, terminal: bool) -> str:
    """What a display prints in twenty seconds, during which a simulated day goes by."""
    driver = SimpleNamespace(standings=standings(scenario), end=max(one.spec.end for one in standings(scenario)))
    returned = driver.standings[0].returned
    rounds = itertools.count()

    async def sleep(_: float) -> None:
        if next(rounds) == ROUNDS:
            raise asyncio.CancelledError
        for standing in driver.standings:
            standing.returned = SimTime(standing.returned + DAY_MS // ROUNDS)

    moments = itertools.count(0, 500)
    screen = Console(file=io.StringIO(), width=width, force_terminal=terminal, color_system=None)
    display = SeasonDisplay(screen, sleep, lambda: next(moments))
    with pytest.raises(asyncio.CancelledError):
        await display.follow(driver, Offices(returned))  # type: ignore[arg-type]
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


@pytest.mark.parametrize("width", [80, 120])
async def test_a_terminal_shows_how_far_each_twin_is(smoke: Scenario, width: int) -> None:
    text = await shown(smoke, width=width, terminal=True)
    for word in ("submitted", "registered", "waiting", "oldest", "filed to", "came back"):
        assert word in text
    for method in COMPARED_METHODS:
        assert METHOD_NAMES[method].en in text
    assert "1,234" in text
    assert "234" in text
    assert "4.0 d" in text or "3.9 d" in text
    assert "in flight" in text
    assert "unaccounted 0" in text
    assert "…" not in text, "nothing is cut off"


@pytest.mark.parametrize("width", [80, 120])
async def test_a_terminal_shows_the_simulated_date_and_both_watermarks(smoke: Scenario, width: int) -> None:
    """The head has the lowest moment that has come back; each row how far it was filed and how far it came back."""
    text = await shown(smoke, width=width, terminal=True)
    filed = standings(smoke)[0].watermark
    last = SimTime(standings(smoke)[0].returned + ROUNDS * (DAY_MS // ROUNDS))
    picture = text[text.rindex(f"{day(last).en} {clock(last)}") :]
    rows = [line for line in picture.splitlines() if "1,000" in line]
    assert len(rows) == len(COMPARED_METHODS)
    for row in rows:
        filed_to, came_back = (f"{day(at).en[4:]} {clock(at)}" for at in (filed, last))
        assert row.index(filed_to) < row.index(came_back)


async def test_the_speed_is_that_of_the_last_seconds(smoke: Scenario) -> None:
    text = await shown(smoke, width=120, terminal=True)
    day_over_rounds = DAY_MS // ROUNDS / (REFRESH_S * 1000)
    assert f"× {day_over_rounds:,.0f}" in text


async def test_elsewhere_a_line_now_and_then_says_the_same(smoke: Scenario) -> None:
    text = await shown(smoke, width=80, terminal=False)
    lines = text.splitlines()
    assert len(lines) == 2
    assert all("registered/submitted" in line and "1,000/1,234" in line for line in lines)
    assert all("unaccounted 0" in line for line in lines)
    assert "\x1b" not in text
