"""A derived view: how many cases are registered per window of time and method (``python -m app_mgmt.streams``).

Faust reads ``work.completed`` beside the consumers that matter and is never in the path of a case: it
acknowledges what fails, so nothing may depend on it. Simulated hours and days are closed by the watermark of
their municipality, real minutes by the clock. Open windows live in a table in memory, kept by a changelog, so
that a restart does not begin a window anew.
"""

import logging
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from typing import Any, Final

import faust
import structlog
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from app_mgmt.settings import Settings
from shinsei.api.application.v1 import application_pb2 as application
from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts import codec
from shinsei.contracts.topics import PARTITIONS, TOPICS, WORK_COMPLETED
from shinsei.domain.errors import UnavailableError
from shinsei.domain.simtime import HOUR_MS, SimTime, day_number
from shinsei.runtime import observability
from shinsei.runtime.clock import RealClock
from shinsei.runtime.kafka import ensure_topics
from shinsei.runtime.lifespan import Service, run
from shinsei.runtime.retry import describe

log = structlog.get_logger(__name__)

NAME: Final = "app_mgmt-streams"
TABLE: Final = "registered-per-window"
CHANGELOG: Final = f"{NAME}-{TABLE}-changelog"
MINUTE_S: Final = 60
EXPORT_EVERY_S: Final = 5.0
CHATTY: Final = {"faust": logging.WARNING, "mode": logging.WARNING, "faust.transport.producer": logging.ERROR}
"""Loggers that tell too much; the producer warns of each of its small buffers."""
_BROKER_DEFAULT: Final = -1

SIM_HOUR, SIM_DAY, REAL_MINUTE = "sim hour", "sim day", "real minute"

REGISTERED = observability.gauge(
    "shinsei_app_mgmt_streams_registered",
    "Cases registered in the last closed window of this length and clock.",
    ("window", "linkage_method", "clock"),
)
FAILED = observability.counter("shinsei_app_mgmt_streams_failed_total", "Records that this view could not use.")
SEEN = observability.counter("shinsei_app_mgmt_streams_records_total", "Records read by this view.")


