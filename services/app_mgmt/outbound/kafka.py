"""Kafka as application management reaches it: ``work.*`` may have a broker of its own further in."""

from collections.abc import Mapping, Sequence

from shinsei.contracts.topics import TOPICS, Topic
from shinsei.runtime.kafka import DeadLetters, Outgoing, Producer, Record, ensure_topics

_WORK = "work."


class ReadyTopics:
    """Makes sure, when the service starts, that the topics of one broker exist (a lifespan component)."""

    def __init__(self, bootstrap: str, topics: Mapping[str, Topic], setting: str) -> None:
        self._bootstrap = bootstrap
        self._topics = topics
        self._setting = setting

    async def start(self) -> None:
        """Create what is missing."""
        await ensure_topics(self._bootstrap, self._topics, setting=self._setting)

    async def stop(self) -> None:
        """Topics stay."""


class RoutingSender:
    """Sends each topic through the producer of its broker."""

    def __init__(self, producer: Producer, work_producer: Producer) -> None:
        self._producer = producer
        self._work_producer = work_producer

    async def send_all(self, topic: str, partition: int, records: Sequence[Outgoing]) -> None:
        """Return when all are acknowledged."""
        producer = self._work_producer if topic.startswith(_WORK) else self._producer
        await producer.send_all(topic, partition, records)


class KafkaDeadLetters:
    """Buries records in the dead-letter topic of the topic that they came from."""

    def __init__(self, dead_letters: DeadLetters) -> None:
        self._dead_letters = dead_letters

    async def bury(self, delivered: object, reason: str) -> None:
        """Keeps a record's raw bytes with the reason."""
        assert isinstance(delivered, Record), "only what Kafka delivered can be buried"
        await self._dead_letters.send(delivered, reason)


def topics_of(*, work: bool) -> dict[str, Topic]:
    """The topics of the broker of ``work.*``, or of the other one."""
    return {name: topic for name, topic in TOPICS.items() if name.startswith(_WORK) == work}
