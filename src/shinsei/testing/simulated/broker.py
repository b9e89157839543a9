"""A Kafka broker in memory: logs by partition, committed offsets, and groups that share partitions out."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shinsei.contracts.headers import RawHeaders
from shinsei.testing.simulated.loop import Process

if TYPE_CHECKING:
    from shinsei.testing.simulated.consumer import Consumer

Place = tuple[str, int]
"""Topic and partition."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A record in a log."""

    key: bytes
    value: bytes
    headers: RawHeaders


@dataclass(slots=True)
class Group:
    """The members of a group that read one topic."""

    topic: str
    members: "list[Consumer]" = field(default_factory=list)
    ready: "set[Consumer]" = field(default_factory=set)
    """Those that have given up their partitions for the rebalance under way."""

    def rebalance(self) -> None:
        """Everybody gives up what he has."""
        self.ready.clear()
        for member in self.members:
            member.give_up()


class Broker:
    """The broker."""

    def __init__(self) -> None:
        self.topics: dict[str, int] = {}
        """Partitions by topic."""
        self.logs: defaultdict[Place, list[Kept]] = defaultdict(list)
        self.committed: dict[tuple[str, Place], int] = {}
        """Next offset by group and place."""
        self._groups: dict[tuple[str, str], Group] = {}
        self._lost: list[Consumer] = []

    def append(self, place: Place, records: list[Kept]) -> None:
        """Adds to a log, and wakes those who wait for it."""
        self.logs[place] += records
        for group in self._groups.values():
            for member in group.members:
                member.notice(place)

    def join(self, member: "Consumer") -> None:
        """A consumer comes to its group."""
        group = self._groups.setdefault((member.group, member.topic), Group(member.topic))
        if member not in group.members:
            group.members.append(member)
        group.rebalance()

    def leave(self, member: "Consumer") -> None:
        """A consumer goes in good order."""
        group = self._groups.get((member.group, member.topic))
        if group is not None and member in group.members:
            group.members.remove(member)
            group.rebalance()

    def has_given_up(self, member: "Consumer") -> None:
        """A member has nothing any more; when all of them have, the partitions are shared out, round robin."""
        group = self._groups[member.group, member.topic]
        group.ready.add(member)
        if group.ready.issuperset(group.members):
            group.ready.clear()
            for place, one in enumerate(group.members):
                one.take(range(place, self.topics.get(group.topic, 0), len(group.members)))

    def drop(self, process: Process) -> None:
        """A process has died: its members are given up."""
        self._expel(process)

    def shake(self, process: Process) -> None:
        """Its groups share out anew: everything not committed is delivered again."""
        for group in self._groups.values():
            if any(member.process is process for member in group.members):
                group.rebalance()

    def lose(self, process: Process) -> None:
        """It has not been heard of for too long: its partitions go to the others."""
        for member in self._expel(process):
            member.is_expelled = True
            self._lost.append(member)

    def hear(self, process: Process) -> None:
        """It is heard of again: its members come back to their groups."""
        for consumer in list(self._lost):
            if consumer.process is process:
                self._lost.remove(consumer)
                consumer.is_expelled = False
                self.join(consumer)

    def _expel(self, process: Process) -> "list[Consumer]":
        gone = []
        for group in self._groups.values():
            members = [member for member in group.members if member.process is process]
            if members:
                gone += members
                group.members = [member for member in group.members if member not in members]
                group.rebalance()
        return gone
