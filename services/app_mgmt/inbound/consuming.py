"""The two subscriptions: records are gathered by run, decoded, and given to their handler."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from app_mgmt.handlers.intake import IntakePorts, open_runs, take_in
from app_mgmt.handlers.tracking import TrackingPorts, track
from app_mgmt.handlers.values import Arrival, RunKey, TrackingMessage
from app_mgmt.inbound.decoding import intake_message, key_of, tracking_message
from shinsei.contracts.codec import DecodeError
from shinsei.runtime.kafka import PoisonedPartition, Record

Body = TypeVar("Body")


class ApplicationFetched:
    """Subscription to ``application.fetched``."""

    def __init__(self, ports: IntakePorts) -> None:
        self._ports = ports

    async def handle(self, partition: int, records: Sequence[Record]) -> None:
        """One batch of one partition: one transaction for each run in it."""
        logs = [(key, [_arrival(record, intake_message) for record in group]) for key, group in by_run(records)]
        await open_runs(logs, self._ports.books)
        for key, arrivals in logs:
            await take_in(key, arrivals, self._ports)


class WorkCompleted:
    """Subscription to ``work.completed``."""

    def __init__(self, ports: TrackingPorts) -> None:
        self._ports = ports

    async def handle(self, partition: int, records: Sequence[Record]) -> None:
        """One batch of one partition: one transaction for each run in it.

        Raises:
            PoisonedPartition: a record cannot be read; what came before it has been handled.
        """
        for key, group in by_run(records):
            arrivals, poison = _readable(group)
            if arrivals:
                await track(key, arrivals, self._ports)
            if poison is not None:
                raise poison


def by_run(records: Iterable[Record]) -> list[tuple[RunKey, list[Record]]]:
    """Records gathered by run and municipality, each in its order."""
    groups: dict[RunKey, list[Record]] = {}
    for record in records:
        groups.setdefault(key_of(record), []).append(record)
    return list(groups.items())


def _readable(records: Sequence[Record]) -> tuple[list[Arrival[TrackingMessage]], PoisonedPartition | None]:
    arrivals: list[Arrival[TrackingMessage]] = []
    for record in records:
        try:
            arrivals.append(_arrival(record, tracking_message))
        except DecodeError as error:
            return arrivals, PoisonedPartition(str(error), offset=record.offset)
    return arrivals, None


def _arrival(record: Record, decode: Callable[[Record], Body]) -> Arrival[Body]:
    return Arrival(number=record.number, delivered=record, body=decode(record), sent_ms=record.sent_ms)
