"""The driver of the benchmark heeds a portal that pushes back, and gives one that does not all that it has."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from grpc.aio import AioRpcError, Metadata

from bench import load as driver
from bench.load import Load
from bench.modes import Mode
from bench.payloads import Filing
from bench.registered import Registered
from shinsei.api.portal.v1 import portal_pb2 as api

LANES, ENOUGH = 64, 2_000
MODE = Mode(about="unary submit", size=1, singly=False, lanes=LANES, fewest_open=ENOUGH)
TOLD_MS = 250
FILING = Filing(municipality="131016", submission_id="131016-a", encoded=b"")


class Portal:
    """Takes so many calls at once, refuses others at once, and registers what it has taken."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._under_way = 0
        self._free = asyncio.Event()
        self.most_seen = 0
        self.has_enough = asyncio.Event()
        self.registered = Registered("127.0.0.1:1", "application.status-changed", "bench")

    async def submit(self, _: bytes) -> Any:
        self.most_seen = max(self.most_seen, self._under_way + 1)
        if self._under_way >= self._most:
            told = Metadata(("retry-after-ms", f"{TOLD_MS}"))
            raise AioRpcError(grpc.StatusCode.RESOURCE_EXHAUSTED, Metadata(), told, "more comes than is done")
        self._under_way += 1
        await in_a_while()
        self._under_way -= 1
        self.registered.moments.append((0, 0))
        if self.registered.count >= ENOUGH:
            self.has_enough.set()
        return api.SubmitResponse()


async def in_a_while() -> None:
    """Everybody else has had a turn by then."""
    loop = asyncio.get_running_loop()
    for _ in range(3):
        passed: asyncio.Future[None] = loop.create_future()
        loop.call_soon(passed.set_result, None)
        await passed


Drive = Callable[[Portal], Load]


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """For how long the driver has waited: it takes no time."""
    found: list[float] = []

    async def sleep(seconds: float) -> None:
        found.append(seconds)
        await in_a_while()

    monkeypatch.setattr(driver, "sleep", sleep)
    return found


@pytest.fixture
def drive(monkeypatch: pytest.MonkeyPatch) -> Drive:
    """A driver of a portal that is none."""

    def made(portal: Portal) -> Load:
        channel = SimpleNamespace(unary_unary=lambda *_, **__: portal.submit)
        monkeypatch.setattr(driver, "channel", lambda *_, **__: channel)
        payloads: Any = SimpleNamespace(filings=lambda size: [FILING] * size)
        return Load("127.0.0.1:1", payloads, MODE, portal.registered)

    return made


async def saturated(load: Load, portal: Portal) -> None:
    load.saturate()
    await portal.has_enough.wait()
    await load.settle(1.0)


async def test_who_is_refused_comes_again_when_the_portal_has_said(drive: Drive, waits: list[float]) -> None:
    portal = Portal(0)
    load = drive(portal)
    refused = asyncio.create_task(load.offer(per_s=1_000, seconds=0.001))
    while len(waits) < 3:
        await in_a_while()
    portal._most = 1
    await refused
    assert set(waits) == {TOLD_MS / 1000}
    assert (load.refused, load.accepted) == (len(waits), 1)


async def test_a_portal_that_refuses_nobody_gets_all_that_the_driver_has(drive: Drive, waits: list[float]) -> None:
    portal = Portal(LANES)
    load = drive(portal)
    await saturated(load, portal)
    assert (portal.most_seen, load.refused, waits) == (LANES, 0, [])


async def test_a_portal_that_takes_few_at_once_gets_hardly_more(drive: Drive, waits: list[float]) -> None:
    portal = Portal(5)
    load = drive(portal)
    await saturated(load, portal)
    assert portal.most_seen <= 10
    assert load.refused < load.accepted / 10
    assert set(waits) == {TOLD_MS / 1000}


async def test_what_was_refused_is_submitted_before_it_is_over(drive: Drive, waits: list[float]) -> None:
    portal = Portal(5)
    load = drive(portal)
    await saturated(load, portal)
    assert load.accepted == portal.registered.count
    assert load.open == 0
    assert waits
