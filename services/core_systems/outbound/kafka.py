"""Kafka as the core systems reach it."""

from collections.abc import Mapping

from shinsei.contracts.topics import Topic
from shinsei.runtime.kafka import DeadLetters, Record, ensure_topics


class ReadyTopics:
    """Makes sure, when the service starts, that its topics exist (a lifespan component)."""

    def __init__(self, bootstrap: str, topics: Mapping[str, Topic]) -> None:
        self._bootstrap = bootstrap
        self._topics = topics

    async def start(self) -> None:
        """Create what is missing."""
        await ensure_topics(self._bootstrap, self._topics)

    async def stop(self) -> None:
        """Topics stay."""


class KafkaDeadLetters:
    """Buries records in the dead-letter topic of the topic that they came from."""

    def __init__(self, dead_letters: DeadLetters) -> None:
        self._dead_letters = dead_letters

    async def bury(self, delivered: object, reason: str) -> None:
        """Keeps a record's raw bytes with the reason."""
        assert isinstance(delivered, Record), "only what Kafka delivered can be buried"
        await self._dead_letters.send(delivered, reason)
