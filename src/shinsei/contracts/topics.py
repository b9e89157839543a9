"""The one table of topics: what travels where, in how many partitions, and where the undeliverable goes.

The key of every record is the municipality code, so order within a municipality is total. The partition is that
of the run (``RunSpec.partition``), not a hash of the few keys. Retention is unlimited: a run is replayed from its log.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from google.protobuf.message import Message

from shinsei.api.events.v1 import events_pb2 as events

PARTITIONS = 8
UNLIMITED = -1
"""Of time and of bytes, as Kafka counts them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic of the spine."""

    name: str
    types: tuple[type[Message], ...]
    """Messages that it carries; anything else on it is undecodable."""
    partitions: int = PARTITIONS
    """Fixed while a run is open."""
    retention_ms: int = UNLIMITED
    stops_on_undecodable: bool = False
    """Behind a watermark there is no harmless way past an event of this topic that cannot be decoded."""

    type_names: frozenset[str] = field(init=False, repr=False, compare=False)
    """Full protobuf names of what it carries."""

    def __post_init__(self) -> None:
        names = frozenset(message.DESCRIPTOR.full_name for message in self.types)
        object.__setattr__(self, "type_names", names)

    @property
    def dead(self) -> str:
        """Name of its dead-letter topic."""
        return f"{self.name}.dead"


APPLICATION_FETCHED = Topic(
    name="application.fetched",
    types=(
        events.RunStarted,
        events.RunClosed,
        events.Watermark,
        events.ChangeMade,
        events.ApplicationFetched,
        events.ReactionFetched,
    ),
)
"""Linkage server to application management: application data taken over."""

STATUS_CHANGED = Topic(
    name="application.status-changed",
    types=(events.RunStarted, events.RunClosed, events.Watermark, events.StatusChanged),
    stops_on_undecodable=True,
)
"""Application management to linkage server and monitors: every transition of the lifecycle."""

WORK_REQUESTED = Topic(
    name="work.requested",
    types=(
        events.RunStarted,
        events.RunClosed,
        events.Watermark,
        events.ChangeMade,
        events.WorkRequested,
        events.ReactionFetched,
    ),
)
"""Application management to core systems: a case is opened, once, with its method."""

WORK_COMPLETED = Topic(
    name="work.completed",
    types=(events.RunStarted, events.RunClosed, events.Watermark, events.WorkProgressed),
    stops_on_undecodable=True,
)
"""Core systems to application management: what the office did."""

TOPICS: Mapping[str, Topic] = MappingProxyType(
    {topic.name: topic for topic in (APPLICATION_FETCHED, STATUS_CHANGED, WORK_REQUESTED, WORK_COMPLETED)}
)
"""Every topic by name; each has a dead-letter topic with as many partitions."""
