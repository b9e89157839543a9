"""The page over HTTP: what it may load, who may act, and readers who come and go."""

import asyncio
import gc
import json
import threading
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import pytest

from shinsei.domain.errors import InvalidInputError, NotFoundError, UnavailableError
from shinsei.room import server
from shinsei.room.board import MOST_READERS, Board
from shinsei.room.handler import FILES, TOKEN_HEADER
from shinsei.room.server import Desk, WebServer
from shinsei.runtime.errors import StartError
from shinsei.testing.waiting import eventually

TOKEN = "open sesame"  # noqa: S105 - of a room that a test opens
AT_ONCE, ROUNDS = 8, 20
"""Pages that are open at once, and how often as many come and go."""
MOST_GROWTH = 24 << 10
"""Bytes in as many rounds again; 150 kept of each reader would be as much, and a look has forty times as many."""
FAILURES = {
    "1": InvalidInputError("RECEIPT", "is none"),
    "2": NotFoundError("receipt", "2"),
    "3": UnavailableError("x"),
}


class Answer:
    """Status, headers and body."""

    def __init__(self, raw: bytes) -> None:
        head, _, self.body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        self.status = int(first.split()[1])
        self.headers = dict(line.split(": ", 1) for line in lines)


class Room:
    """A room that serves what a test puts on its board."""

    def __init__(self, token: str) -> None:
        self.board = Board()
        self.acted: list[dict[str, Any]] = []
        self.asked = self.left = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.server = WebServer("127.0.0.1", 0, Desk(self.board, token, self._story, self._act))

    async def _story(self, receipt: str, with_messages: bool) -> dict[str, Any]:  # noqa: FBT001 - as the desk asks
        self.asked += 1
        await self.may_answer.wait()
        if receipt in FAILURES:
            raise FAILURES[receipt]
        return {"receipt_number": receipt, "with_messages": with_messages}

    async def _act(self, wanted: dict[str, Any]) -> dict[str, Any]:
        try:
            await self.may_answer.wait()
            self.acted.append(wanted)
            return wanted
        finally:
            self.left += 1

    async def ask(self, path: str, *, method: str = "GET", token: str = "", body: str = "", host: str = "") -> Answer:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        named = host or f"127.0.0.1:{self.server.port}"
        lines = [
            f"{method} {path} HTTP/1.0",
            f"Host: {named}",
            f"Content-Length: {len(body)}",
            f"{TOKEN_HEADER}: {token}",
        ]
        writer.write("\r\n".join([*lines, "", body]).encode())
        found = Answer(await reader.read())
        writer.close()
        return found

    async def follow(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        writer.write(f"GET /events HTTP/1.0\r\nHost: 127.0.0.1:{self.server.port}\r\n\r\n".encode())
        assert b"text/event-stream" in await reader.readuntil(b"\r\n\r\n")
        return reader, writer


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    made = Room(TOKEN)
    await made.server.start()
    yield made
    await made.server.stop()


@pytest.fixture
async def reading_room() -> AsyncIterator[Room]:
    made = Room("")
    await made.server.start()
    yield made
    await made.server.stop()


@pytest.mark.parametrize("path", FILES)
async def test_every_file_comes_under_a_strict_policy(room: Room, path: str) -> None:
    found = await room.ask(path)
    assert found.status == 200
    policy = found.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'")
    assert "unsafe" not in policy
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    body = found.body.replace(b"http://www.w3.org/2000/svg", b"").replace(b"/*! https://github.com/leeoniya/uPlot", b"")
    assert b"http://" not in body
    assert b"https://" not in body
    assert b"style=" not in found.body


async def test_a_runbook_comes_under_the_same_policy_and_one_that_there_is_not_is_refused(room: Room) -> None:
    found = await room.ask("/runbook/outboxstuck")
    assert (found.status, found.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert found.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert b"<h1>OutboxStuck</h1>" in found.body
    for nothing in ("", "nothing", "../settings.py"):
        assert (await room.ask(f"/runbook/{nothing}")).status == 404


async def test_readers_get_each_look_as_it_comes_and_leave_no_trace(room: Room) -> None:
    room.board.put('{"n": 1}')
    reader, writer = await room.follow()
    assert json.loads((await reader.readuntil(b"\n\n")).split(b"data: ")[1]) == {"n": 1}
    room.board.put('{"n": 2}')
    assert json.loads((await reader.readuntil(b"\n\n")).split(b"data: ")[1]) == {"n": 2}
    assert json.loads((await room.ask("/look.json")).body) == {"n": 2}
    writer.close()

    async def gone() -> bool:
        room.board.put('{"n": 3}')
        return room.board.readers == 0

    await eventually(gone, what="the reader is forgotten")


@pytest.mark.usefixtures("traced")
async def test_pages_that_come_and_go_leave_no_memory_and_no_thread_behind(room: Room) -> None:
    """Some are closed properly, some are cut off; each has seen a look that no other one has seen."""
    text = "x" * 6_000

    async def gone() -> bool:
        room.board.put("{}")
        return room.board.readers == 0 and threading.active_count() <= threads

    async def held_after(first: int, last: int) -> int:
        """So many rounds, and how many bytes are held afterwards."""
        for n in range(first, last):
            room.board.put(json.dumps({"n": n, "text": text}))
            opened = [await room.follow() for _ in range(AT_ONCE)]
            for reader, _ in opened:
                assert json.loads((await reader.readuntil(b"\n\n")).split(b"data: ")[1])["n"] == n
            assert json.loads((await room.ask("/look.json")).body)["n"] == n
            assert (await room.ask("/case/1000000000000008")).status == 200
            for m, (_, writer) in enumerate(opened):
                leave = writer.transport.abort if m % 2 else writer.close
                leave()
            await eventually(gone, what="no reader and no thread is left")
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    threads = threading.active_count()  # one of another test may be about to end
    before = await held_after(0, ROUNDS)
    assert await held_after(ROUNDS, 2 * ROUNDS) - before < MOST_GROWTH


async def test_too_many_pages_are_refused(room: Room) -> None:
    for _ in range(MOST_READERS):
        assert room.board.enter()
    assert (await room.ask("/events")).status == 503
    room.board.leave()
    _, writer = await room.follow()
    writer.close()


async def test_control_wants_the_token_and_an_object(room: Room) -> None:
    assert (await room.ask("/control", method="POST", body='{"speed": 0}')).status == 403
    assert (await room.ask("/control", method="POST", token="wrong", body='{"speed": 0}')).status == 403
    for body in ("", "{", "[1]", "x" * 20_000):
        assert (await room.ask("/control", method="POST", token=TOKEN, body=body)).status == 400
    assert room.acted == []
    assert (await room.ask("/control", method="POST", token=TOKEN, body='{"speed": 0}')).status == 200
    assert room.acted == [{"speed": 0}]


async def test_without_a_token_nobody_acts(reading_room: Room) -> None:
    found = await reading_room.ask("/control", method="POST", body='{"speed": 0}')
    assert found.status == 403
    assert b"SHINSEI_ROOM_CONTROL_TOKEN" in found.body
    assert reading_room.acted == []


async def test_another_name_for_this_machine_is_refused(room: Room) -> None:
    """A page from elsewhere whose name was made to point here must not read the room."""
    assert (await room.ask("/look.json", host="evil.example")).status == 403
    assert (await room.ask("/look.json", host="localhost:1")).status == 200


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [("/look.json", "[", 403), ("/look.json", "[nowhere]:80", 403), ("http://[/look.json", "", 404), ("*", "", 404)],
)
async def test_an_address_that_is_none_gets_an_answer(room: Room, path: str, host: str, status: int) -> None:
    assert (await room.ask(path, host=host)).status == status
    assert (await room.ask("/control", method="POST", token=TOKEN, body="[" * 9_000)).status == 400


async def test_a_reader_who_goes_before_the_answer_writes_nothing_into_the_log(
    room: Room, capfd: pytest.CaptureFixture[str]
) -> None:
    threads = threading.active_count()
    room.may_answer.clear()
    _, writer = await asyncio.open_connection("127.0.0.1", room.server.port)
    writer.write(b"GET /case/1000000000000008 HTTP/1.0\r\nHost: localhost\r\n\r\n")
    await eventually(lambda: room.asked, what="the case is asked for")
    writer.transport.abort()
    await writer.wait_closed()
    room.may_answer.set()
    await eventually(lambda: threading.active_count() <= threads, what="the answer was tried")
    assert capfd.readouterr() == ("", "")


async def test_what_was_not_done_in_time_is_not_done_later(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever was told that nobody answers may have wanted something else since."""
    monkeypatch.setattr(server, "_ANSWER_WITHIN_S", 0.1)
    room.may_answer.clear()
    assert (await room.ask("/control", method="POST", token=TOKEN, body='{"speed": 0}')).status == 503
    room.may_answer.set()
    await eventually(lambda: room.left == 1, what="it is given up")
    assert room.acted == []


async def test_a_case_is_told_or_its_problem_is(room: Room) -> None:
    told = json.loads((await room.ask("/case/1000000000000008?messages=1")).body)
    assert told == {"receipt_number": "1000000000000008", "with_messages": True}
    assert [(await room.ask(f"/case/{receipt}")).status for receipt in FAILURES] == [400, 404, 503]
    assert json.loads((await room.ask("/case/2")).body)["error"] == {
        "en": "no receipt '2'",
        "ja": "見つかりません(no receipt '2')",
    }
    assert (await room.ask("/passwd")).status == 404
    assert (await room.ask("/../settings.py")).status == 404


async def test_a_port_in_use_is_one_clear_line(room: Room) -> None:
    second = WebServer("127.0.0.1", room.server.port, Desk(Board(), "", room._story, room._act))
    with pytest.raises(StartError, match="cannot be served"):
        await second.start()
