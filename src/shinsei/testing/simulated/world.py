"""A world of processes: who lives, what happens to whom at which step, and the story of it all."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextvars import Context
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple, Protocol, TypeVar

from shinsei.runtime.makers import MAKERS, Makers
from shinsei.runtime.retry import describe
from shinsei.testing.simulated.fates import CRASHES, Fate, Mischief
from shinsei.testing.simulated.loop import Process, VirtualLoop, current

T = TypeVar("T")

SESSION_S = 10.0
"""A process that stands still for longer is given up by its group, as ``session_timeout_ms`` of the consumers says."""


class Part(Protocol):
    """A part outside, which notices that a process has gone or has stood still for too long."""

    def drop(self, process: Process) -> None:
        """It has died: its connections are gone."""

    def shake(self, process: Process) -> None:
        """Its groups share their partitions out anew."""

    def lose(self, process: Process) -> None:
        """It has not been heard of for longer than it may."""

    def hear(self, process: Process) -> None:
        """It is heard of again."""


@dataclass(kw_only=True)
class Node:
    """A place at which a process lives, one after the other.

    Args:
        name: of the service.
        live: its whole life; when it returns or raises, the process has left.
        makers: its connections to the parts outside.
    """

    name: str
    live: Callable[[], Coroutine[Any, Any, None]]
    makers: Callable[[Process], Makers]
    fates: dict[int, Fate] = field(default_factory=dict)
    steps: int = 0
    lives: int = 0
    chance: Random = field(default_factory=Random)
    process: Process | None = None


class Event(NamedTuple):
    """A line of the story."""

    at_s: float
    who: str
    what: str
    more: str = ""
    """A statement, shown by its first words."""


class World:
    """Everything that one seed is about.

    Args:
        seed: of all chance in it.
        mischief: what is done to whom.
        slow_share: share of the steps that take a while.
        slow_s: how long the longest of them takes.
    """

    def __init__(
        self, seed: int, mischief: Iterable[Mischief] = (), *, slow_share: float = 0.25, slow_s: float = 0.02
    ) -> None:
        self.seed = seed
        self.loop = VirtualLoop(Random(f"{seed}/turns"))
        self.story: list[Event] = []
        self.met: list[Mischief] = []
        """Mischief that has happened; what was due behind the end has not."""
        self.nodes: dict[str, Node] = {}
        self.parts: list[Part] = []
        self.peace = False
        """Whether nothing is done to anybody any more."""
        self._chance = Random(f"{seed}/world")
        self._slow_share = slow_share
        self._slow_s = slow_s
        self._is_over = False
        self._mischief = list(mischief)
        self._processes: list[Process] = []
        self.process = Process("world")
        self.context: Context = self.loop.context_of(self.process)

    def add(self, node: Node) -> None:
        """Puts a node into the world."""
        node.chance = Random(f"{self.seed}/{node.name}")
        node.fates = {one.step: one.fate for one in self._mischief if one.node == node.name}
        self.nodes[node.name] = node

    def open(self, makers: Makers) -> None:
        """Gives the world itself connections to the parts, for looking at them."""
        self.context.run(MAKERS.set, makers)

    def start(self, node: Node) -> None:
        """Begins a life."""
        node.lives += 1
        process = Process(node.name)
        node.process = process
        self._processes.append(process)
        context = self.loop.context_of(process, (MAKERS, node.makers(process)))
        self.tell(node.name, f"begins life {node.lives}")
        self.loop.create_task(self._live(node, process), name=node.name, context=context)

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        """Runs the world until ``main`` is done."""
        task = self.loop.create_task(main, name="main", context=self.context)
        try:
            result: T = self.loop.run_until_complete(task)
            return result
        finally:
            self.peace = self._is_over = True
            self.loop.bury([*self._processes, self.process])
            self.loop.close()

    def tell(self, who: str, what: str, more: str = "") -> None:
        """Adds to the story, until it is over."""
        if self._is_over:
            return
        self.story.append(Event(self.loop.now_s, who, what, more))

    def speaker(self) -> str:
        """Name of the process that runs."""
        process = current()
        return "nobody" if process is None else process.name

    def chance_of(self, process: Process) -> Random:
        """The chance of a process's node; the world's own for any other."""
        return self.nodes[process.name].chance if process.name in self.nodes else self._chance

    async def exchange(
        self,
        process: Process,
        what: str,
        effect: Callable[[], Awaitable[T]],
        lost: Callable[[], BaseException],
        more: str = "",
    ) -> T:
        """One step outward: a while before or after it, and whatever is due at it.

        Args:
            process: whose step it is.
            what: it is, for the story.
            effect: what happens outside.
            lost: the error of a connection that breaks.
            more: about it, for the story.
        """
        node = self.nodes.get(process.name)
        if node is None or self.peace or process is not node.process:
            return await effect()
        node.steps += 1
        step = node.steps
        fate = node.fates.get(step)
        before_s, after_s = self._delays_s(node)
        await asyncio.sleep(before_s)
        if fate is not None:
            self.met.append(Mischief(node=node.name, step=step, fate=fate))
            self.tell(node.name, f"{fate} {what}", more)
            await self._meet(process, fate, before=True, lost=lost)
        result = await effect()
        self.tell(node.name, what, more)
        if fate is not None:
            await self._meet(process, fate, before=False, lost=lost)
        if after_s:
            await asyncio.sleep(after_s)
        return result

    def crash(self, process: Process, why: str) -> None:
        """Ends a process, and lets its node begin anew a while later."""
        if not process.is_alive:
            return
        node = self.nodes[process.name]
        self.tell(node.name, f"dies ({why})")
        self.loop.kill(process)
        for part in self.parts:
            part.drop(process)
        self.loop.call_later(0.05 + node.chance.random(), self.start, node, context=self.context)

    async def _live(self, node: Node, process: Process) -> None:
        try:
            await node.live()
            why = "its work is done"
        except Exception as error:  # noqa: BLE001 - a process that leaves is started again, whatever it is
            why = describe(error)
        if node.name in self.nodes:
            self.loop.call_soon(self.crash, process, why, context=self.context)

    async def _meet(self, process: Process, fate: Fate, *, before: bool, lost: Callable[[], BaseException]) -> None:
        if fate in CRASHES and (fate is Fate.CRASH_BEFORE) is before:
            self.crash(process, fate)
            await self.loop.create_future()
        elif fate is (Fate.LOST_BEFORE if before else Fate.LOST_AFTER):
            raise lost()
        elif before and fate is Fate.STALL:
            await self._stall(process)
        elif before and fate is Fate.REBALANCE:
            for part in self.parts:
                part.shake(process)

    async def _stall(self, process: Process) -> None:
        for_s = 1.5 * SESSION_S * self.chance_of(process).random()
        self.loop.freeze(process, for_s, self.context)
        if for_s > SESSION_S:
            self.loop.call_later(SESSION_S, self._lose, process, context=self.context)
        await asyncio.sleep(0)
        for part in self.parts:
            part.hear(process)

    def _lose(self, process: Process) -> None:
        if process.is_alive:
            for part in self.parts:
                part.lose(process)

    def _delays_s(self, node: Node) -> tuple[float, float]:
        """How long a step waits to be done, and for its answer."""
        drawn = node.chance.random() / self._slow_share if self._slow_share else 2.0
        if drawn >= 1:
            return 0.0, 0.0
        # Most waits are short, some are long.
        delay_s = self._slow_s * drawn**4
        return (delay_s, 0.0) if node.chance.random() < 0.5 else (0.0, delay_s)  # noqa: PLR2004 - a coin
