"""What was registered, and when: read from the status feed, as any monitor would, product and limit alike."""

import asyncio
from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from shinsei.api.application.v1.application_pb2 import APPLICATION_ACTION_REGISTER
from shinsei.api.events.v1.events_pb2 import StatusChanged
from shinsei.contracts.headers import RUN, SENT, TYPE
from shinsei.contracts.topics import PARTITIONS
from shinsei.runtime.identity import kafka_options
from shinsei.stack.kafka import ADMINISTRATOR

_TYPE = StatusChanged.DESCRIPTOR.full_name.encode()


class Registered:
    """Follows the cases of one run, from where the topic ends when it begins to look."""

    def __init__(self, kafka: str, topic: str, run_id: str) -> None:
        self._kafka = kafka
        self._partitions = [TopicPartition(topic, n) for n in range(PARTITIONS)]
        self._run = run_id.encode()
        self._following: asyncio.Task[None] | None = None
        self.moved = asyncio.Event()
        """Set whenever something has been registered."""
        self.intended: dict[str, int] = {}
        """When each case was to be filed that is not registered yet, in milliseconds, by its submission id."""
        self.moments: list[tuple[int, int]] = []
        """Of each registration: when it was to be filed and when its writer committed it, in milliseconds."""
        self.statuses = 0
        """Messages about its cases, however many transitions each carries."""
        self.strangers = 0
        """Registrations of what is not under way: a second one, or nobody's."""

    async def __aenter__(self) -> Self:
        options = kafka_options(self._kafka, ADMINISTRATOR)
        self._consumer = AIOKafkaConsumer(bootstrap_servers=self._kafka, enable_auto_commit=False, **options)
        await self._consumer.start()
        self._consumer.assign(self._partitions)
        await self._consumer.seek_to_end(*self._partitions)
        for partition in self._partitions:
            await self._consumer.position(partition)
        self._following = asyncio.create_task(self._follow())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        await self._consumer.stop()

    @property
    def count(self) -> int:
        """Registrations seen."""
        return len(self.moments)

    async def _follow(self) -> None:
        while True:
            found = await self._consumer.getmany(timeout_ms=200)
            for records in found.values():
                for record in records:
                    self._enter(record)
            self.moved.set()

    def _enter(self, record: ConsumerRecord) -> None:
        headers = dict(record.headers)
        if headers.get(RUN) != self._run or headers.get(TYPE) != _TYPE:
            return
        self.statuses += 1
        changed = StatusChanged.FromString(record.value)
        for transition in changed.transitions:
            if transition.action != APPLICATION_ACTION_REGISTER:
                continue
            intended_ms = self.intended.pop(changed.submission_id, None)
            if intended_ms is None:
                self.strangers += 1
            else:
                self.moments.append((intended_ms, int(headers[SENT])))
