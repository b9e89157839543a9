"""The one who looks: what the page has before the first answer, after a failed look, and over many municipalities."""

import gc
import json
import tracemalloc
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from math import isnan
from pathlib import Path
from typing import Any

import pytest

from shinsei.domain.errors import UnavailableError
from shinsei.domain.office.report import OfficeReport
from shinsei.domain.polling import next_poll
from shinsei.domain.run import Change, RunSpec
from shinsei.domain.simtime import MINUTE_MS, SimTime
from shinsei.room import metrics, sources, watching
from shinsei.room.board import Board
from shinsei.room.clockface import LEFT_AFTER_S, STALLED_AFTER_S
from shinsei.room.forecasting import Forecaster
from shinsei.room.settings import Settings
from shinsei.room.sources import Levels
from shinsei.room.twins import OF_THE_OFFICE, OF_THE_PORTAL
from shinsei.room.watching import LEDGER_EVERY_S, MOST_RUNS, REST_SHARE, Watch
from shinsei.season.ledger import RunKey, RunLedger
from shinsei.season.outcome import Ledger
from shinsei.season.portal import Progress
from shinsei.season.wishes import wish_speed
from shinsei.stack.site import Addresses

MakeTwin = Callable[..., Any]
MUNICIPALITIES = 1_741
SEASONS = 40
QUARTER_MS = 15 * MINUTE_MS
A_CALL = {
    "name": "RoomBlind",
    "labels": {},
    "severity": "page",
    "state": "firing",
    "summary": {"en": "It is blind.", "ja": ""},
    "runbook": "",
}
MOST_GROWTH = 24 << 10
"""Bytes in as many seasons again; 200 bytes kept of each look would be as much."""


@dataclass
class Clock:
    """Shows what it is told."""

    s: float = 0.0

    def now_ms(self) -> int:
        return 1_000 + int(self.s * 1_000)

    def monotonic_s(self) -> float:
        return self.s


@dataclass
class Open:
    """A run as the portal lists it."""

    spec: RunSpec
    closed: bool = False


class Nobody:
    """No process works beside the room."""

    async def ask(self, *_: Any) -> Any:
        raise UnavailableError("nobody")

    def end(self) -> None:
        pass


@dataclass
class Gateway:
    """The services, some of them away."""

    twin: Any
    specs: Sequence[RunSpec]
    progress_of: Progress | None = None
    """Where the runs stand; None: where the twin does."""
    away: bool = False
    offices_are_away: bool = False
    parts_away: Sequence[str] = ()
    """Processes that do not tell their levels either."""
    ledger_is_away: bool = False
    ledgers_away: Collection[str] = ()
    """Municipalities of which it is."""
    ledger_takes_s: float = 0.0
    read: list[str] = field(default_factory=list)

    async def list_runs(self) -> list[Open]:
        if self.away:
            raise UnavailableError("the portal is away")
        return [Open(spec) for spec in self.specs]

    async def progress(self, *_: Any, **__: Any) -> Progress:
        progress: Progress = self.progress_of or self.twin.progress
        return progress

    async def office_report(self, *_: Any) -> tuple[None, OfficeReport]:
        if self.offices_are_away:
            raise UnavailableError("the core systems are away")
        return None, self.twin.report

    async def changes(self, *_: Any) -> tuple[Change, ...]:
        return ()


@dataclass
class Room:
    """A watch with everything around it."""

    watch: Watch
    gateway: Gateway
    board: Board
    clock: Clock

    async def look(self, after_s: float = LEDGER_EVERY_S) -> dict[str, Any]:
        """One look, so long after the one before."""
        self.clock.s += after_s
        await self.watch._show()
        found: dict[str, Any] = json.loads(self.board.newest)
        return found


