"""Kafka as application management reaches it: ``work.*`` may have a broker of its own further in."""

from collections.abc import Sequence

from shinsei.contracts.topics import TOPICS, Topic
from shinsei.runtime.kafka import Outgoing, Producer

_WORK = "work."


class RoutingSender:
    """Sends each topic through the producer of its broker."""

    def __init__(self, producer: Producer, work_producer: Producer) -> None:
        self._producer = producer
        self._work_producer = work_producer

    async def send_all(self, topic: str, partition: int, records: Sequence[Outgoing]) -> None:
        """Return when all are acknowledged."""
        producer = self._work_producer if topic.startswith(_WORK) else self._producer
        await producer.send_all(topic, partition, records)


def topics_of(*, work: bool) -> list[Topic]:
    """The topics of the broker of ``work.*``, or of the other one."""
    return [topic for name, topic in TOPICS.items() if name.startswith(_WORK) == work]
