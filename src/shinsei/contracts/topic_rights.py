"""The one table of who may write and read which topic; Kafka's access list is made from it, and the rest is refused.

A writer of a topic sees it; a reader of a topic writes its dead letters, too. The group of a reader bears its name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from shinsei.contracts.topics import (
    APPLICATION_FETCHED,
    STATUS_CHANGED,
    TOPICS,
    WORK_COMPLETED,
    WORK_REQUESTED,
    Topic,
)


class Right(StrEnum):
    """What a role may do with a topic or a group."""

    READ = "read"
    WRITE = "write"
    DESCRIBE = "describe"
    """See that it is there, and its partitions."""


class Kind(StrEnum):
    """What a right is about."""

    TOPIC = "topic"
    GROUP = "group"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One line of the access list."""

    role: str
    right: Right
    kind: Kind
    name: str
    """Of the topic or group; of all that begin so, where ``is_prefix``."""
    is_prefix: bool = False


WRITERS: Final[Mapping[str, tuple[Topic, ...]]] = MappingProxyType(
    {
        "linkage_server": (APPLICATION_FETCHED,),
        "app_mgmt": (STATUS_CHANGED, WORK_REQUESTED),
        "core_systems": (WORK_COMPLETED,),
        # Whoever is at the keyboard replays dead letters into the topic that they come from.
        "season": tuple(TOPICS.values()),
    }
)
READERS: Final[Mapping[str, tuple[Topic, ...]]] = MappingProxyType(
    {
        "linkage_server": (STATUS_CHANGED,),
        "app_mgmt": (APPLICATION_FETCHED, WORK_COMPLETED),
        "core_systems": (WORK_REQUESTED,),
        "app_mgmt_streams": (WORK_REQUESTED, WORK_COMPLETED),
    }
)
LOOKERS: Final = ("season", "loadtest_master", "room")
"""Read every topic and its dead letters, in no group: the story of a case, a status feed, a list of letters."""
STREAMS: Final = ("app_mgmt_streams", "app_mgmt-streams-")
"""The role of the derived views, which bury nothing, and how their groups begin: each start has one of its own."""


def grants() -> Iterator[Grant]:
    """The access list, whole."""
    for role, topics in WRITERS.items():
        for topic in topics:
            yield Grant(role=role, right=Right.WRITE, kind=Kind.TOPIC, name=topic.name)
            yield Grant(role=role, right=Right.DESCRIBE, kind=Kind.TOPIC, name=topic.dead)
    streams, prefix = STREAMS
    for role, topics in READERS.items():
        looks_on = role == streams
        group = prefix if looks_on else role
        yield Grant(role=role, right=Right.READ, kind=Kind.GROUP, name=group, is_prefix=looks_on)
        for topic in topics:
            yield Grant(role=role, right=Right.READ, kind=Kind.TOPIC, name=topic.name)
            dead = Right.DESCRIBE if looks_on else Right.WRITE
            yield Grant(role=role, right=dead, kind=Kind.TOPIC, name=topic.dead)
    for role in LOOKERS:
        for topic in TOPICS.values():
            yield Grant(role=role, right=Right.READ, kind=Kind.TOPIC, name=topic.name)
            yield Grant(role=role, right=Right.READ, kind=Kind.TOPIC, name=topic.dead)
