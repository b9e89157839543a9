"""Reads records, whatever they hold, and keeps the counts: a pure fold of the log, so a restart reads it again."""

from collections.abc import Mapping
from typing import NamedTuple

import structlog

from app_mgmt.streams import metrics
from app_mgmt.streams.city import LEAVING, City, Told
from app_mgmt.streams.throughput import REAL_MINUTE, SIM_DAY, SIM_HOUR, RunKey, Throughput
from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts import codec
from shinsei.contracts.topics import WORK_COMPLETED
from shinsei.domain.lifecycle import Action
from shinsei.domain.simtime import SimTime
from shinsei.runtime.levels import SIM, Group
from shinsei.runtime.retry import describe

log = structlog.get_logger(__name__)

Place = tuple[str, int]
"""(topic, partition)."""

_BACKLOG, _AGE, _RISK = Group(metrics.BACKLOG), Group(metrics.BACKLOG_AGE, SIM), Group(metrics.RISK, SIM)
_REGISTERED = Group(metrics.REGISTERED)
_USED = frozenset(
    message.DESCRIPTOR.full_name
    for message in (
        events.RunStarted,
        events.RunClosed,
        events.Watermark,
        events.WorkRequested,
        events.WorkProgressed,
    )
)
_STAYING = frozenset(codec.ACTIONS.to_proto(action) for action in Action if action not in LEAVING)
"""What ends nobody's wait, as it is told: nine of ten transitions."""


class Delivered(NamedTuple):
    """One record as it came."""

    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes
    headers: Mapping[str, bytes]
    real_s: float
    """When Kafka took it."""


class View:
    """Everything that is derived; told once it has read as far as the log went when it started."""

    def __init__(self, working_days: int) -> None:
        self.throughput = Throughput()
        self._working_days = working_days
        self._cities: dict[RunKey, City] = {}
        self._closed: set[RunKey] = set()
        self._numbers: dict[tuple[str, RunKey], int] = {}
        self._behind: dict[Place, int] = {}

    def read_until(self, ends: Mapping[Place, int]) -> None:
        """Nothing is told before the log has been read to these offsets."""
        self._behind = {place: end for place, end in ends.items() if end > 0}

    @property
    def is_rebuilt(self) -> bool:
        """Whether it has read everything that was there when it started."""
        return not self._behind

    def take(self, record: Delivered) -> None:
        """One record; what cannot be used is counted and logged, and the stream goes on."""
        try:
            self._take(record)
        except Exception as error:  # noqa: BLE001 - Faust would acknowledge it, stop the agent or both
            metrics.FAILED.inc()
            log.warning("record_not_used", error=describe(error))
        if self.is_rebuilt:
            return
        place = (record.topic, record.partition)
        if record.offset + 1 >= self._behind.get(place, record.offset + 2):
            del self._behind[place]

    def _take(self, record: Delivered) -> None:
        key = (record.headers["run"].decode(), record.key.decode())
        number, stream = int(record.headers["no"]), (record.topic, key)
        # What is sent again is known, and what is ahead of a gap will be sent again.
        if number != self._numbers.get(stream, 0) + 1:
            return
        self._numbers[stream] = number
        kind = record.headers["type"].decode()
        if kind not in _USED or key in self._closed:
            return
        self._note(record, key, kind)

    def _note(self, record: Delivered, key: RunKey, kind: str) -> None:
        city = self._cities.get(key) or self._cities.setdefault(key, City())
        match codec.decode_message(kind, record.value):
            case events.RunStarted() as started:
                city.begin(codec.decode_run(started.spec))
            case events.WorkRequested() as requested:
                city.come(SimTime(requested.submitted_at_ms))
            case events.WorkProgressed() as progressed:
                for row in progressed.transitions:
                    if row.action in _STAYING:
                        continue
                    action, at = codec.ACTIONS.from_proto(row.action), SimTime(row.at_ms)
                    city.happened(action, at, row.detail)
                    if action is Action.REGISTER:
                        self.throughput.register(key, codec.METHODS.from_proto(row.method), at, record.real_s)
            case events.Watermark() as watermark if record.topic == WORK_COMPLETED.name:
                city.advance(SimTime(watermark.at_ms))
                self.throughput.close(key, SimTime(watermark.at_ms))
            case events.RunClosed():
                del self._cities[key]
                self._closed.add(key)
                self.throughput.drop(key)

    def export(self, real_s: float) -> None:
        """Sets the metrics, unless the log is still being read again."""
        metrics.REBUILDING.set(not self.is_rebuilt)
        if not self.is_rebuilt:
            return
        windows = {(window, SIM): self.throughput.per_method(window) for window in (SIM_HOUR, SIM_DAY)}
        windows[REAL_MINUTE, "real"] = self.throughput.last_minute(real_s)
        _REGISTERED.put(
            {
                (window, method, clock): float(count)
                for (window, clock), counts in windows.items()
                for method, count in counts.items()
            }
        )
        told: dict[str, list[Told]] = {}
        for city in self._cities.values():
            one = city.tell(self._working_days)
            told.setdefault(one.method, []).append(one)
        _BACKLOG.put({(method,): float(sum(one.waiting for one in those)) for method, those in told.items()})
        _AGE.put({(method,): max(one.age_s for one in those) for method, those in told.items()})
        _RISK.put({(method,): float(sum(one.at_risk for one in those)) for method, those in told.items()})
