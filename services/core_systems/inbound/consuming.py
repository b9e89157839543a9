"""The subscription to ``work.requested``, and the ownership of its partitions."""

from collections.abc import Awaitable, Callable, Sequence

from core_systems.handlers.values import Arrival, CoreMessage, Owner, RunKey
from core_systems.handlers.working import Offices
from core_systems.inbound.decoding import core_message, key_of
from shinsei.runtime.errors import FencedError
from shinsei.runtime.kafka import Record

Take = Callable[[int], Awaitable[Owner]]
"""Becomes the owner of a partition."""

TOPIC = "work.requested"


class WorkRequested:
    """Subscription to ``work.requested``: the owner of a partition has its offices."""

    def __init__(self, offices: Offices, take: Take) -> None:
        self._offices = offices
        self._take = take
        self._owned: dict[int, Owner] = {}

    async def assigned(self, partitions: Sequence[int]) -> None:
        """Takes partitions over: offices of an earlier ownership are rebuilt when they are needed."""
        for partition in partitions:
            self._offices.forget(partition)
            self._owned[partition] = await self._take(partition)

    async def revoked(self, partitions: Sequence[int]) -> None:
        """Lets partitions go."""
        for partition in partitions:
            self._owned.pop(partition, None)
            self._offices.forget(partition)

    async def handle(self, partition: int, records: Sequence[Record]) -> None:
        """One batch of one partition: one transaction for each run in it.

        Raises:
            FencedError: the partition is not ours any more.
        """
        owner = self._owned.get(partition)
        if owner is None:
            raise FencedError(TOPIC, partition, 0)
        groups: dict[RunKey, list[Arrival[CoreMessage]]] = {}
        for record in records:
            body = core_message(record)
            arrival = Arrival(number=record.number, delivered=record, body=body, sent_ms=record.sent_ms)
            groups.setdefault(key_of(record), []).append(arrival)
        for key, arrivals in groups.items():
            await self._offices.work(key, owner, arrivals)
