"""The runbooks walked: a season in which much goes wrong at once is watched by a Prometheus in a hurry.

The season is thrown away at the end. What a runbook tells to do is in the tests of what it names; here each fault is
raised, and its alert is seen.
"""

import asyncio
import contextlib
import json
import signal
import subprocess
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path

import psutil
import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from grpc.aio import AioRpcError
from prometheus_client import CollectorRegistry, start_http_server
from tests.e2e.runbooks import BY_A_STAND_IN, SEASON

from shinsei.api.events.v1 import events_pb2 as events
from shinsei.api.portal.v1.portal_pb2 import GetStatusRequest
from shinsei.api.portal.v1.portal_pb2_grpc import PortalServiceStub
from shinsei.cli.targets import targets_of
from shinsei.contracts import headers as wire
from shinsei.contracts.fault_flags import FaultFlag
from shinsei.contracts.headers import Headers
from shinsei.contracts.topics import APPLICATION_FETCHED, STATUS_CHANGED, WORK_REQUESTED
from shinsei.domain.forecast import Prospect
from shinsei.domain.simtime import SimTime
from shinsei.room import metrics
from shinsei.runtime.clock import RealClock
from shinsei.runtime.identity import kafka_options
from shinsei.runtime.kafka import Outgoing, Producer
from shinsei.runtime.rpc import channel
from shinsei.season.gateway import Gateway
from shinsei.season.wishes import wish_speed
from shinsei.stack import Stack
from shinsei.stack.home import Home
from shinsei.testing.command_line import CommandLine, open_season, reached
from shinsei.testing.prometheus import Watcher, watching
from shinsei.testing.waiting import eventually

TAKEN = ",".join(f"2021-06-{day}" for day in range(15, 31))
"""Days on which somebody else has the batch window: every one from the deadline on."""
HOPELESS = (
    *("--methods", "RPA,BATCH_IMPORT", "--fast-until", "2021-06-18T12:00", "--speed", "3600"),
    *("--set", "office.productive_share=0.005"),
    *("--set", "methods.batch_import.max_records=1"),
    *("--set", "methods.batch_import.wait_at_most='2 h'"),
    *("--set", f"methods.batch_import.other_jobs=[{{dates=[{TAKEN}],start='18:30',duration='4 h'}}]"),
    *("--set", "office.core_offline=[{from=2021-06-18T12:00:00,until=2021-06-22T12:00:00}]"),
    *("--set", "methods.rpa.ui_changes=[2021-06-01]"),
    *("--set", "methods.rpa.ui_repair_days=60"),
    *("--set", 'line.outages=[{start=2021-06-14T12:00:00,length="8 d"}]'),
)
"""A town with next to no time for cases, broken robots, import files of one record until there are none, a line that is
down, and in the end core systems that are."""
NEARLY_THERE = 17.4
"""Its day, in the morning before the noon up to which it runs flat out."""
EVENING = 20
"""Times as fast as the clock on the wall: the next poll is up to 45 s away, half a lookahead 18 minutes."""
PARTITION = 7
BLIND = frozenset({"RoomBlind", "LedgerUnread"})
"""What the room says of itself while the portal stands still."""


@pytest.fixture
async def somebody(stack: Stack) -> AsyncIterator[Producer]:
    """Who writes to topics that are not theirs."""
    opened = Producer(stack.addresses.kafka_bootstrap, "somebody")
    await opened.start()
    yield opened
    await opened.stop()


@asynccontextmanager
async def a_reader(stack: Stack) -> AsyncIterator[None]:
    """An open page: the room looks at the stack more often then."""
    host, port = stack.addresses.room.split("/")[2].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET /events HTTP/1.0\r\nHost: {host}:{port}\r\n\r\n".encode())
    following = asyncio.create_task(reader.read())
    try:
        yield
    finally:
        following.cancel()
        writer.close()
        await writer.wait_closed()


@contextmanager
def a_room_that_worries() -> Iterator[str]:
    """What an operations room says of a season at risk that has lost two cases, and is larger than it shows."""
    registry = CollectorRegistry()
    for gauge in (metrics.PROSPECT, metrics.UNACCOUNTED, metrics.NOT_SHOWN):
        registry.register(gauge)
    metrics.tell_prospects({"SCREEN_IMPORT": (Prospect.AT_RISK, 1)})
    metrics.UNACCOUNTED.set(2)
    metrics.NOT_SHOWN.set(188)
    server, thread = start_http_server(0, addr="127.0.0.1", registry=registry)
    yield f"http://127.0.0.1:{server.server_port}/metrics"
    server.shutdown()
    server.server_close()
    thread.join()
    metrics.tell_prospects({})
    metrics.UNACCOUNTED.set(0)
    metrics.NOT_SHOWN.set(0)


def old_record(number: int) -> Outgoing:
    """A good record of a run that nobody has opened, written a minute ago: it is counted and ignored."""
    watermark = events.Watermark(run_id="nobodys", municipality="482013")
    headers = Headers(
        type=watermark.DESCRIPTOR.full_name,
        run_id="nobodys",
        number=number,
        event_id=f"nobodys/482013/watermark/{number}",
        at=SimTime(0),
        sent_ms=RealClock().now_ms() - 60_000,
    )
    return (b"482013", watermark.SerializeToString(), wire.encode(headers))


