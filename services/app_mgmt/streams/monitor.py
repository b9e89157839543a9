"""The Faust application that reads the log for the derived views.

It keeps nothing outside its memory: no table, no changelog, no offset that counts. Each start is a consumer group of
its own that reads from the beginning, so a kill can neither lose nor double a count; Kafka forgets the groups of
earlier starts, none of which has an offset. It runs at the lowest priority, and so falls behind rather than take a
processor away.
"""

import logging
import uuid
from collections.abc import Mapping
from tempfile import TemporaryDirectory
from typing import Any, Final

import faust
from aiokafka import AIOKafkaConsumer, TopicPartition

from app_mgmt.settings import Settings
from app_mgmt.streams import metrics
from app_mgmt.streams.gathering import Gathering
from app_mgmt.streams.view import Delivered, Place, View
from shinsei.contracts.topics import PARTITIONS, WORK_COMPLETED, WORK_REQUESTED
from shinsei.domain.errors import UnavailableError
from shinsei.runtime.clock import RealClock
from shinsei.runtime.identity import kafka_options
from shinsei.runtime.kafka import ensure_topics
from shinsei.runtime.lifespan import Service
from shinsei.runtime.observability import EventLoopLag
from shinsei.runtime.priority import give_way

NAME: Final = "app_mgmt-streams"
EXPORT_EVERY_S: Final = 5.0
CHATTY: Final = {"faust": logging.WARNING, "mode": logging.WARNING, "faust.transport.producer": logging.ERROR}
"""Loggers that tell too much; the producer warns of each of its small buffers."""
_TOPICS: Final = {topic.name: topic for topic in (WORK_REQUESTED, WORK_COMPLETED)}


class Streams:
    """The Faust application (a lifespan component)."""

    def __init__(self, settings: Settings) -> None:
        self._bootstrap = settings.work_bootstrap
        self._working_days = settings.streams_target_working_days
        self._clock = RealClock()
        self._data: TemporaryDirectory[str] | None = None
        self._app: faust.App | None = None

    async def start(self) -> None:
        """Create what it needs, since the broker creates nothing by itself, and begin to read."""
        await ensure_topics(self._bootstrap, _TOPICS)
        for chatty, level in CHATTY.items():
            logging.getLogger(chatty).setLevel(level)
        view = View(self._working_days)
        view.read_until(await _ends(self._bootstrap))
        self._data = TemporaryDirectory(prefix="shinsei-streams-")
        self._app = self._build(self._data.name, view)
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

    def _build(self, data: str, view: View) -> faust.App:
        app = Gathering(
            f"{NAME}-{uuid.uuid4().hex[:8]}",
            broker=f"kafka://{self._bootstrap}",
            broker_credentials=kafka_options(self._bootstrap).get("ssl_context"),
            store="memory://",
            # Faust makes a folder whatever it stores.
            datadir=data,
            # The records of a take pass through as they are: one that cannot be read must not end the stream.
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
        # Nothing is acknowledged: no offset of an earlier start is ever asked for.
        topic = app.topic(*_TOPICS, key_type=bytes, value_type=bytes, acks=False)

        @app.agent(topic, name="views")
        async def views(stream: Any) -> None:
            async for records in stream:
                for record in records:
                    view.take(
                        Delivered(
                            topic=record.topic,
                            partition=record.partition,
                            offset=record.offset,
                            key=record.key or b"",
                            value=record.value or b"",
                            headers=dict(record.headers),
                            real_s=record.timestamp / 1000,
                        )
                    )
                metrics.SEEN.inc(len(records))

        @app.timer(EXPORT_EVERY_S)  # type: ignore[untyped-decorator]
        async def export() -> None:
            view.export(self._clock.now_ms() / 1000)

        return app


class LowestPriority:
    """Gives way to everything that a case waits for, once the process has started (a lifespan component)."""

    async def start(self) -> None:
        """From now on."""
        give_way()

    async def stop(self) -> None:
        """It stays so."""


async def _ends(bootstrap: str) -> Mapping[Place, int]:
    """How far the log goes now."""
    reader = AIOKafkaConsumer(bootstrap_servers=bootstrap, **kafka_options(bootstrap))
    await reader.start()
    try:
        ends = await reader.end_offsets(
            [TopicPartition(topic, partition) for topic in _TOPICS for partition in range(PARTITIONS)]
        )
    finally:
        await reader.stop()
    return {(place.topic, place.partition): end for place, end in ends.items()}


def build(settings: Settings) -> Service:
    """The views as a process of their own."""
    return Service(name="app_mgmt", components=(EventLoopLag(), Streams(settings), LowestPriority()))
