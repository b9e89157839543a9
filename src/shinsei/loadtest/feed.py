"""The status feed of application management, read beside the system: the server's own word on what was completed.

It reads ``application.status-changed`` as any monitor would, without a consumer group, from where the topic ends when
a test begins. The moment of an event is the one at which its writer committed it.
"""

from collections.abc import Mapping, Sequence

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from shinsei.api.application.v1 import application_pb2 as pb
from shinsei.api.events.v1.events_pb2 import StatusChanged
from shinsei.contracts.codec import STATUSES
from shinsei.contracts.headers import HeaderError, decode
from shinsei.contracts.topics import STATUS_CHANGED
from shinsei.domain.lifecycle import LEDGER_ENDS, Status
from shinsei.domain.office.undoing import AFTER_REGISTRATION
from shinsei.loadtest.bodies import case_name
from shinsei.loadtest.books import ENDED, REGISTERED, STORED, Books
from shinsei.loadtest.grouping import groups_of
from shinsei.loadtest.town import Town
from shinsei.runtime.identity import kafka_options

_POLL_MS = 200
_TYPE = StatusChanged.DESCRIPTOR.full_name
_EVENTS: Mapping[int, str] = {
    pb.APPLICATION_ACTION_STORE: STORED,
    pb.APPLICATION_ACTION_REGISTER: REGISTERED,
}
_ENDS = frozenset(STATUSES.to_proto(status) for status in LEDGER_ENDS if status is not Status.REGISTERED)
"""Where a case ends that is never registered; the ledger has the same."""

log = structlog.get_logger(__name__)


class StatusFeed:
    """Follows the cases of one run.

    Args:
        bootstrap: of Kafka.
        run_id: whose cases.
        methods: linkage method by municipality.
    """

    def __init__(self, bootstrap: str, run_id: str, methods: Mapping[str, str]) -> None:
        self._run_id = run_id
        self._methods = methods
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap, enable_auto_commit=False, **kafka_options(bootstrap)
        )
        self._partitions = [TopicPartition(STATUS_CHANGED.name, n) for n in range(STATUS_CHANGED.partitions)]
        self.towns: Mapping[str, Town] = {}
        """Offices that are told of their own cases too, by municipality."""
        self._upto: dict[bytes, int] = {}
        """Number of the last message of each municipality: what its outbox sends again is not done twice."""
        self.unreadable = 0
        """Records whose headers could not be read."""

    async def start(self) -> None:
        """Goes to the end of the topic: what comes from now on is seen."""
        await self._consumer.start()
        self._consumer.assign(self._partitions)
        await self._consumer.seek_to_end(*self._partitions)
        for partition in self._partitions:
            await self._consumer.position(partition)

    async def stop(self) -> None:
        """Lets go of Kafka."""
        await self._consumer.stop()

    async def follow(self, books: Books) -> None:
        """Enters what comes, for ever."""
        while True:
            found = await self._consumer.getmany(timeout_ms=_POLL_MS)
            for records in found.values():
                for record in records:
                    self._enter(books, record.key, record.headers, record.value)

    def _enter(self, books: Books, key: bytes, raw_headers: Sequence[tuple[str, bytes]], value: bytes) -> None:
        try:
            headers = decode(raw_headers)
        except HeaderError:
            self.unreadable += 1
            return
        if headers.run_id == self._run_id and headers.type == _TYPE and headers.number > self._upto.get(key, 0):
            self._upto[key] = headers.number
            changed = StatusChanged.FromString(value)
            enter(books, changed, headers.sent_ms / 1e3, self._methods)
            town = self.towns.get(changed.submission_id.partition("-")[0])
            if town is not None:
                town.enter(changed)


def enter(books: Books, changed: StatusChanged, at_s: float, methods: Mapping[str, str]) -> None:
    """Enters what one message says into the books; ``at_s`` is when its writer committed it."""
    name = case_name(changed.submission_id)
    intended_s = None if name is None else name.intended_ms / 1e3
    municipality = changed.submission_id.partition("-")[0]
    method = methods.get(municipality, "unknown")
    groups = (method,) if name is None else groups_of(method, name.procedure)
    for transition in changed.transitions:
        event = _EVENTS.get(transition.action)
        if event is not None:
            books.saw(event, at_s, intended_s=intended_s, groups=groups)
        elif transition.status in _ENDS and transition.detail != AFTER_REGISTRATION:
            books.saw(ENDED, at_s, intended_s=intended_s, groups=groups)
