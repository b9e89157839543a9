"""A partition at which a service has stopped: a person sees which, where and why, and can have it tried again."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.e2e.runbooks import STOPPED

from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts import headers as wire
from shinsei.contracts.headers import Headers
from shinsei.contracts.topics import STATUS_CHANGED
from shinsei.domain.simtime import SimTime
from shinsei.runtime.kafka import Outgoing, Producer
from shinsei.stack import Stack, ensure, stop
from shinsei.testing.command_line import CommandLine
from shinsei.testing.prometheus import watching
from shinsei.testing.waiting import eventually

PARTITION = 6


@pytest.fixture
def lonely_stack(tmp_path: Path) -> Iterator[Stack]:
    """What the linkage server stands on, and itself; its partition stays stopped, so no other test may have it."""
    home = tmp_path / "home"
    started, _ = ensure(home, ports="free", only=("linkage_server",))
    yield started
    stop(home)


@pytest.fixture
async def producer(lonely_stack: Stack) -> AsyncIterator[Producer]:
    """Somebody who writes to a topic that is not theirs."""
    opened = Producer(lonely_stack.addresses.kafka_bootstrap, "somebody")
    await opened.start()
    yield opened
    await opened.stop()


def unreadable(type_name: str) -> Outgoing:
    """A record with good headers whose value is of no message."""
    headers = Headers(type=type_name, run_id="x", number=1, event_id="x/1", at=SimTime(0), sent_ms=1)
    return (b"482013", b"\xff\xff\xff", wire.encode(headers))


async def test_status_shows_a_stopped_partition_with_its_offset_and_reason(
    lonely_stack: Stack, producer: Producer, tmp_path: Path
) -> None:
    shinsei = CommandLine(home=lonely_stack.home, out=tmp_path)
    known = events.StatusChanged.DESCRIPTOR.full_name

    async def stopped() -> list[dict[str, object]]:
        shown: list[dict[str, object]] = json.loads(await shinsei.run("status", "--json"))["stopped_partitions"]
        return shown

    assert await stopped() == []
    # The first is buried, for it is no event of this topic; the second is one.
    await producer.send_all(STATUS_CHANGED.name, PARTITION, [unreadable("alien.v1.Message"), unreadable(known)])
    (found,) = await eventually(stopped, within_s=60, what="the partition stops")
    reason = str(found.pop("reason"))
    assert reason.startswith(f"{known}: ")
    where = {"topic": STATUS_CHANGED.name, "partition": PARTITION, "offset": 1}
    assert found == {"part": "linkage_server", **where}
    assert f"{STATUS_CHANGED.name}, partition {PARTITION}, at offset 1: {known}" in await shinsei.run("status")
    processes = {"linkage_server": lonely_stack.addresses.metrics["linkage_server"]}
    (tmp_path / "watcher").mkdir()
    async with watching(tmp_path / "watcher", processes) as watcher:
        await watcher.until_fired(*STOPPED)

    await shinsei.run("restart", "linkage_server")
    (again,) = await eventually(stopped, within_s=60, what="the same record is tried again")
    assert (again["partition"], again["offset"]) == (PARTITION, 1)