@dataclass(kw_only=True)
class Throughput:
    """Counts registrations by window in a store that it is given: a Faust table, or a dict in a test."""

    store: MutableMapping[str, int]
    last_closed: dict[tuple[str, str, str], int] = field(default_factory=dict)
    """(municipality, window, method) -> cases of the last window that the watermark has closed."""

    def register(self, municipality: str, method: str, at: SimTime, real_s: float) -> None:
        """One case was registered, at a simulated time and at a real one."""
        for window, number in _windows(at).items():
            self._add(municipality, window, method, number)
        minute = int(real_s // MINUTE_S)
        self._add("", REAL_MINUTE, method, minute)
        self._drop("", REAL_MINUTE, before=minute - 1)

    def close(self, municipality: str, watermark: SimTime) -> None:
        """Everything before the watermark has come: the windows that end by it are complete."""
        for window, number in _windows(watermark).items():
            complete = self._drop(municipality, window, before=number)
            for known in [key for key in self.last_closed if key[:2] == (municipality, window)]:
                self.last_closed[known] = 0
            for (method, place), count in complete.items():
                self.last_closed[(municipality, window, method)] = count if place == number - 1 else 0

    def per_method(self, window: str) -> dict[str, int]:
        """Cases of the last closed window, over all municipalities."""
        totals: dict[str, int] = {}
        for (_, name, method), count in self.last_closed.items():
            if name == window:
                totals[method] = totals.get(method, 0) + count
        return totals

    def last_minute(self, method: str, real_s: float) -> int:
        """Cases of the last complete minute of real time."""
        return self.store.get(_key("", REAL_MINUTE, method, int(real_s // MINUTE_S) - 1), 0)

    def _add(self, municipality: str, window: str, method: str, number: int) -> None:
        key = _key(municipality, window, method, number)
        self.store[key] = self.store.get(key, 0) + 1

    def _drop(self, municipality: str, window: str, *, before: int) -> dict[tuple[str, int], int]:
        """Takes windows out of the store; their counts by (method, number), in the order of the windows."""
        found: dict[tuple[str, int], int] = {}
        for key in list(self.store):
            place, name, method, number = key.split("|")
            if (place, name) == (municipality, window) and int(number) < before:
                found[(method, int(number))] = self.store.pop(key)
        return dict(sorted(found.items(), key=lambda item: item[0][1]))


class View:
    """Reads records, whatever they hold, and keeps the throughput."""

    def __init__(self, throughput: Throughput) -> None:
        self.throughput = throughput
        self._numbers: dict[tuple[str, str], int] = {}

    def take(self, key: bytes, value: bytes, headers: Mapping[str, bytes], real_s: float) -> None:
        """One record; what cannot be used is counted and logged, and the stream goes on."""
        SEEN.inc()
        try:
            self._take(key.decode(), value, headers, real_s)
        except Exception as error:  # noqa: BLE001 - Faust would acknowledge it, stop the agent or both
            FAILED.inc()
            log.warning("record_not_used", error=describe(error))

    def _take(self, municipality: str, value: bytes, headers: Mapping[str, bytes], real_s: float) -> None:
        stream, number = (headers["run"].decode(), municipality), int(headers["no"])
        if number <= self._numbers.get(stream, 0):
            return
        self._numbers[stream] = number
        match codec.decode_message(headers["type"].decode(), value):
            case events.WorkProgressed() as progressed:
                for row in progressed.transitions:
                    if row.action == application.APPLICATION_ACTION_REGISTER:
                        method = codec.METHODS.from_proto(row.method)
                        self.throughput.register(municipality, method, SimTime(row.at_ms), real_s)
            case events.Watermark() as watermark:
                self.throughput.close(municipality, SimTime(watermark.at_ms))

    def export(self, real_s: float) -> None:
        """Sets the metrics."""
        for window in (SIM_HOUR, SIM_DAY):
            for method, count in self.throughput.per_method(window).items():
                REGISTERED.labels(window=window, linkage_method=method, clock="sim").set(count)
        for method in self.throughput.per_method(SIM_DAY):
            count = self.throughput.last_minute(method, real_s)
            REGISTERED.labels(window=REAL_MINUTE, linkage_method=method, clock="real").set(count)


class Streams:
    """The Faust application (a lifespan component)."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._clock = RealClock()
        self._data: TemporaryDirectory[str] | None = None
        self._app: faust.App | None = None

    async def start(self) -> None:
        """Create what it needs, since the broker creates nothing by itself, and begin to read."""
        await ensure_topics(self._settings.work_bootstrap, {WORK_COMPLETED.name: TOPICS[WORK_COMPLETED.name]})
        await _ensure_changelog(self._settings.work_bootstrap)
        for chatty, level in CHATTY.items():
            logging.getLogger(chatty).setLevel(level)
        self._data = TemporaryDirectory(prefix="shinsei-streams-")
        self._app = self._build(self._data.name)
        await self._app.start()

    async def stop(self) -> None:
        """Leave the group."""
        app, self._app = self._app, None
        if app is not None:
            await app.stop()
        if self._data is not None:
            self._data.cleanup()

    async def watch(self) -> None:
        """Raise if Faust has given up: a view that stands still is worse than none."""
        if self._app is not None:
            await self._app.wait_until_stopped()
            raise UnavailableError(f"Faust has stopped: {self._app.crash_reason or 'no reason given'}")

    def _build(self, data: str) -> faust.App:
        app = faust.App(
            NAME,
            broker=f"kafka://{self._settings.work_bootstrap}",
            store="memory://",
            # Faust makes a folder whatever it stores.
            datadir=data,
            key_serializer="raw",
            value_serializer="raw",
            topic_partitions=PARTITIONS,
            topic_allow_declare=False,
            # Its own leader topic would have to be created, and nothing here needs a leader.
            topic_disable_leader=True,
            consumer_auto_offset_reset="earliest",
            web_enabled=False,
            autodiscover=False,
        )
        table = app.Table(TABLE, default=int, partitions=PARTITIONS, key_type=str, value_type=int)
        view = View(Throughput(store=table))
        # Raw bytes and our own decoding: a record that cannot be read must not end the stream.
        topic = app.topic(WORK_COMPLETED.name, key_type=bytes, value_type=bytes)

        @app.agent(topic, name="throughput")
        async def throughput(stream: Any) -> None:
            async for event in stream.events():
                view.take(event.key or b"", event.value or b"", event.headers, event.message.timestamp)

        @app.timer(EXPORT_EVERY_S)  # type: ignore[untyped-decorator]
        async def export() -> None:
            view.export(self._clock.now_ms() / 1000)

        return app


async def _ensure_changelog(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        wanted = NewTopic(
            CHANGELOG,
            num_partitions=PARTITIONS,
            replication_factor=_BROKER_DEFAULT,
            # The broker's default is taken only together with an assignment, which may be empty.
            replica_assignments={},
            topic_configs={"cleanup.policy": "compact"},
        )
        response = await admin.create_topics([wanted])
    finally:
        await admin.close()
    for name, code, *_ in response.topic_errors:
        if code and for_code(code) is not TopicAlreadyExistsError:
            raise for_code(code)(name)


def _windows(at: SimTime) -> dict[str, int]:
    """Numbers of the simulated hour and day that hold a moment."""
    return {SIM_HOUR: at // HOUR_MS, SIM_DAY: day_number(at)}


def _key(municipality: str, window: str, method: str, number: int) -> str:
    return f"{municipality}|{window}|{method}|{number}"


def build(settings: Settings) -> Service:
    """The view as a process of its own."""
    return Service(name="app_mgmt", components=(Streams(settings), observability.EventLoopLag()))


if __name__ == "__main__":
    loaded = Settings.load()
    run(build, loaded.model_copy(update={"metrics_port": loaded.streams_metrics_port}))