async def stand_still(stack: Stack, part: str, until: Callable[[], Awaitable[None]]) -> None:
    """Stops a process, as a debugger would, until its alert has been seen."""
    stack.kill(part, signal.SIGSTOP)
    try:
        await until()
    finally:
        stack.kill(part, signal.SIGCONT)


async def end_again_and_again(stack: Stack, part: str, watcher: Watcher) -> None:
    """Ends a process whenever it is back, until its alert has been seen."""
    began_s: set[str] = set()

    async def seen_after_one_more_end() -> bool:
        found = await watcher.query(f'process_start_time_seconds{{part="{part}"}}')
        if {one["value"][1] for one in found} - began_s:
            began_s.update(one["value"][1] for one in found)
            stack.kill(part)
        return "PartRestarts" in await watcher.fired()

    await eventually(seen_after_one_more_end, within_s=240, every_s=0.5, what="PartRestarts")


@contextmanager
def a_forecast_that_hangs(stack: Stack) -> Iterator[None]:
    """The room's worker stands still, and the room does not."""
    room = stack.status().part("room")
    assert room is not None
    (worker,) = (one for one in psutil.Process(room.pid).children() if "spawn_main" in " ".join(one.cmdline()))
    worker.suspend()
    try:
        yield
    finally:
        worker.resume()


@asynccontextmanager
async def a_flag(shinsei: CommandLine, flag: FaultFlag, service: str, *options: str) -> AsyncIterator[None]:
    """Something goes wrong in a service until its alert has been seen."""
    await shinsei.run("fault", "set", flag, *options, "--service", service)
    try:
        yield
    finally:
        await shinsei.run("fault", "clear", flag)


async def come_and_go(stack: Stack, watcher: Watcher) -> None:
    """Members that join the group of a service and leave it; they commit nothing."""

    async def seen_after_one_more() -> bool:
        member = AIOKafkaConsumer(
            STATUS_CHANGED.name,
            bootstrap_servers=stack.addresses.kafka_bootstrap,
            group_id="linkage_server",
            enable_auto_commit=False,
            partition_assignment_strategy=(StickyPartitionAssignor,),
            **kafka_options(stack.addresses.kafka_bootstrap, "linkage_server"),
        )
        await member.start()
        await member.stop()
        return "RebalanceStorm" in await watcher.fired()

    await eventually(seen_after_one_more, within_s=90, what="RebalanceStorm")


async def fall_behind(stack: Stack, shinsei: CommandLine, somebody: Producer, watcher: Watcher) -> None:
    """A consumer is stuck, and old records keep coming."""
    sent = 0

    async def send(count: int) -> None:
        nonlocal sent
        records = [old_record(number) for number in range(sent + 1, sent + 1 + count)]
        await somebody.send_all(APPLICATION_FETCHED.name, PARTITION, records)
        sent += count

    async def seen_with_more_to_do() -> bool:
        await send(10)
        return {"ConsumerStalled", "LagSecondsGrowing"} <= await watcher.fired()

    no_connection = a_flag(shinsei, FaultFlag.CONNECTIONS_EXHAUSTED, "app_mgmt", "--value", "0")
    async with a_flag(shinsei, FaultFlag.CONSUMER_STUCK, "app_mgmt"), no_connection:
        await eventually(seen_with_more_to_do, within_s=90, every_s=0.5, what="two alerts of a service that hangs")
        await watcher.until_fired("LevelsBlind", "PoolExhausted")


async def ask_in_vain(stack: Stack, shinsei: CommandLine, watcher: Watcher) -> None:
    """Applicants ask the portal for a status, and wait."""
    slow = a_flag(shinsei, FaultFlag.PORTAL_SLOW, "portal_sim", "--value", "1000")
    async with slow, channel(targets_of(stack.addresses)["portal_sim"], "portal_sim", role="applicant") as opened:
        portal = PortalServiceStub(opened)

        async def seen_after_one_more_call() -> bool:
            with contextlib.suppress(AioRpcError):
                await portal.GetStatus(GetStatusRequest(receipt_number="nobodys"))
            return "CallsSlow" in await watcher.fired()

        await eventually(seen_after_one_more_call, within_s=90, every_s=0.1, what="CallsSlow")


async def until_firing(watcher: Watcher, alert: str, *, wanted: bool = True, within_s: float = 60) -> None:
    """Waits until an alert fires now, whatever fired before, or until it does not."""

    async def is_so() -> bool:
        return bool(await watcher.query(f'ALERTS{{alertname="{alert}",alertstate="firing"}}')) is wanted

    await eventually(is_so, within_s=within_s, every_s=0.5, what=f"{alert}, firing: {wanted}")


async def all_firing(watcher: Watcher, alerts: Iterable[str]) -> None:
    """Waits until all of these fire."""
    await asyncio.gather(*(until_firing(watcher, alert) for alert in alerts))


