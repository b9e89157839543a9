"""The network of the zones: namespaces joined by a firewall, which is the namespace that this process is in.

A part is a thread with a network namespace of its own, and so is what the thread starts. So no namespace has a name
that could stay behind: they are gone with this process.
"""

import asyncio
import contextlib
import ctypes
import socket
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final, Self, TypeVar

from tests.zones.plan import ADDRESS, GATEWAY, Way, allowed, rules
from tests.zones.tools import counted, ip, nft, nft_list

from shinsei.stack.waiting import answers

APART: Final = ("--net", "--pid", "--fork", "--kill-child", "--mount-proc")
"""What ``unshare`` is asked for: networks of its own, and whatever is started there ends with it."""
PATIENCE_S: Final = 2.0
"""A call that nobody has answered by then is refused; the second packet of the call comes after a second."""
_NEW_NETWORK: Final = 0x40000000
_FORWARDING: Final = Path("/proc/sys/net/ipv4/ip_forward")

T = TypeVar("T")


class Station:
    """A part of the world: one thread in a network namespace of its own."""

    def __init__(self, address: str) -> None:
        """Takes the address that the part has."""
        self.address = address
        self._thread = ThreadPoolExecutor(max_workers=1, initializer=_leave_the_network)
        self.thread_id = self._thread.submit(threading.get_native_id).result()

    def do(self, work: Callable[[], T]) -> Future[T]:
        """Works there, one thing after the other."""
        return self._thread.submit(work)

    def join(self) -> None:
        """Take the address on the line that the firewall has laid, and call everybody by way of it."""
        self.do(
            lambda: ip(
                "link set lo up",
                "link set line up",
                f"address add {self.address}/32 dev line",
                f"route add {GATEWAY} dev line",
                f"route add default via {GATEWAY}",
            )
        ).result()

    def listen(self, ports: Collection[int]) -> list[socket.socket]:
        """Answer on these ports, as far as connections go: the kernel takes them, and nobody ever looks."""
        return self.do(lambda: [socket.create_server((self.address, port)) for port in ports]).result()

    def try_all(self, targets: Mapping[Way, tuple[str, int]]) -> "Future[set[Way]]":
        """Which of these it can open a connection to."""
        return self.do(lambda: asyncio.run(_open_all(targets)))

    def leave(self) -> None:
        """End the thread."""
        self._thread.shutdown()


class Network:
    """Every part, and the firewall between them."""

    def __init__(self, stations: Mapping[str, Station]) -> None:
        """Takes the stations by the part that stands there."""
        self.stations = stations
        self._heard: list[socket.socket] = []

    @classmethod
    @contextlib.contextmanager
    def laid(cls) -> Iterator[Self]:
        """The network for the time of the block; its rules are there before anything can pass."""
        _FORWARDING.write_text("0", encoding="ascii")
        nft("-f", "-", given=rules(allowed(), ADDRESS))
        with contextlib.ExitStack() as opened:
            stations = {}
            for part, address in ADDRESS.items():
                stations[part] = Station(address)
                opened.callback(stations[part].leave)
            ip(*(f"link add to{n} type veth peer line netns {one.thread_id}" for n, one in _numbered(stations)))
            for n, station in _numbered(stations):
                ip(
                    f"link set to{n} up",
                    f"address add {GATEWAY}/32 dev to{n}",
                    f"route add {station.address} dev to{n}",
                )
                station.join()
            _FORWARDING.write_text("1", encoding="ascii")
            yield cls(stations)

    def try_all(self, ways: Collection[Way]) -> set[Way]:
        """Which of these can be opened; everybody tries at once."""
        tried = [
            station.try_all({way: (ADDRESS[way.callee], way.port) for way in ways if way.caller == part})
            for part, station in self.stations.items()
        ]
        return set().union(*(each.result() for each in tried))

    def listen(self, part: str, ports: Collection[int]) -> None:
        """Answer there until the network is gone."""
        self._heard += self.stations[part].listen(ports)

    def forget(self) -> None:
        """Begin the firewall's list of what it has seen anew."""
        for name in ("opened", "refused"):
            nft("flush", "set", "inet", "firewall", name)

    def opened(self) -> set[Way]:
        """What the firewall has let pass so far."""
        return _written_down("opened")

    def refused(self) -> set[Way]:
        """What it has dropped so far."""
        return _written_down("refused")

    @contextlib.contextmanager
    def cut(self, lines: Collection[tuple[str, str]]) -> Iterator[None]:
        """No packet passes on these lines for the time of the block; nobody is told, and what is open hangs."""
        nft("add", "element", "inet", "firewall", "cut", _elements(lines))
        try:
            yield
        finally:
            nft("flush", "set", "inet", "firewall", "cut")

    def forget_connections(self, lines: Collection[tuple[str, str]]) -> None:
        """What has been opened on these lines so far is dead, as behind a firewall that begins anew.

        Neither end is told: whoever waits there would wait without end.
        """
        found = [entry["concat"] for entry in nft_list("set", "firewall", "connections").get("elem", ())]
        ends = [(a, str(b), c, str(d)) for a, b, c, d in found if (a, c) in lines]
        both_ways = [*ends, *((c, d, a, b) for a, b, c, d in ends)]
        nft("add", "element", "inet", "firewall", "forgotten", _elements(both_ways))

    def lost(self) -> int:
        """Packets that came to a line that was cut."""
        return counted("firewall", "lost")

    def dead(self) -> int:
        """Packets of connections that have been forgotten."""
        return counted("firewall", "dead")

    def strange(self) -> int:
        """Packets that belong to no TCP connection."""
        return counted("firewall", "strange")


def _leave_the_network() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_NETWORK) != 0:
        raise OSError(ctypes.get_errno(), "no network namespace of its own for a thread")


def _numbered(stations: Mapping[str, Station]) -> "enumerate[Station]":
    return enumerate(stations.values())


def _elements(tuples: Collection[tuple[str, ...]]) -> str:
    return f"{{ {', '.join(' . '.join(one) for one in sorted(tuples))} }}"


def _written_down(name: str) -> set[Way]:
    part_at = {address: part for part, address in ADDRESS.items()}
    entries = [entry["elem"]["val"]["concat"] for entry in nft_list("set", "firewall", name).get("elem", ())]
    return {Way(part_at[caller], part_at[callee], port) for caller, callee, port in entries}


async def _open_all(targets: Mapping[Way, tuple[str, int]]) -> set[Way]:
    found = await asyncio.gather(*(answers(f"{host}:{port}", PATIENCE_S) for host, port in targets.values()))
    return {way for way, opens in zip(targets, found, strict=True) if opens}