@pytest.fixture
def room(a_twin: MakeTwin, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Room:
    twin = a_twin()
    gateway, board, clock = Gateway(twin, [twin.spec]), Board(), Clock()

    async def levels(_: Any) -> Levels:
        return Levels({"shinsei_kafka_lag_records": [({}, 7.0)]}, gateway.parts_away)

    async def alerts(_: Any) -> list[dict[str, Any]]:
        return [A_CALL]

    async def oldest(*_: Any) -> list[Any]:
        return [{"receipt_number": "4820130000000017", "age_h": 3.0}]

    async def ledger(_: Any, key: RunKey) -> RunLedger:
        if gateway.ledger_is_away or key.municipality in gateway.ledgers_away:
            raise UnavailableError("application management is away")
        gateway.read.append(key.municipality)
        clock.s += gateway.ledger_takes_s
        counted = Ledger(accepted=5, registered=4, in_flight=1, unaccounted=1)
        return RunLedger(key=key, ledger=counted, by_method={}, stages=())

    monkeypatch.setattr(sources.Processes, "levels", levels)
    monkeypatch.setattr(sources, "alerts", alerts)
    monkeypatch.setattr(watching, "oldest", oldest)
    monkeypatch.setattr(watching, "read_ledger", ledger)
    monkeypatch.setattr(watching, "decode_report", lambda report: report)
    where = Addresses(portal="", linkage="", app_mgmt="", core="", kafka_bootstrap="", postgres="")
    settings = Settings(pace_file=tmp_path / "pace.json")
    watch = Watch(settings, where, gateway, board, Forecaster(Nobody(), clock), clock)  # type: ignore[arg-type]
    return Room(watch, gateway, board, clock)


def test_a_line_is_down_where_the_linkage_server_says_so_and_unknown_where_it_says_nothing() -> None:
    down = {"shinsei_linkage_server_line_down": [({"part": "linkage_server"}, 2.0)]}
    assert watching._is_line_down(Levels(down)) is True
    assert watching._is_line_down(Levels({})) is False
    assert watching._is_line_down(Levels({}, ["linkage_server"])) is None


async def test_before_the_stack_has_answered_once_the_page_says_so(room: Room) -> None:
    room.gateway.away = True
    found = await room.look()
    assert found["verdict"]["word"]["en"] == "No view"
    why = "UnavailableError: the portal is away"
    assert found["missing"] == [{"en": f"the stack ({why})", "ja": f"システム ({why})"}]
    assert "at_ms" not in found
    room.gateway.away = False
    assert (await room.look())["verdict"]["state"] == "unknown"


async def test_a_look_that_fails_leaves_the_one_before_with_the_time_of_that(room: Room) -> None:
    before = await room.look()
    room.gateway.away = True
    after = await room.look()
    assert (before["is_old"], after["is_old"]) == (False, True)
    assert (after["run"], after["at_ms"]) == (before["run"], before["at_ms"])
    room.gateway.away = False
    again = await room.look()
    assert (again["is_old"], again["missing"]) == (False, [])
    assert again["at_ms"] > before["at_ms"]


async def test_of_two_open_seasons_the_one_that_was_started_last_is_shown(room: Room) -> None:
    """An id ends in digits of chance, which say nothing of when it was made."""
    (spec,) = room.gateway.specs
    for first, last in (("ff00", "00ff"), ("00ff", "ff00")):
        ids = (f"smoke-20210601000000-{first}", f"smoke-20210601000001-{last}")
        room.gateway.specs = [replace(spec, run_id=run_id) for run_id in ids]
        assert (await room.look())["run"]["id"] == ids[1]


NOT_TOLD = {"there": None, "busy": None}
PARTS = ("portal_sim", "linkage_server", "app_mgmt", "core_systems", "app_mgmt_streams")


@pytest.mark.parametrize("part", PARTS)
async def test_a_part_that_is_away_is_named_and_what_others_tell_is_of_now(room: Room, part: str) -> None:
    before = await room.look()
    room.gateway.parts_away = [part]
    room.gateway.away = part == "portal_sim"
    room.gateway.offices_are_away = part == "core_systems"
    found = await room.look()
    assert found["missing"] == [{"en": part, "ja": part}]
    assert [one["en"].split(":")[0] for one in found["todo"]][-2:] == [f"No answer from {part}", "RoomBlind"]
    assert found["alerts"] == [A_CALL]
    assert found["kafka"]["records"] == (7 if part in {"portal_sim", "app_mgmt_streams"} else None)
    assert found["is_old"] is (part == "portal_sim")
    ledger, (twin,), (was,) = found["ledger"], found["twins"], before["twins"]
    assert ledger == (before["ledger"] if part == "app_mgmt_streams" else None)
    for name in (*OF_THE_PORTAL, *OF_THE_OFFICE):
        is_told = part != "portal_sim" and (part != "core_systems" or name in {"accepted", "registered", "decided"})
        assert twin[name] == (was[name] if is_told else None), name
    assert len(twin["curve"]) == len(was["curve"]) > 0, "the history stays what it was"
    has_offices = part not in {"portal_sim", "core_systems"}
    assert found["resources"]["clerks"] == (before["resources"]["clerks"] if has_offices else NOT_TOLD)
    assert found["work"] == (before["work"] if has_offices else None)
    assert found["oldest"][0]["age_h"] == (None if part in {"portal_sim", "app_mgmt"} else 3.0)
    assert (found["clock"]["speed"] is None) is (part == "portal_sim")
    room.gateway.parts_away, room.gateway.away, room.gateway.offices_are_away = (), False, False
    assert (await room.look(2.0))["ledger"] == before["ledger"], "it is asked at once when all are back"


async def test_offices_that_do_not_answer_are_named_once_though_their_process_does(room: Room) -> None:
    spec = room.gateway.specs[0]
    room.gateway.specs = [replace(spec, municipality=f"{482_013 + n}") for n in range(3)]
    room.gateway.offices_are_away = True
    found = await room.look()
    assert [one["en"] for one in found["missing"]] == ["the offices (UnavailableError: the core systems are away)"]
    assert (found["is_old"], [twin["backlog"] for twin in found["twins"]]) == (False, [None] * 3)


def says_that_nothing_comes_back(found: dict[str, Any]) -> bool:
    """Verdict and urgent lines say it in both languages, or none does."""
    said = found["verdict"]["sentence"]
    in_verdict = "Provided that what was filed comes back again." in said["en"]
    assert in_verdict == ("戻りの再開が前提です。" in said["ja"])
    (line,) = [one for one in found["todo"] if "Nothing has come back" in one["en"]] or [None]
    assert in_verdict == (line is not None)
    if line is not None:
        assert (line["command"], line["runbook"]) == ("shinsei ledger", "docs/operations.md#nothingcomesback")
        assert "30秒以上何も戻っていません" in line["ja"]
    return in_verdict


@pytest.mark.parametrize("speed", [None, 20.0, 0.0], ids=["flat out", "slow", "paused"])
async def test_a_season_of_which_nothing_comes_back_is_told_after_half_a_minute(
    room: Room, speed: float | None
) -> None:
    """However it is paced, and whether or not its driver goes on filing."""
    wish_speed(room.watch._settings.pace_file, speed)
    now = room.gateway.twin.progress
    told = []
    for n in range(5):
        filed = SimTime(now.watermark + 1 + n)
        room.gateway.progress_of = replace(now, watermark=filed, frontier=filed)
        told.append(says_that_nothing_comes_back(await room.look(STALLED_AFTER_S / 3)))
    assert told == [False, False, False, True, True]
    back = SimTime(now.returned + 1)
    room.gateway.progress_of = replace(now, watermark=SimTime(now.watermark + 9), returned=back)
    assert not says_that_nothing_comes_back(await room.look())


@pytest.mark.parametrize("why", ["nothing is out", "it comes back", "it is at its end", "it has not begun", "not seen"])
async def test_what_is_not_out_need_not_come_back(room: Room, why: str) -> None:
    spec, now = room.gateway.specs[0], room.gateway.twin.progress
    ahead = SimTime(now.watermark + spec.lookahead_ms)
    for n in range(4):
        moved = SimTime(now.returned + n)
        room.gateway.progress_of = {
            "nothing is out": replace(now, watermark=now.returned),
            "it comes back": replace(now, watermark=ahead, returned=moved),
            "it is at its end": replace(now, watermark=next_poll(spec, SimTime(spec.end - 1)), returned=spec.end),
            "it has not begun": replace(now, watermark=spec.start, returned=SimTime(0)),
            "not seen": replace(now, watermark=ahead),
        }[why]
        if why == "not seen":
            room.gateway.away = True
            await room.look()
            room.gateway.away = False
        assert not says_that_nothing_comes_back(await room.look(STALLED_AFTER_S))


async def test_of_many_runs_each_goes_on_only_now_and_then(room: Room) -> None:
    """One that stands still is told where all are shown, and all of them where not."""
    spec, now = room.gateway.specs[0], room.gateway.twin.progress
    ahead = SimTime(now.watermark + spec.lookahead_ms)
    moving: set[str] = set()
    looks = 0

    async def progress(spec: RunSpec, **_: Any) -> Progress:
        is_moving = spec.municipality in moving
        return replace(now, watermark=ahead, returned=SimTime(now.returned + looks * is_moving))

    room.gateway.progress = progress  # type: ignore[method-assign]
    codes = [f"{482_013 + n}" for n in range(2 * MOST_RUNS)]
    for shown, standing, expected in ((2, 1, True), (2 * MOST_RUNS, 1, False), (2 * MOST_RUNS, 2 * MOST_RUNS, True)):
        room.gateway.specs = [replace(spec, municipality=code) for code in codes[:shown]]
        moving = set(codes[standing:])
        for _ in range(3):
            looks += 1
            found = await room.look(STALLED_AFTER_S)
        assert says_that_nothing_comes_back(found) is expected


def says_that_nobody_drives(found: dict[str, Any]) -> bool:
    """Both lines say it, or none does."""
    in_verdict = "Nobody drives" in found["verdict"]["sentence"]["en"]
    assert in_verdict == any("Nobody drives" in one["en"] for one in found["todo"])
    return in_verdict


async def test_a_season_whose_command_has_ended_is_told_after_half_a_minute(room: Room) -> None:
    """Everything has come back, and nothing is wrong with the stack."""
    told = [says_that_nobody_drives(await room.look(LEFT_AFTER_S / 3)) for _ in range(5)]
    assert told == [False, False, False, True, True]
    now = room.gateway.twin.progress
    room.gateway.progress_of = replace(now, watermark=SimTime(now.watermark + 1))
    assert not says_that_nobody_drives(await room.look())


@pytest.mark.parametrize("why", ["paused", "held by the stack", "at its end", "filing", "not seen"])
async def test_a_season_that_stands_still_for_a_reason_has_its_driver(room: Room, why: str) -> None:
    spec, now = room.gateway.specs[0], room.gateway.twin.progress
    if why == "paused":
        wish_speed(room.watch._settings.pace_file, 0.0)
    if why == "held by the stack":
        room.gateway.progress_of = replace(now, returned=SimTime(now.watermark - spec.lookahead_ms))
    if why == "at its end":
        end = next_poll(spec, SimTime(spec.end - 1))
        room.gateway.progress_of = replace(now, watermark=end, frontier=end, returned=spec.end)
    for n in range(5):
        if why == "filing":
            room.gateway.progress_of = replace(now, accepted=now.accepted + n)
        if why == "not seen":
            room.gateway.away = True
            await room.look()
            room.gateway.away = False
        assert not says_that_nobody_drives(await room.look(LEFT_AFTER_S))


async def test_a_season_that_is_let_go_again_is_given_its_time(room: Room) -> None:
    wish_speed(room.watch._settings.pace_file, 0.0)
    for _ in range(3):
        await room.look(LEFT_AFTER_S)
    wish_speed(room.watch._settings.pace_file, None)
    assert not says_that_nobody_drives(await room.look(2.0))


async def test_the_speed_is_that_of_filing_though_what_comes_back_does_so_in_steps(room: Room) -> None:
    """At 20 times a poll every quarter of an hour is one every 45 seconds, of which the speed sees 20."""
    speed, began = 20, room.gateway.twin.progress.watermark
    told = []
    for s in range(0, 120, 2):
        filed = SimTime(began + s * speed * 1_000)
        polled = SimTime(filed // QUARTER_MS * QUARTER_MS + QUARTER_MS)
        room.gateway.progress_of = replace(room.gateway.twin.progress, watermark=filed, returned=polled)
        told.append((await room.look(2.0))["clock"]["speed"])
    assert told == [0.0] + [speed] * 59


def ledger_told() -> list[float]:
    """What the gauges say: cases unaccounted for, and one line of the ledger."""
    return [metrics.UNACCOUNTED._value.get(), metrics.LEDGER.labels("registered")._value.get()]


async def test_how_fast_a_season_goes_is_not_known_before_it_has_begun(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands still while it is opened: taken for a slow one, it would be foreseen though it goes flat out."""
    told: list[float | None] = []
    monkeypatch.setattr(room.watch._forecaster, "watch", lambda _, speed: told.append(speed))
    twin = room.gateway.twin
    for moved_ms in (0, 0, 1_000, 1_000, 5_000):
        watermark = SimTime(twin.spec.start + moved_ms)
        room.gateway.progress_of = replace(twin.progress, watermark=watermark, returned=watermark)
        await room.look(2.0)
    assert told == [None, None, None, None, 1.0], "its first steps say nothing either"
    room.gateway.progress_of = replace(twin.progress, watermark=twin.spec.start, returned=twin.spec.start)
    wish_speed(room.watch._settings.pace_file, 0.0)
    for _ in range(3):
        await room.look(2.0)
    assert told[5:] == [None, None, 0.0], "paused before it began"


async def test_a_ledger_that_cannot_be_read_any_more_is_neither_what_it_was_nor_nothing(room: Room) -> None:
    """A nought would say that what was missing has been found."""
    assert (await room.look())["ledger"]["unaccounted"] == 1
    assert ledger_told() == [1, 4]
    room.gateway.ledger_is_away = True
    found = await room.look()
    assert found["ledger"] is None
    assert found["missing"][0]["ja"].startswith("台帳 (")
    assert all(map(isnan, ledger_told()))
    room.clock.s -= LEDGER_EVERY_S - 2
    assert (await room.look())["missing"] == found["missing"], "it is named until it is asked again"


async def test_of_ledgers_what_could_be_read_is_kept_and_how_many_could_not_is_told(room: Room) -> None:
    """What is missing in one that was read is missing, whatever the others would say."""
    spec = room.gateway.specs[0]
    room.gateway.specs = [replace(spec, municipality=code) for code in ("482013", "482021", "482030")]
    assert (await room.look())["ledger"]["unaccounted"] == 3
    assert metrics.UNREAD._value.get() == 0
    room.gateway.ledgers_away = {"482021"}
    found = await room.look()
    assert (found["ledger"]["unaccounted"], found["ledger"]["registered"]) == (2, None)
    assert found["missing"][0]["en"] == "the ledger (UnavailableError: application management is away)"
    assert (metrics.UNREAD._value.get(), metrics.UNACCOUNTED._value.get()) == (1, 2)
    assert isnan(metrics.LEDGER.labels("registered")._value.get())
    room.gateway.away = True
    await room.look(2.0)
    assert metrics.UNREAD._value.get() == 3, "of what cannot be looked at no ledger can be read"
    room.gateway.away, room.gateway.specs = False, []
    await room.look()
    assert metrics.UNREAD._value.get() == 0


async def test_what_a_look_that_fails_has_not_seen_is_not_told_on(room: Room) -> None:
    """The ledger is not read again for it: that is work for four databases."""
    prospect = metrics.PROSPECT.labels("TRANSCRIPTION", "unknown")
    await room.look()
    assert (prospect._value.get(), ledger_told()) == (1, [1, 4])
    room.gateway.away = True
    await room.look(2.0)
    assert all(map(isnan, [prospect._value.get(), *ledger_told()]))
    room.gateway.away = False
    await room.look(2.0)
    assert (prospect._value.get(), ledger_told(), len(room.gateway.read)) == (1, [1, 4], 1)


async def test_when_the_season_is_over_nothing_is_unaccounted_for(room: Room) -> None:
    await room.look()
    room.gateway.specs = []
    await room.look()
    assert ledger_told() == [0, 4]


async def test_a_ledger_that_takes_long_to_read_is_read_the_more_rarely(room: Room) -> None:
    first = await room.look()
    read = len(room.gateway.read)
    room.gateway.ledger_takes_s = 1.0
    second = await room.look()
    assert len(room.gateway.read) == 2 * read, "it took no time before"
    for _ in range(round(REST_SHARE / LEDGER_EVERY_S)):
        found = await room.look()
    assert len(room.gateway.read) == 2 * read
    assert found["ledger"] == second["ledger"] == first["ledger"]
    await room.look()
    assert len(room.gateway.read) == 3 * read


async def test_of_many_municipalities_the_ledgers_are_read_in_turn_and_what_is_kept_of_them_is_bounded(
    room: Room,
) -> None:
    spec = room.gateway.specs[0]
    codes = [f"{482_013 + n}" for n in range(MUNICIPALITIES)]
    room.gateway.specs = [replace(spec, municipality=code) for code in codes]
    found = await room.look()
    assert found["run"] == {"id": spec.run_id, "scenario": spec.scenario, "shown": MOST_RUNS, "of": MUNICIPALITIES}
    await room.look(LEFT_AFTER_S)  # from now on it says that nobody drives
    size = len(room.board.newest)
    for _ in range(MUNICIPALITIES // MOST_RUNS):
        found = await room.look()
    assert set(room.gateway.read) == set(codes)
    assert (found["ledger"]["accepted"], found["ledger"]["unaccounted"]) == (5 * MOST_RUNS, MUNICIPALITIES)
    assert len(room.board.newest) < size + 200
    assert len(room.watch._ledgers.accounts) == MUNICIPALITIES
    assert len(room.watch._forecaster._runs) == MOST_RUNS
    assert len(room.watch._trail._points) < 10
    assert {name.en for name in room.watch._due_s} == {"the ledger", "the oldest cases"}


@pytest.mark.usefixtures("traced")
async def test_season_after_season_the_one_who_looks_holds_no_more(room: Room) -> None:
    """Some looks fail, what can be foreseen is worked at, and no two seasons have a run of one name."""
    spec = room.gateway.specs[0]

    async def held_after(first: int, last: int) -> int:
        """Looks at these seasons, and says how many bytes are held afterwards."""
        for n in range(first, last):
            room.gateway.specs = [replace(spec, run_id=f"season-{n}", municipality=f"{482_013 + m}") for m in range(3)]
            for away in (False, True, False):
                room.gateway.away = away
                found = await room.look()
                await room.watch._forecaster.step()
            assert (found["run"]["id"], found["is_old"]) == (f"season-{n}", False)
            room.gateway.read.clear()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    before = await held_after(0, SEASONS)
    assert await held_after(SEASONS, 2 * SEASONS) - before < MOST_GROWTH
