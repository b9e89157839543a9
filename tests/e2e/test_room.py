"""The operations room in a browser while a season runs: it shows, it follows a case, it pauses, and changes nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.conftest import ROOM_TOKEN, SERVICES

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
MOST_KILLS = 5
COMES = """new Promise((done) => {
    const since = Date.now();
    const wait = () => (%s ? done(look) : Date.now() - since > 8000 ? done(null) : setTimeout(wait, 20));
    wait();
})"""
WHOLLY_AWAY = {
    "portal_sim": "look.is_old",
    "core_systems": "look.twins.every((twin) => twin.backlog === null)",
    "app_mgmt": "look.flow.intake === null",
}
"""While a part comes back it may be named, as it did not answer first, and have answered later in the same look."""
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


def look_without(page: Page, stack: Stack, part: str, kept: Path) -> dict[str, Any]:
    """A service is killed; the look that names it. If it is back before anybody looks, it is killed once more."""
    named = f"look.missing.some((one) => one.en === {json.dumps(part)}) && !look.ledger"
    wholly = f"{named} && {WHOLLY_AWAY.get(part, 'true')}"
    for _ in range(MOST_KILLS):
        stack.wait_ready(part)
        stack.kill(part)
        found: dict[str, Any] | None = page.value(COMES % wholly)
        if found is not None:
            break
    else:
        pytest.fail(f"the page did not name {part}")
    page.keep_screenshot(kept / f"{part}-down.png", whole=True)
    page.until("look.missing.length === 0 && !look.is_old && !!look.ledger")
    return found


def shows_the_rest_without_each_service(page: Page, stack: Stack, kept: Path) -> None:
    """Numbers are dashes where the one that tells them is away, and stay what they are elsewhere."""
    usual = page.value("look")
    for part in SERVICES:
        found = look_without(page, stack, part, kept)
        assert found["is_old"] is (part == "portal_sim")
        assert found["todo"][0]["en"].startswith(f"No answer from {part}"), found["todo"]
        assert (found["ledger"], found["alerts"] is None) == (None, usual["alerts"] is None)
        assert found["flow"]["fetch"] == (None if part == "portal_sim" else usual["flow"]["fetch"])
        assert found["flow"]["intake"] == (None if part == "app_mgmt" else usual["flow"]["intake"])
        page.until("look.flow", lambda flow: flow == usual["flow"])  # it is measured again by who was away
        for was, twin in zip(usual["twins"], found["twins"], strict=True):
            assert twin["accepted"] == (None if part == "portal_sim" else was["accepted"])
            assert twin["backlog"] == (None if part in {"portal_sim", "core_systems"} else was["backlog"])
    assert page.value(ACCEPTED) == sum(twin["accepted"] for twin in usual["twins"])


async def test_a_season_is_watched_paused_and_let_go_and_its_trace_is_the_plan_s(
    page: Page, stack: Stack, shinsei: CommandLine, gateway: Gateway, tmp_path: Path
) -> None:
    """Each service is killed on the way, and Prometheus and the room itself; the season does not notice."""
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
    shows_the_rest_without_each_service(page, stack, tmp_path)
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
