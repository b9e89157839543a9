"""aiokafka's consumer as the runtime uses it: a group of one topic, rebalances, fetches, commits."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaConnectionError

from shinsei.testing.simulated.broker import Broker, Kept
from shinsei.testing.simulated.loop import Process
from shinsei.testing.simulated.world import World

IDLE_S = 5.0
"""How long a fetch that finds nothing waits: longer than it was asked to, as a slow broker may; it costs steps."""


def _lost() -> BaseException:
    error: BaseException = KafkaConnectionError("the connection to the broker was closed")
    return error


class Consumer:
    """One member of a group."""

    def __init__(self, world: World, process: Process, broker: Broker, group_id: str, **_: Any) -> None:
        self.process = process
        self.group = group_id
        self.topic = ""
        self._world = world
        self._broker = broker
        self._listener: Any = None
        self._positions: dict[TopicPartition, int] = {}
        self._paused: set[TopicPartition] = set()
        self.is_expelled = False
        """Given up by its group, which it does not know yet."""
        self._mine: Sequence[int] | None = None
        """What the group has given to this member and it has not taken up yet."""
        self._gives_up = False
        self._news = asyncio.Event()
        self._rebalance = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connects."""
        await self._world.exchange(self.process, "connects to Kafka", _nothing, _lost)

    async def stop(self) -> None:
        """Leaves the group."""
        if self._task is not None:
            self._task.cancel()
        self._positions = {}
        self._broker.leave(self)

    def subscribe(self, topics: Sequence[str], listener: Any = None) -> None:
        """Joins the group of a topic."""
        (self.topic,) = topics
        self._listener = listener
        self._task = asyncio.create_task(self._follow(), name=f"coordinator-{self.topic}")
        self._broker.join(self)

    def give_up(self) -> None:
        """The group shares out anew: gives up what it has, first of all."""
        self._gives_up, self._mine = True, None
        self._rebalance.set()

    def take(self, partitions: Iterable[int]) -> None:
        """The group has shared out: these are this member's from now on."""
        self._mine = list(partitions)
        self._rebalance.set()

    def notice(self, place: tuple[str, int]) -> None:
        """A log has grown."""
        if TopicPartition(*place) in self._positions:
            self._news.set()

    async def getmany(self, *, timeout_ms: int = 0, max_records: int | None = None) -> dict[TopicPartition, list[Any]]:
        """Records of the partitions that are this member's."""
        if not self._ready():
            self._news.clear()
            try:
                async with asyncio.timeout(max(timeout_ms / 1000, IDLE_S)):
                    await self._news.wait()
            except TimeoutError:
                return {}

        # An answer that is lost moves no position: these are the client's own.
        await self._world.exchange(self.process, f"fetches {self.topic}", _nothing, _lost)
        return {tp: self._take(tp, max_records or 1) for tp in self._ready()}

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Commits offsets of partitions that are still this member's."""

        async def committed() -> None:
            if self.is_expelled or not offsets.keys() <= self._positions.keys():
                raise CommitFailedError("a partition has been given to somebody else")
            for tp, offset in offsets.items():
                self._broker.committed[self.group, (tp.topic, tp.partition)] = offset

        await self._world.exchange(self.process, f"commits {self.topic}", committed, _lost)

    def pause(self, *partitions: TopicPartition) -> None:
        """Fetches nothing of them."""
        self._check(*partitions)
        self._paused.update(partitions)

    def resume(self, *partitions: TopicPartition) -> None:
        """Fetches of them again."""
        self._check(*partitions)
        self._paused.difference_update(partitions)
        self._news.set()

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Fetches from here on."""
        self._check(partition)
        self._positions[partition] = offset
        self._news.set()

    def highwater(self, partition: TopicPartition) -> int | None:
        """The end of a log."""
        return len(self._log(partition)) if partition in self._positions else None

    async def _follow(self) -> None:
        """Gives up and takes up partitions as the group wants it."""
        while True:
            await self._rebalance.wait()
            self._rebalance.clear()
            if self._gives_up:
                self._gives_up = False
                await self._listener.on_partitions_revoked(set(self._positions))
                self._positions, self._paused = {}, set()
                if not self._gives_up and not self.is_expelled:
                    self._broker.has_given_up(self)
            elif self._mine is not None:
                mine = [TopicPartition(self.topic, number) for number in self._mine]
                self._mine = None
                for tp in mine:
                    self._positions[tp] = self._broker.committed.get((self.group, (tp.topic, tp.partition)), 0)
                await self._listener.on_partitions_assigned(set(mine))
                self._news.set()

    def _ready(self) -> list[TopicPartition]:
        return [
            tp for tp, position in self._positions.items() if tp not in self._paused and position < len(self._log(tp))
        ]

    def _take(self, tp: TopicPartition, most: int) -> list[Any]:
        """Some of what is there; a fetch need not bring all of it."""
        first, log = self._positions[tp], self._log(tp)
        there = min(len(log) - first, most)
        count = there if there == 1 else 1 + int(self._world.chance_of(self.process).random() * there)
        self._positions[tp] = first + count
        return [_record(tp, first + place, log[first + place]) for place in range(count)]

    def _log(self, tp: TopicPartition) -> list[Kept]:
        return self._broker.logs[tp.topic, tp.partition]

    def _check(self, *partitions: TopicPartition) -> None:
        for partition in partitions:
            if partition not in self._positions:
                raise IllegalStateError(f"no partition of this member: {partition}")


async def _nothing() -> None:
    """Connecting changes nothing."""


def _record(tp: TopicPartition, offset: int, kept: Kept) -> Any:
    return ConsumerRecord(
        topic=tp.topic,
        partition=tp.partition,
        offset=offset,
        timestamp=0,
        timestamp_type=0,
        key=kept.key,
        value=kept.value,
        checksum=None,
        serialized_key_size=len(kept.key),
        serialized_value_size=len(kept.value),
        headers=tuple(kept.headers),
    )
