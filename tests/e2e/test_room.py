"""The operations room in a browser while a season runs: it shows, it follows a case, it pauses, and changes nothing."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.conftest import ROOM_TOKEN

from shinsei.domain.plan import run_all
from shinsei.domain.trace import trace_hash
from shinsei.scenario import load
from shinsei.season.gateway import Gateway
from shinsei.stack import Stack
from shinsei.testing.browser import Page
from shinsei.testing.command_line import CommandLine, reached

METHODS = "TRANSCRIPTION,BATCH_IMPORT"
DEADLINE_EVENING = "2021-06-15T18:00"
ACCEPTED = "look.twins.reduce((sum, twin) => sum + twin.accepted, 0)"
FILED = "look.clock.filed"
FLOW = "document.getElementById('flow').textContent"
WIDTH = "document.documentElement.scrollWidth"


@pytest.fixture
def page(stack: Stack, tmp_path: Path) -> Iterator[Page]:
    with Page(tmp_path / "profile", "--lang=en") as opened:
        opened.look_at(width=1366, height=768)
        opened.open(stack.addresses.room)
        opened.until("typeof look !== 'undefined' && !!(look && look.verdict)")
        yield opened


def planned_hash() -> str:
    scenario = load("smoke", [f"twins.methods={METHODS.split(',')}"])
    return trace_hash(line for run in run_all(scenario.run_specs("plan")) for line in run.lines(scenario.end))


def press(page: Page, speed: str) -> None:
    """Types the token and presses a button of the clock."""
    page.value(f"document.getElementById('token').value = {json.dumps(ROOM_TOKEN)}")
    page.value("document.getElementById('answer').textContent = ''")
    page.value(f"document.querySelector('[data-speed=\"{speed}\"]').click()")
    page.until("document.getElementById('answer').textContent", lambda said: said == "Done.")


def follow_the_oldest_case(page: Page) -> None:
    """Its history opens at its receipt number, is linkable, and closes again."""
    receipt = page.until("(document.querySelector('#oldest button') || {}).textContent")
    page.value("document.querySelector('#oldest button').click()")
    page.until("document.getElementById('case').open")
    assert page.value("document.getElementById('case-title').textContent") == receipt
    steps = page.value("document.getElementById('case-steps').textContent")
    assert all(word in steps for word in ("submit", "fetch", "store", "the next poll, the line and the virus check"))
    assert page.value("location.hash") == f"#case={receipt}"
    page.value("document.querySelector('#case form button').click()")
    page.until("!document.getElementById('case').open")


def looks_right_everywhere(page: Page, kept: Path) -> None:
    """Both languages on a desk and on a telephone, and nothing to be scrolled sideways."""
    for width, height, dark in ((1366, 768, False), (390, 844, True)):
        page.look_at(width=width, height=height, dark=dark)
        for language in ("ja", "en"):
            page.value("document.getElementById('language').click()")
            assert page.value("document.documentElement.lang") == language
            assert page.value(WIDTH) <= width
            file = kept / f"room-{width}-{language}.png"
            page.keep_screenshot(file, whole=True)
            assert file.stat().st_size > 30_000


async def test_a_season_is_watched_paused_and_let_go_and_its_trace_is_the_plan_s(
    page: Page, stack: Stack, shinsei: CommandLine, gateway: Gateway, tmp_path: Path
) -> None:
    """Prometheus and the room itself are killed on the way; the season does not notice."""
    pace = ("--fast-until", DEADLINE_EVENING, "--speed", "600")
    season = shinsei.start("season", "smoke", "--methods", METHODS, *pace, *shinsei.season_options)
    page.until(f"look.run && !look.over && {ACCEPTED}")
    first = page.until(FLOW)
    page.until(FLOW, lambda now: now != first)  # which may have been of the season before
    await reached(gateway, 14.7, season)
    page.until("look.clock.filed", lambda filed: filed > DEADLINE_EVENING)
    assert page.value("document.querySelectorAll('#twins tr').length") == 3
    page.until("look.verdict.state", lambda state: state in {"safe", "at_risk", "lost"}, within_s=60)

    press(page, "0")
    page.until("look.clock.wished === 0 && look.clock.speed === 0", within_s=60)
    stood = page.value(FILED)
    follow_the_oldest_case(page)
    looks_right_everywhere(page, tmp_path)
    assert page.value(FILED) == stood
    assert page.errors == []

    stack.kill("prometheus")
    stack.kill("room")
    page.until("connected", lambda is_so: not is_so)
    page.until("connected", within_s=60)
    press(page, "null")
    page.until(FILED, lambda filed: filed > stood)
    page.value("control(1e7)")
    summary = json.loads(await shinsei.end(season))
    assert summary["trace_hash"] == planned_hash()
    page.until("look.over", within_s=30)
