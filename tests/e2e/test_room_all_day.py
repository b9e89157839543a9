"""A page that is open all day, over 1,741 municipalities: it shows every look, and its memory stays flat."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shinsei.domain.forecast import Prospect
from shinsei.domain.plan import VirtualRun
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.room.board import Board
from shinsei.room.clockface import clockface
from shinsei.room.look import Seen, look
from shinsei.room.server import Desk, WebServer
from shinsei.room.sources import Levels
from shinsei.room.watching import LOOK_EVERY_S, MOST_RUNS
from shinsei.scenario import load
from shinsei.testing.browser import Page
from shinsei.testing.rooms import a_twin_of, tokyo

MUNICIPALITIES = 1_741
A_DAY = round(86_400 / LOOK_EVERY_S)
"""Looks that an open page gets in a day."""
SEEN = (
    "new Promise((done) => {"
    " const wait = () => (look && look.number === %d ? done(1) : setTimeout(wait, 1)); wait(); })"
)
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))"
"""Two frames later: what is drawn in a frame has been, and the frame before it lets go of what it replaced."""
MOST_GROWTH = 1.1
"""Of the heap after the first tenth of the looks, when everything has been drawn once."""


@pytest.fixture
async def board() -> AsyncIterator[tuple[Board, str]]:
    """A room without a stack: a board, and where its page is."""

    async def nothing(*_: Any) -> dict[str, Any]:
        return {}

    board = Board()
    server = WebServer("127.0.0.1", 0, Desk(board, "", nothing, nothing))
    await server.start()
    yield board, f"http://127.0.0.1:{server.port}/"
    await server.stop()


def looks(number: int) -> list[str]:
    """So many looks at a season of all municipalities, none like the one before; repeated, they make a day."""
    spec = load("smoke").run_specs("smoke-20210601")[0]
    run, found = VirtualRun(spec), []
    for n in range(number):
        now = SimTime(tokyo("2021-06-02T09:00") + n * DAY_MS // 4)
        run.advance(now)
        prospect = list(Prospect)[n % len(Prospect)]
        twins = [
            a_twin_of(replace(spec, municipality=f"{482_013 + 8 * m}"), run, now, prospect, on_the_way=n + m)
            for m in range(MOST_RUNS)
        ]
        alert = {"name": f"Alert{n % 3}", "severity": "page", "state": "firing", "runbook": "docs/operations.md"}
        case = {"mark": "C", "procedure": {"en": "a", "ja": "あ"}, "status": "STORED", "age_h": 1.0 + n}
        shown = look(
            Seen(
                levels=Levels({"shinsei_pending_cases": [({"stage": "fetch"}, float(n))]}),
                alerts=[{**alert, "summary": {"en": f"since {n}", "ja": f"{n}から"}}] * (n % 4),
                twins=twins,
                of=MUNICIPALITIES,
                clock=clockface(twins, speed=20.0, wished=None, can_control=False),
                ledger={"accepted": n, "registered": n, "unaccounted": n % 2},
                oldest=[{**case, "receipt_number": f"{10**15 + n + m}"} for m in range(6)],
            )
        )
        found.append(json.dumps(shown, ensure_ascii=False))
    return found


def memory(page: Page) -> dict[str, int]:
    """Of the page, when everything that can be let go has been."""
    page.value(DRAWN)
    page.call("HeapProfiler.collectGarbage")
    counted: dict[str, int] = page.call("Memory.getDOMCounters")
    return {**counted, "heap": page.call("Runtime.getHeapUsage")["usedSize"]}


@pytest.mark.parametrize("updates", [200, pytest.param(A_DAY, marks=[pytest.mark.long, pytest.mark.timeout(3_600)])])
async def test_an_open_page_shows_every_look_and_its_memory_stays_flat(
    updates: int, board: tuple[Board, str], tmp_path: Path
) -> None:
    shown, url = board
    made = looks(20)
    with Page(tmp_path / "profile", "--lang=en") as page:
        page.look_at(width=1366, height=768)
        page.open(url)
        page.until("typeof look !== 'undefined' && connected")
        before: dict[str, int] = {}
        for n in range(updates):
            shown.put(f'{{"number": {n}, {made[n % len(made)][1:]}')
            page.value(SEEN % n)
            if n == updates // 10 - 1:  # the look that the last one repeats
                before = memory(page)
        after = memory(page)
        said = page.value("document.getElementById('run').textContent")
        assert said.endswith(f"{MOST_RUNS} of {MUNICIPALITIES} municipalities are shown")
        assert page.errors == []
    assert after["heap"] < before["heap"] * MOST_GROWTH, (before, after)
    assert after["nodes"] <= before["nodes"] * MOST_GROWTH, (before, after)
    assert after["jsEventListeners"] <= before["jsEventListeners"] * MOST_GROWTH, (before, after)
