"""A broker that is not there when a service starts is one clear line, whichever part meets it first."""

from collections.abc import Callable

import pytest

from shinsei.runtime.errors import StartError
from shinsei.runtime.kafka import Consumer, DeadLetters, Producer, ensure_topics
from shinsei.runtime.lifespan import Component
from shinsei.stack.ports import free_port


async def _nothing(partition: int, records: object) -> None:
    """Handles nothing."""


def a_consumer(bootstrap: str) -> Component:
    letters = DeadLetters(Producer(bootstrap, "test"))
    return Consumer(bootstrap, "test", "work.requested", _nothing, letters, wait_s=0.2)


def a_producer(bootstrap: str) -> Component:
    return Producer(bootstrap, "test", wait_s=0.2)


@pytest.mark.parametrize("part", [a_consumer, a_producer])
async def test_a_part_without_its_broker_says_where_it_looked(part: Callable[[str], Component]) -> None:
    bootstrap = f"127.0.0.1:{free_port()}"
    with pytest.raises(StartError, match=f"Kafka is not reachable at {bootstrap}"):
        await part(bootstrap).start()


async def test_topics_without_their_broker_say_where_they_looked() -> None:
    bootstrap = f"127.0.0.1:{free_port()}"
    with pytest.raises(StartError, match=f"Kafka is not reachable at {bootstrap}"):
        await ensure_topics(bootstrap, wait_s=0.2)
