"""Dead letters about which nobody has decided: those that lie on Kafka, without those of the audit file.

Kafka is asked where their topics end, and what is new there is read. While Kafka is away no letter comes, and none can
be settled, so the last count stays what it was.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Final

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from shinsei.room import metrics
from shinsei.runtime.clock import sleep
from shinsei.runtime.identity import kafka_options
from shinsei.runtime.retry import describe
from shinsei.season.letters import PLACES, Audit, read_letters

log = structlog.get_logger(__name__)

EVERY_S: Final = 15.0
_PATIENCE_S: Final = 10.0


class Letters:
    """The one who counts them (its ``run`` is the body of a background task)."""

    def __init__(self, bootstrap: str, audit: Audit) -> None:
        self._bootstrap = bootstrap
        self._audit = audit
        self._topics: dict[str, str] = {}
        """Of each letter, by its name."""
        self._ends: Mapping[TopicPartition, int] = {}

    async def run(self) -> None:
        """Counts until cancelled."""
        while True:
            try:
                await self._follow()
            except Exception as error:  # noqa: BLE001 - whoever only watches goes on
                log.warning("letters_not_counted", reason=describe(error))
            await sleep(EVERY_S)

    async def _follow(self) -> None:
        """Counts until Kafka does not answer; it is asked on a connection that stays open."""
        options = kafka_options(self._bootstrap)
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap, enable_auto_commit=False, group_id=None, **options
        )
        try:
            await consumer.start()
            while True:
                async with asyncio.timeout(_PATIENCE_S):
                    ends = await consumer.end_offsets(PLACES)
                await self.count(ends)
                await sleep(EVERY_S)
        finally:
            await consumer.stop()

    async def count(self, ends: Mapping[TopicPartition, int]) -> None:
        """Tells how many there are of each topic, where the topics of dead letters end there."""
        if ends != self._ends:
            found = await read_letters(self._bootstrap, self._ends)
            self._topics |= {letter.name: letter.raw.topic for letter in found.letters}
            self._ends = ends
        decided = self._audit.decisions()
        metrics.tell_letters(Counter(topic for name, topic in self._topics.items() if name not in decided))