async def until_the_room_sees_that_nothing_comes_back(stack: Stack) -> None:
    """By itself, since the stack's own Prometheus, which is in no hurry, takes three minutes for it."""

    def sentence() -> str:
        with urllib.request.urlopen(f"{stack.addresses.room.rstrip('/')}/look.json", timeout=10) as answer:  # noqa: S310 - loopback
            return str(json.load(answer)["verdict"]["sentence"]["en"])

    async def is_seen() -> bool:
        return "Provided that what was filed comes back again." in await asyncio.to_thread(sentence)

    await eventually(is_seen, within_s=240, every_s=0.5, what="nothing comes back, in the room")


async def cut_off(stack: Stack, shinsei: CommandLine, watcher: Watcher) -> None:
    """At the speed of a rehearsed evening, nothing gets from the linkage server to the portal any more."""
    pace = Home(path=stack.home).pace
    wish_speed(pace, EVENING)
    await until_firing(watcher, "NothingComesBack", wanted=False)
    async with a_flag(shinsei, FaultFlag.CALLS_CUT, "linkage_server"):
        # Whichever twin was ahead at an hour a second stands still at first, until the slow pace has come as far.
        await asyncio.gather(
            until_firing(watcher, "NothingComesBack", within_s=240), until_the_room_sees_that_nothing_comes_back(stack)
        )
    wish_speed(pace, None)


async def settle(shinsei: CommandLine, somebody: Producer, watcher: Watcher) -> None:
    """A record goes to the dead letters; the room counts it until somebody has decided about it, and the alert ends."""
    decide = ("dead-letters", "discard", "--since", "2021-01-01", "--why", "from nobody we know")
    await shinsei.run(*decide)  # about what others have left
    await somebody.send_all(WORK_REQUESTED.name, PARTITION, [(b"482013", b"no message", [("from", b"somebody")])])
    unsettled = partial(watcher.query, f'shinsei_dead_letters_unsettled{{topic="{WORK_REQUESTED.name}"}} > 0')
    await eventually(unsettled, within_s=240, every_s=0.5, what="a letter that nobody has settled")
    await until_firing(watcher, "DeadLettersNonZero")
    await shinsei.run(*decide)
    await until_firing(watcher, "DeadLettersNonZero", wanted=False, within_s=120)


async def disturb(stack: Stack, shinsei: CommandLine, somebody: Producer, watcher: Watcher) -> None:
    """Fault flags, a record for the dead letters, a part that stands still, a group that is never at rest."""

    async def a_loop() -> None:
        async with a_flag(shinsei, FaultFlag.LOOP_BLOCKED, "linkage_server"):
            await watcher.until_fired("EventLoopLate", "FaultSet")

    async def a_part() -> None:
        await stand_still(stack, "app_mgmt_streams", lambda: watcher.until_fired("PartMissing"))
        await end_again_and_again(stack, "app_mgmt_streams", watcher)

    await asyncio.gather(a_part(), a_loop(), come_and_go(stack, watcher), settle(shinsei, somebody, watcher))


@asynccontextmanager
async def hopeless_season(shinsei: CommandLine, gateway: Gateway) -> AsyncIterator["subprocess.Popen[str]"]:
    """Runs until it is thrown away."""
    season = shinsei.start("season", "smoke", *HOPELESS, *shinsei.season_options)
    try:
        yield season
    finally:
        season.kill()
        season.communicate()
        for run in await open_season(gateway):
            await gateway.close_run(run.spec)


@pytest.mark.timeout(600)
async def test_each_fault_of_a_hopeless_season_is_seen_by_its_alert(
    stack: Stack, shinsei: CommandLine, gateway: Gateway, somebody: Producer, tmp_path: Path
) -> None:
    async with AsyncExitStack() as around:
        room = around.enter_context(a_room_that_worries())
        targets = {**stack.addresses.metrics, "another_room": room}
        watcher = await around.enter_async_context(watching(tmp_path, targets))
        await around.enter_async_context(a_reader(stack))
        season = await around.enter_async_context(hopeless_season(shinsei, gateway))
        with a_forecast_that_hangs(stack):
            await asyncio.gather(
                disturb(stack, shinsei, somebody, watcher), reached(gateway, NEARLY_THERE, season, within_s=240)
            )
            await watcher.until_fired("ForecastTooOld")
        await asyncio.gather(fall_behind(stack, shinsei, somebody, watcher), ask_in_vain(stack, shinsei, watcher))
        await cut_off(stack, shinsei, watcher)
        async with a_flag(shinsei, FaultFlag.OUTBOX_STUCK, "app_mgmt"):
            await watcher.until_fired("OutboxStuck")
        await watcher.until_fired(*SEASON.keys() - BLIND, *BY_A_STAND_IN)
        # Last of all, because the season gets no further either.
        await asyncio.gather(*(until_firing(watcher, alert, wanted=False) for alert in BLIND))
        await stand_still(stack, "portal_sim", lambda: all_firing(watcher, BLIND))
