"""``application.status-changed``: statuses are buffered until their push, watermarks say which push is due."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

from linkage_server.handlers.keeper import Keeper
from linkage_server.handlers.model import LostPartitionError, NewStatus, RunRow, StatusBatch
from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts.codec import DecodeError
from shinsei.contracts.topics import STATUS_CHANGED
from shinsei.domain.simtime import SimTime
from shinsei.runtime.errors import FencedError
from shinsei.runtime.kafka import PoisonedPartition, Record, decode_record

RunName = tuple[str, str]
Reader = Callable[[Sequence[Record]], Mapping[RunName, StatusBatch]]


class StatusStore(Protocol):
    """Where statuses wait for their push."""

    async def take_in(
        self, partition: int, epoch: int, records: Sequence[Record], read: Reader, keys: Mapping[RunName, int]
    ) -> Mapping[RunName, StatusBatch]:
        """Buffers what records say, once each; what they say by run."""

    async def reload(self, key: int) -> RunRow:
        """One run as it stands now."""


class StatusReader:
    """Handles the batches of a consumer."""

    def __init__(self, keeper: Keeper, store: StatusStore) -> None:
        self._keeper = keeper
        self._store = store
        self._in_doubt: set[RunName] = set()
        """Runs of a commit that failed, perhaps only by its answer."""

    async def handle(self, partition: int, records: Sequence[Record]) -> None:
        """Buffers a batch and wakes the pushers."""
        keys = {}
        for name in {(record.run_id, record.municipality) for record in records}:
            run = self._keeper.find(*name)
            if run is not None:
                keys[name] = run.row.key
        epoch = 0
        try:
            epoch = self._keeper.epoch(partition)
            batches = await self._store.take_in(partition, epoch, records, read, keys)
        except LostPartitionError as error:
            raise FencedError(STATUS_CHANGED.name, partition, epoch) from error
        except Exception:
            self._in_doubt |= keys.keys()
            raise
        await self._resolve(keys)
        for name, batch in batches.items():
            self._keeper.saw_status(*name, batch.watermark)

    async def _resolve(self, keys: Mapping[RunName, int]) -> None:
        """What a commit brought whose answer was lost comes no second time: it stands in the database alone."""
        for name in sorted(self._in_doubt & keys.keys()):
            row = await self._store.reload(keys[name])
            self._keeper.saw_status(*name, row.push.status)
            self._in_doubt.discard(name)


def read(records: Sequence[Record]) -> Mapping[RunName, StatusBatch]:
    """What records say, by run.

    Raises:
        PoisonedPartition: one cannot be read; behind a watermark there is no harmless way past it.
    """
    statuses: dict[RunName, list[NewStatus]] = {}
    watermarks: dict[RunName, SimTime] = {}
    for record in records:
        name = (record.run_id, record.municipality)
        statuses.setdefault(name, [])
        try:
            message = decode_record(record)
        except DecodeError as error:
            raise PoisonedPartition(str(error), offset=record.offset) from error
        said = READERS[record.type](message, record)
        if isinstance(said, NewStatus):
            statuses[name].append(said)
        elif said is not None:
            watermarks[name] = SimTime(max(said, watermarks.get(name, said)))
    return {name: StatusBatch(statuses=found, watermark=watermarks.get(name)) for name, found in statuses.items()}


def _status(message: Any, record: Record) -> NewStatus | None:
    first = min((transition.at_ms for transition in message.transitions), default=None)
    return None if first is None else NewStatus(first_at=SimTime(first), payload=record.value)


def _watermark(message: Any, _: Record) -> SimTime:
    return SimTime(message.at_ms)


def _nothing_new(_: Any, __: Record) -> None:
    """The linkage server began and ended this run itself."""
    return


READERS: Mapping[str, Callable[[Any, Record], NewStatus | SimTime | None]] = MappingProxyType(
    {
        events.StatusChanged.DESCRIPTOR.full_name: _status,
        events.Watermark.DESCRIPTOR.full_name: _watermark,
        events.RunStarted.DESCRIPTOR.full_name: _nothing_new,
        events.RunClosed.DESCRIPTOR.full_name: _nothing_new,
    }
)
"""What is done with which message."""
