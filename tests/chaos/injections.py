"""What chaos does to a stack: the table of injections, each a row of the report."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Final

import psutil
from tests.chaos.line import CALLED
from tests.chaos.place import Place

from shinsei.cli.targets import targets_of
from shinsei.contracts.fault_flags import EVERY_SERVICE, FLAGS, ON_THE_SPINE, FaultFlag, Flag
from shinsei.contracts.topics import APPLICATION_FETCHED
from shinsei.runtime.clock import sleep
from shinsei.runtime.kafka.producer import Outgoing, Producer
from shinsei.stack.errors import StackError
from shinsei.testing.second_process import SecondProcess
from shinsei.testing.waiting import eventually

STORES: Final = ("kafka", "postgres")
BEYOND_THE_SESSION_S: Final = 12.0
"""Longer than the ten seconds after which the group gives a member up (``runtime/kafka/consumer.py``)."""
_MET_WITHIN_S: Final = 150.0
"""For how long a flag stays that nothing has met yet: application management calls somebody once a simulated day, which
takes 6 s in a season and 144 s in a load.
"""
_LATER_S: Final = 180.0
_ALIEN: Final[Outgoing] = (b"482013", b"\xff\x00chaos", [("no", b"header of ours")])
_GENTLE: Final = {(FaultFlag.CLOCK_SKEW, "portal_sim"): 5}
"""Other values than the usual: the portal's clock paces the load, where a jump of minutes is one of days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Injection:
    """One thing that is done to a stack."""

    name: str
    """Its row of the table."""
    strike: Callable[[Place], Awaitable[int | None]]
    """Does it; what lasts is over when this returns: for flags with how often they have done something, for a line with
    how many packets it has lost.
    """
    letters: int = 0
    """Dead letters that it makes."""


def kills() -> list[Injection]:
    """``kill -9`` of each service, of two at once, of Kafka and of PostgreSQL."""
    alone = [Injection(name=f"kill -9 {part}", strike=partial(_kill, (part,))) for part in (*EVERY_SERVICE, *STORES)]
    pairs = [
        Injection(name=f"kill -9 {' and '.join(pair)}", strike=partial(_kill, pair))
        for pair in (*combinations(EVERY_SERVICE, 2), STORES)
    ]
    return [*alone, *pairs]


def pauses() -> list[Injection]:
    """SIGSTOP of each service, of Kafka and of PostgreSQL, for longer than the session time-out."""
    return [
        Injection(name=f"SIGSTOP {part} {BEYOND_THE_SESSION_S:g} s", strike=partial(_pause, part))
        for part in (*EVERY_SERVICE, *STORES)
    ]


def scalings() -> list[Injection]:
    """A second consumer comes into the group, and goes: in good order, or as by ``kill -9``."""
    return [
        Injection(name=f"one more {service}, {ending}", strike=partial(_scale, service, ending))
        for service in ON_THE_SPINE
        for ending in ("drained", "killed")
    ]


def flags() -> list[Injection]:
    """Each fault flag in each service where it can be set."""
    return [
        Injection(name=f"flag {flag.name} in {service}", strike=partial(_flag, flag, service))
        for flag in FLAGS.values()
        for service in flag.services
    ]


def cuts() -> list[Injection]:
    """A service on its own: no call leaves, nothing is sent to Kafka and nothing comes from it.

    Done with fault flags at the ends of the connections, not with packets.
    """
    return [
        Injection(name=f"network cut around {service} (by flags)", strike=partial(_cut, service))
        for service in ON_THE_SPINE
    ]


def cut_lines() -> list[Injection]:
    """The line to each part that a service calls, for longer than the session time-out: packets are dropped."""
    return [
        Injection(name=f"packets of {part} dropped {BEYOND_THE_SESSION_S:g} s", strike=partial(_drop, part))
        for part in CALLED
    ]


def others() -> list[Injection]:
    """A record that no part of Shinsei wrote; a disk that is full."""
    return [
        Injection(name="alien record on application.fetched", strike=_alien, letters=1),
        Injection(name="disk full", strike=_fill_the_disk),
    ]


