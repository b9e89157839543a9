"""The page of the operations room by itself, without a stack: by keyboard alone, on one screen, and cut off."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shinsei.domain.forecast import Prospect
from shinsei.domain.plan import VirtualRun
from shinsei.domain.remedy import Remedy
from shinsei.domain.run import ChangeKind
from shinsei.room.board import Board
from shinsei.room.clockface import clockface
from shinsei.room.look import Seen, look, no_run_read
from shinsei.room.server import Desk, WebServer
from shinsei.room.sources import Levels, Samples
from shinsei.scenario import load
from shinsei.season.text import Text
from shinsei.testing.browser import Page
from shinsei.testing.rooms import a_twin_of, tokyo

EVENING = "2021-06-15T20:00"
TOKEN = "a token"  # noqa: S105 - of this test only
RECEIPT, OTHER = "4820130000000017", "4820130000000099"
MOMENT_MS = 1_623_754_800_000
KEYS = {"Tab": 9, "Enter": 13}
SIM, REAL = {"linkage_method": "RPA", "clock": "sim"}, {"linkage_method": "RPA", "clock": "real"}
LEVELS: Samples = {
    "shinsei_pending_cases": [({"stage": "fetch"}, 1_240.0), ({"stage": "intake"}, 17.0)],
    "shinsei_kafka_lag_records": [({}, 1_023.0)],
    "shinsei_kafka_lag_seconds": [({}, 2.5)],
    "shinsei_app_mgmt_held_statuses": [({}, 7.0)],
    "shinsei_linkage_server_updates_waiting": [({}, 11.0)],
    "shinsei_app_mgmt_streams_backlog_cases": [({"linkage_method": "RPA"}, 1.0)],
    "shinsei_app_mgmt_streams_backlog_age_seconds": [(SIM, 7_200.0)],
    "shinsei_app_mgmt_streams_deadline_risk_cases": [(SIM, 31.0)],
    "shinsei_app_mgmt_streams_registered": [
        ({"window": "sim hour", **SIM}, 12.0),
        ({"window": "sim day", **SIM}, 96.0),
        ({"window": "real minute", **REAL}, 1_400.0),
    ],
}
LEDGER = {
    "accepted": 1_900,
    "registered": 1_800,
    "not_accepted": 2,
    "withdrawn": 3,
    "expired": 4,
    "transferred": 5,
    "dead_lettered": 6,
    "in_flight": 80,
    "unaccounted": 0,
}
SAYS = """(id) => document.getElementById(id).textContent"""
STAGES = """[...document.querySelectorAll("#flow .stage")].map((stage) =>
    [stage.querySelector("h4").textContent, ...[...stage.querySelectorAll("b")].map((one) => one.textContent)])"""

FAINT = """(() => {
    const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const linear = (part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
    const luminance = (colour) => parts(colour).slice(0, 3).map(linear)
        .reduce((sum, part, n) => sum + part * [0.2126, 0.7152, 0.0722][n], 0);
    const behind = (element) => {
        const ring = element.previousElementSibling;
        if (ring && ring.matches(".ring")) return getComputedStyle(ring).fill;
        for (let one = element; one; one = one.parentElement) {
            const { backgroundColor } = getComputedStyle(one);
            if (parts(backgroundColor)[3] !== 0) return backgroundColor;
        }
        return "rgb(255, 255, 255)";
    };
    const written = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.textContent.trim() || !element.checkVisibility() || element.matches("title")) continue;
        const style = getComputedStyle(element);
        written.push([walker.currentNode.textContent, element, element.matches("svg *") ? style.fill : style.color]);
    }
    for (const one of document.querySelectorAll("[placeholder]")) {
        written.push([one.placeholder, one, getComputedStyle(one, "::placeholder").color]);
    }
    const faint = written.map(([text, element, colour]) => {
        const [dark, light] = [colour, behind(element)].map(luminance).sort((one, other) => one - other);
        return [text, colour, behind(element), (light + 0.05) / (dark + 0.05)];
    }).filter(([, , , contrast]) => contrast < 4.5);
    return { written: written.length, faint };
})()"""
"""What is written on the page with a contrast below 4.5 to 1 (WCAG 2.1, AA), as the browser has worked it out."""


class Desktop:
    """A room without a stack: its board, where its page is, and what readers of it asked for."""

    def __init__(self) -> None:
        self.board = Board()
        self.asked: list[Any] = []
        self.server = WebServer("127.0.0.1", 0, Desk(self.board, TOKEN, self._story, self._act))

    async def _story(self, receipt: str, with_messages: bool) -> dict[str, Any]:  # noqa: FBT001 - as the desk asks
        self.asked.append(receipt)
        return {"status": "STORED", "steps": [], "time_by_resource_h": {}, "lead_time_h": None}

    async def _act(self, wanted: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(wanted)
        return {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}/"


@pytest.fixture
async def desktop() -> AsyncIterator[Desktop]:
    opened = Desktop()
    await opened.server.start()
    yield opened
    await opened.server.stop()


@pytest.fixture
def page(desktop: Desktop, tmp_path: Path) -> Iterator[Page]:
    desktop.board.put(json.dumps({**a_look(), "at_ms": MOMENT_MS, "is_old": False}))
    with Page(tmp_path / "profile", "--lang=en") as opened:
        opened.look_at(width=1366, height=768)
        opened.open(desktop.url)
        opened.until("typeof look !== 'undefined' && !!(look && look.verdict)")
        yield opened


def a_look(
    lost: int = 1,
    alerts: Sequence[Mapping[str, Any]] = (),
    away: Sequence[str] = (),
    *,
    has_books: bool = True,
    of: int = 4,
    is_too_old: bool = False,
) -> dict[str, Any]:
    """The evening of the deadline with the four methods, one of them lost: as full as the page usually is."""
    twins = []
    for n, spec in enumerate(load("smoke").run_specs("smoke-20210601")[:4]):
        run = VirtualRun(spec)
        run.advance(tokyo(EVENING))
        prospect = Prospect.LOST if n < lost else Prospect.SAFE
        days: dict[str, Any] = dict.fromkeys(("early", "likely", "late"), 18_810)
        kinds = (ChangeKind.STAFF, ChangeKind.ROBOTS) if n == 1 else (ChangeKind.STAFF,)
        days["remedies"] = tuple(Remedy(kind=kind, value=9) for kind in kinds)
        twin = a_twin_of(spec, run, tokyo(EVENING), prospect, on_the_way=n, left_at_target=1_449, **days)
        foreseen = replace(twin.foreseen, as_of=tokyo(f"2021-06-15T19:4{n}"), is_too_old=is_too_old)
        progress, report = replace(twin.progress, decided=30 + n), twin.report if has_books else None
        twins.append(replace(twin, progress=progress, foreseen=foreseen, report=report))
    case = {"mark": "1", "procedure": {"en": "a", "ja": "あ"}, "status": "STORED", "age_h": 1.0}
    return look(
        Seen(
            levels=Levels(LEVELS, away),
            alerts=list(alerts),
            missing=[Text(name, name) for name in away],
            twins=twins,
            of=of,
            clock=clockface(twins, speed=20.0, wished=None, can_control=True),
            ledger=LEDGER if has_books else None,
            oldest=[{**case, "receipt_number": f"{int(RECEIPT) + m}"} for m in range(6)],
        )
    )


def press(page: Page, key: str) -> None:
    """One key, as somebody without a mouse presses it."""
    text = {"text": "\r"} if key == "Enter" else {}
    code = KEYS[key]
    page.call("Input.dispatchKeyEvent", type="keyDown", key=key, code=key, windowsVirtualKeyCode=code, **text)
    page.call("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=code)


def go_to(page: Page, wanted: str) -> None:
    """Tabs until an element has the focus."""
    for _ in range(40):
        if page.value(f"document.activeElement.matches({json.dumps(wanted)})"):
            return
        press(page, "Tab")
    pytest.fail(f"{wanted} cannot be reached by Tab")


def told(page: Page, name: str) -> list[list[str]]:
    """A list of names and values, as it stands on the page."""
    found: list[list[str]] = page.value(
        f"[...document.querySelectorAll('#{name} dt')].map((one) => [one.textContent, one.nextSibling.textContent])"
    )
    return found


def test_the_flow_shows_what_each_stage_holds_of_each_method(page: Page) -> None:
    expected = a_look()
    of = {name: [f"{twin[name]:,}" for twin in expected["twins"]] for name in ("accepted", "backlog", "registered")}
    assert len(set(of["backlog"])) > 1, "or a mix-up of methods would not be seen"
    assert page.value(STAGES) == [
        ["Portal", *of["accepted"]],
        ["Linkage server", "1,240"],
        ["Application management", "17"],
        ["Office", *of["backlog"]],
        ["Core systems", *of["registered"]],
        ["Decisions", "30", "31", "32", "33"],
    ]


def test_without_the_core_systems_their_numbers_are_dashes_and_all_others_are_shown(
    page: Page, desktop: Desktop, tmp_path: Path
) -> None:
    usual, found = a_look(), a_look(away=["core_systems"], has_books=False)
    desktop.board.put(json.dumps({**found, "at_ms": MOMENT_MS, "is_old": False}))
    page.until("document.getElementById('missing').textContent", lambda said: said == "No answer from: core_systems")
    page.keep_screenshot(tmp_path / "core-systems-down.png", whole=True)
    of = {name: [f"{twin[name]:,}" for twin in usual["twins"]] for name in ("accepted", "registered")}
    assert page.value(STAGES) == [
        ["Portal", *of["accepted"]],
        ["Linkage server", "1,240"],
        ["Application management", "17"],
        ["Office", *["–"] * 4],
        ["Core systems", *of["registered"]],
        ["Decisions", "30", "31", "32", "33"],
    ]
    assert page.value(f"['word', 'as-of'].map({SAYS})") == ["Lost", ""]
    assert {value for _, value in told(page, "ledger")} == {"–"}
    at_work = dict(told(page, "work"))
    assert [at_work[name] for name in ("clerks busy", "paper waiting", "Kafka: records behind")] == ["– / –", "–", "–"]
    assert at_work["statuses to push"] == "11"
    cells = "[...row.cells].slice(2).map((one) => one.textContent)"
    rows = f"[...document.querySelectorAll('#twins tr')].slice(1).map((row) => {cells})"
    assert page.value(rows) == [["–"] * 4] * 4
    assert page.errors == []


def test_without_the_portal_what_others_tell_is_shown_beside_a_verdict_of_before(
    page: Page, desktop: Desktop, tmp_path: Path
) -> None:
    missing = [Text("portal_sim", "portal_sim")]
    found = no_run_read(Seen(levels=Levels(LEVELS, ["portal_sim"]), alerts=[], missing=missing), a_look())
    desktop.board.put(json.dumps({**found, "at_ms": MOMENT_MS, "is_old": True}))
    page.until("document.getElementById('missing').textContent", lambda said: said == "No answer from: portal_sim")
    page.keep_screenshot(tmp_path / "portal-down.png", whole=True)
    assert page.value("document.getElementById('as-of').textContent").startswith("As of ")
    (todo,) = page.value("[...document.querySelectorAll('#todo li')].map((one) => one.textContent)")
    assert todo.startswith("No answer from portal_sim: see whether it comes back.")
    dashes = ["–"] * 4
    assert page.value(STAGES) == [
        ["Portal", *dashes],
        ["Linkage server", "–"],
        ["Application management", "17"],
        ["Office", *dashes],
        ["Core systems", *dashes],
        ["Decisions", *dashes],
    ]
    assert dict(told(page, "work"))["Kafka: records behind"] == "1,023"
    assert [value for _, value in told(page, "pace")][2:] == ["–", "×– · as started"]
    assert page.errors == []


INKED = """(() => {
    const canvas = document.querySelector("#curves canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const parts = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
    return look.twins.map(({ colour }) => {
        const wanted = parts(colour);
        let found = 0;
        for (let at = 0; at < data.length; at += 4)
            if (data[at + 3] > 200 && wanted.every((part, n) => Math.abs(part - data[at + n]) < 24)) found++;
        return found;
    });
})()"""
"""How many points of the picture have the colour of each method."""


def test_the_curves_are_one_for_each_method_with_a_point_for_each_day(page: Page) -> None:
    drawn = page.value("plot.data.slice(1).map((column) => column.filter((one) => one !== null))")
    assert drawn == [[waiting for _, waiting in twin["curve"]] for twin in a_look()["twins"]]
    assert len({str(column) for column in drawn}) > 1
    assert min(page.value(INKED)) > 20
    marks = page.value("[...document.querySelectorAll('#curves .in-dot')].map((one) => one.textContent)")
    assert {twin["mark"] for twin in a_look()["twins"]} == {*marks}


def test_a_pointer_on_the_curves_reads_them(page: Page) -> None:
    told = "document.querySelector('#curves small').textContent"
    assert page.value(told).startswith("▼ ")
    page.value("plot.setCursor({ left: plot.valToPos(plot.data[0][1], 'x'), top: 10 })")
    day, *waiting = (column[1] for column in page.value("plot.data"))
    read = ": " + " · ".join(
        f"{twin['mark']} {one:,}" for twin, one in zip(a_look()["twins"], waiting, strict=True) if one is not None
    )
    assert page.value(told) == f"{page.value(f'dayText({day})')}{read}"


def test_the_verdict_and_what_can_be_done_are_told_in_both_languages(page: Page) -> None:
    expected = a_look()
    for language in ("en", "ja"):
        assert page.value("document.documentElement.lang") == language
        verdict = expected["verdict"]
        said = [verdict[part][language] for part in ("word", "sentence", "others")]
        assert all(said)
        shown = page.value(f"['icon', 'word', 'sentence', 'others', 'unfetched'].map({SAYS})")
        assert shown == ["✖", *said, expected["unfetched"][language]]
        assert "1,240" in shown[-1]
        todo = page.value("[...document.querySelectorAll('#todo li')].map((one) => one.textContent)")
        assert todo == [f"{one[language]} {one['command']}" for one in expected["todo"]]
        page.value("document.getElementById('language').click()")


def test_the_moment_of_the_forecast_stands_beside_the_verdict_in_both_languages(page: Page, desktop: Desktop) -> None:
    seen = """[document.getElementById('forecast').textContent,
        getComputedStyle(document.getElementById('forecast')).color === getComputedStyle(document.body).color,
        document.getElementById('forecast').className]"""
    assert page.value(seen) == ["Forecast as of Tue 15 Jun 19:40.", False, ""]
    page.value("document.getElementById('language').click()")
    assert page.value(seen)[0] == "予測は6月15日(火) 19:40時点。"
    desktop.board.put(json.dumps({**a_look(is_too_old=True), "at_ms": MOMENT_MS, "is_old": False}))
    page.until(seen, lambda found: found == ["予測は6月15日(火) 19:40時点(古い予測です)。", False, "bad"])


def test_where_not_all_municipalities_are_shown_the_verdict_tells_of_all_of_them(page: Page, desktop: Desktop) -> None:
    desktop.board.put(json.dumps({**a_look(lost=0, of=200), "at_ms": MOMENT_MS, "is_old": False}))
    said = f"['icon', 'word', 'sentence'].map({SAYS})"
    icon, _, sentence = page.until(said, lambda found: found[1] == "At risk")
    assert icon == "▲"
    assert "This is of the 4 municipalities shown; of all 200, 31 cases filed in time would miss" in sentence
    todo = page.value("[...document.querySelectorAll('#todo code')].map((one) => one.textContent)")
    assert "shinsei ledger" in todo


def test_the_ledger_and_who_is_at_work_are_told_by_their_numbers(page: Page) -> None:
    expected = a_look()
    assert [value for _, value in told(page, "ledger")] == [f"{count:,}" for count in LEDGER.values()]
    busy = {name: f"{one['busy']} / {one['there']}" for name, one in expected["resources"].items()}
    assert expected["work"]["open"] is False
    assert told(page, "work") == [
        ["the offices are at", f"{expected['work']['at'][:16].replace('T', ' ')} · office closed"],
        ["clerks busy", busy["clerks"]],
        ["robots busy", busy["robots"]],
        ["login seats taken", busy["login_seats"]],
        ["paper waiting", f"{sum(twin['paper_waiting'] for twin in expected['twins']):,}"],
        ["late for the target at this pace", "31"],
        ["oldest, if taken in turn", "2.0 h"],
        ["registered in the last full hour / day", "12 / 96"],
        ["registered in the last real minute", "1,400"],
        ["Kafka: records behind", "1,023"],
        ["Kafka: oldest waits, s", "2.5"],
        ["partitions stopped", "0"],
        ["statuses held", "7"],
        ["statuses to push", "11"],
    ]


async def test_what_can_be_done_can_be_done_by_keyboard(page: Page, desktop: Desktop) -> None:
    await asyncio.to_thread(by_keyboard, page)
    assert desktop.asked == [RECEIPT, OTHER, {"speed": 0}]


def by_keyboard(page: Page) -> None:
    """Changes the language, opens a case and closes it, types in another one, and pauses."""
    go_to(page, "#language")
    press(page, "Enter")
    assert page.value("document.documentElement.lang") == "ja"
    go_to(page, "#oldest button")
    press(page, "Enter")
    opened = "document.getElementById('case').open"
    page.until(opened)
    go_to(page, "#case button")
    press(page, "Enter")
    page.until(f"!{opened}")
    assert page.value("document.activeElement.matches('#oldest button')"), "one is where one was"
    go_to(page, "#receipt")
    page.call("Input.insertText", text=OTHER)
    press(page, "Enter")
    page.until(opened)
    go_to(page, "#case button")
    press(page, "Enter")
    page.until(f"!{opened}")
    go_to(page, "#token")
    page.call("Input.insertText", text=TOKEN)
    go_to(page, "#pause")
    press(page, "Enter")
    page.until("document.getElementById('answer').textContent", lambda said: said == "完了しました。")


def test_on_a_small_desk_the_verdict_the_flow_and_the_curves_are_seen_without_scrolling(
    page: Page, tmp_path: Path
) -> None:
    assert is_seen_at_once(page, tmp_path) == {"ja": ["verdict", "flow", "curves"], "en": ["verdict", "flow", "curves"]}


def is_seen_at_once(page: Page, kept: Path) -> dict[str, list[str]]:
    """What is whole on the screen before anybody scrolls, in each language."""
    found = {}
    for language in ("ja", "en"):
        page.value("document.getElementById('language').click()")
        assert page.value("document.documentElement.lang") == language
        page.keep_screenshot(kept / f"room-{language}.png")
        bottom = "document.getElementById('{}').getBoundingClientRect().bottom"
        ends = {part: page.value(bottom.format(part)) for part in ("verdict", "flow", "curves")}
        found[language] = [part for part, end in ends.items() if 0 < end <= 768]
    return found


def test_on_the_worst_of_evenings_too(page: Page, desktop: Desktop, tmp_path: Path) -> None:
    """One fault raises an alert of every partition, and each of the four methods wants something done."""
    said = {
        "en": "app_mgmt handles nothing of work.completed, partition 0, though 120 records wait.",
        "ja": "app_mgmt が work.completed の区画 0 を処理していません。120件が待っています。",
    }
    alert = {"name": "ConsumerStalled", "severity": "page", "state": "firing", "runbook": "", "summary": said}
    alerts = [{**alert, "labels": {"partition": str(n)}} for n in range(16)]
    desktop.board.put(json.dumps({**a_look(lost=4, alerts=alerts), "at_ms": MOMENT_MS, "is_old": False}))
    page.until("document.querySelectorAll('#todo li').length", lambda lines: lines == 7)
    assert is_seen_at_once(page, tmp_path) == {"ja": ["verdict", "flow", "curves"], "en": ["verdict", "flow", "curves"]}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_whatever_is_written_stands_out_from_what_is_behind_it(page: Page, desktop: Desktop, theme: str) -> None:
    page.look_at(width=1366, height=768, dark=theme == "dark")
    said = {"en": "It is lost.", "ja": "間に合いません。"}
    alert = {"name": "SeasonLost", "severity": "page", "runbook": "docs/operations.md#seasonlost", "summary": said}
    alerts = [{**alert, "state": state} for state in ("firing", "pending")]
    found = {
        **a_look(),
        "at_ms": MOMENT_MS,
        "is_old": False,
        "alerts": alerts,
        "missing": [{"en": "Kafka", "ja": "Kafka"}],
    }
    for state in ("safe", "at_risk", "lost", "unknown"):
        desktop.board.put(json.dumps({**found, "verdict": {**found["verdict"], "state": state}}))
        page.until(f"document.getElementById('verdict').className === {json.dumps(state)}")
        read = page.value(FAINT)
        assert read["faint"] == [], state
        assert read["written"] > 150, "or not all was looked at"


def test_an_alert_names_a_method_as_the_page_does_in_both_languages(page: Page, desktop: Desktop) -> None:
    told = {"en": "By TRANSCRIPTION, it is lost.", "ja": "TRANSCRIPTION では、間に合いません。"}
    alert = {"name": "SeasonLost", "severity": "page", "state": "firing", "runbook": "", "summary": told}
    desktop.board.put(json.dumps({**a_look(), "at_ms": MOMENT_MS, "is_old": False, "alerts": [alert]}))
    said = "document.getElementById('alerts').textContent.trim()"
    page.until(said, lambda found: found == "SeasonLost: By Transcription, it is lost.")
    page.value("document.getElementById('language').click()")
    page.until(said, lambda found: found == "SeasonLost: 画面からの転記では、間に合いません。")


def test_an_alert_that_calls_somebody_leads_to_its_runbook(page: Page, desktop: Desktop) -> None:
    said = {"en": "It hangs.", "ja": "停止中。"}
    alert = {"name": "OutboxStuck", "labels": {}, "severity": "page", "state": "firing", "summary": said}
    alerts = [{**alert, "runbook": "docs/operations.md#outboxstuck"}]
    desktop.board.put(json.dumps({**a_look(alerts=alerts), "at_ms": MOMENT_MS, "is_old": False}))
    links = "[...document.querySelectorAll('#todo a, #alerts a')].map((one) => one.href)"
    (first, second) = page.until(links, lambda found: len(found) == 2)
    assert first == second == f"{desktop.url}runbook/outboxstuck"
    assert page.errors == []
    page.open(first)
    page.until("document.querySelector('h1')?.textContent", lambda found: found == "OutboxStuck")
    # its text may be there before its style sheet is
    page.until("getComputedStyle(document.getElementById('runbook')).borderRadius", lambda found: found == "6px")


def test_what_did_not_answer_and_what_is_refused_is_said_in_both_languages(page: Page, desktop: Desktop) -> None:
    missing = [{"en": "the ledger (gone)", "ja": "台帳 (gone)"}, {"en": "Kafka", "ja": "Kafka"}]
    desktop.board.put(json.dumps({**a_look(), "at_ms": MOMENT_MS, "is_old": False, "missing": missing}))
    said = "['missing', 'answer'].map((id) => document.getElementById(id).textContent)"
    page.until(said, lambda found: found[0] == "No answer from: the ledger (gone), Kafka")
    page.value("control(0)")
    page.until(said, lambda found: found[1] == "wrong control token")
    page.value("document.getElementById('language').click()")
    page.value("control(0)")
    page.until(said, lambda found: found == ["応答なし: 台帳 (gone)、Kafka", "操作トークンが違います"])


def test_where_no_prometheus_answers_the_page_says_so_and_not_that_nothing_fires(page: Page, desktop: Desktop) -> None:
    said = "document.getElementById('alerts').textContent"
    assert page.value(said) == "Nothing fires."
    desktop.board.put(json.dumps({**a_look(), "at_ms": MOMENT_MS, "is_old": False, "alerts": None}))
    page.until(said, lambda found: found == "No Prometheus answers, or it measures nothing: alerts are not evaluated.")
    page.value("document.getElementById('language').click()")
    page.until(said, lambda found: found == "Prometheus の応答または計測がなく、アラートは評価されていません。")


async def test_a_page_that_is_cut_off_says_as_of_when_its_verdict_is(page: Page, desktop: Desktop) -> None:
    seen = "[document.getElementById('verdict').className, document.getElementById('as-of').textContent]"
    assert page.value(seen) == ["lost", ""]
    desktop.board.put(json.dumps({**a_look(), "at_ms": MOMENT_MS, "is_old": True}))
    hour = page.value(f"new Date({MOMENT_MS}).toTimeString().slice(0, 5)")
    page.until(seen, lambda found: found == ["unknown", f"As of {hour}."])
    desktop.board.put(json.dumps({**a_look(), "at_ms": MOMENT_MS, "is_old": False}))
    page.until(seen, lambda found: found == ["lost", ""])
    await desktop.server.stop()
    page.until(seen, lambda found: found == ["unknown", f"As of {hour}."])