def everything(place: Place) -> list[Injection]:
    """All that can be done to this stack."""
    lines = cut_lines() if place.line is not None else []
    found = [*kills(), *pauses(), *scalings(), *cuts(), *lines, *flags(), *others()]
    return [one for one in found if place.disk is not None or one.strike is not _fill_the_disk]


async def _kill(parts: Sequence[str], place: Place) -> None:
    for part in parts:
        await _signal(place, part, signal.SIGKILL)


async def _pause(part: str, place: Place) -> None:
    """With what it has forked: a server's processes go on without the one that has started them."""
    await _signal(place, part, signal.SIGSTOP)
    leader = place.stack.status().part(part)
    assert leader is not None
    children = psutil.Process(leader.pid).children(recursive=True)
    try:
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.send_signal(signal.SIGSTOP)
        await sleep(BEYOND_THE_SESSION_S)
    finally:
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.send_signal(signal.SIGCONT)
        await _signal(place, part, signal.SIGCONT)


async def _signal(place: Place, part: str, number: signal.Signals) -> None:
    """As from outside; one that has no process at this moment gets it when it has one again."""

    async def sent() -> bool:
        try:
            await asyncio.to_thread(place.stack.kill, part, number)
        except StackError:
            return False
        return True

    await eventually(sent, within_s=60, every_s=0.2, what=f"{part} has a process")


async def _scale(service: str, ending: str, place: Place) -> None:
    second = await asyncio.to_thread(SecondProcess.start, place.stack, service)
    place.seconds.append(second)
    try:
        await eventually(
            lambda: asyncio.to_thread(second.has_partitions), within_s=90, every_s=0.3, what=f"{service} has joined"
        )
        if ending == "drained":
            assert await asyncio.to_thread(second.drain) == 0, f"the second {service} has not drained"
    finally:
        await asyncio.to_thread(second.kill)
        place.seconds.remove(second)


async def _flag(flag: Flag, service: str, place: Place) -> int:
    return await _stand(place, service, {flag: _GENTLE.get((flag.name, service), flag.usual)})


async def _cut(service: str, place: Place) -> int:
    cut = [FLAGS[name] for name in (FaultFlag.CALLS_CUT, FaultFlag.BROKER_PAUSED)]
    return await _stand(place, service, {flag: flag.usual for flag in cut})


async def _stand(place: Place, service: str, values: Mapping[Flag, int]) -> int:
    """Sets flags for a while, until something has met them, and clears them; how often they have done something."""
    for flag, value in values.items():
        # Were nobody left to clear it, it would end by itself.
        await place.switch.set_flag(flag, service, value, for_s=place.lasts_s + _LATER_S, seed=len(service))
    names = [flag.name for flag in values]

    async def struck() -> int:
        standing = (await place.switch.now()).flags
        return sum(one.struck for one in standing if one.service == service and one.flag in names)

    await sleep(place.lasts_s)
    with suppress(AssertionError):
        await eventually(struck, within_s=_MET_WITHIN_S, every_s=0.5)
    found = await struck()
    for name in names:
        await place.switch.clear(service, str(name))
    return found


async def _drop(part: str, place: Place) -> int:
    assert place.line is not None, "the stack is in a network of its own"
    addresses = {**targets_of(place.stack.addresses), "kafka": place.stack.addresses.kafka_bootstrap}
    before = place.line.lost()
    with place.line.cut(addresses[part]):
        await sleep(BEYOND_THE_SESSION_S)
    return place.line.lost() - before


async def _alien(place: Place) -> None:
    producer = Producer(place.stack.addresses.kafka_bootstrap, "chaos")
    await producer.start()
    try:
        await producer.send_all(APPLICATION_FETCHED.name, 0, [_ALIEN])
    finally:
        await producer.stop()


async def _fill_the_disk(place: Place) -> None:
    """The volume has no more room than what lies on it; then it has room again."""
    assert place.disk is not None, "the stack lies on a volume of its own"
    place.disk.fill()
    try:
        await sleep(place.lasts_s)
    finally:
        place.disk.empty()
