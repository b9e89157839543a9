"""Kafka lets each role do what the table says and nothing else, on the stack as it runs."""

import asyncio
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    TopicAuthorizationFailedError,
    for_code,
)

from shinsei.contracts.topic_rights import READERS, WRITERS, Grant, Kind, Right
from shinsei.contracts.topics import TOPICS
from shinsei.runtime.identity import kafka_options
from shinsei.runtime.kafka import ensure_access
from shinsei.stack import Stack

FLOW = ("linkage_server", "app_mgmt", "core_systems")
SERVICES = (*FLOW, "app_mgmt_streams")


def as_role(stack: Stack, role: str) -> dict[str, Any]:
    bootstrap = stack.addresses.kafka_bootstrap
    return {"bootstrap_servers": bootstrap, **kafka_options(bootstrap, role)}


async def is_visible(client: Any, topic: str) -> bool:
    """Whether the broker tells this client of the topic at all."""
    described = await client.describe_topics([topic])
    code = described[0]["error_code"]
    if code:
        assert for_code(code) is TopicAuthorizationFailedError
    return not code


@pytest.mark.parametrize("role", SERVICES)
async def test_a_service_sees_its_own_topics_and_no_other(role: str, stack: Stack) -> None:
    own = {topic.name for table in (WRITERS, READERS) for topic in table.get(role, ())}
    admin = AIOKafkaAdminClient(**as_role(stack, role))
    await admin.start()
    try:
        assert {name for name in TOPICS if await is_visible(admin, name)} == own
        assert not await is_visible(admin, "__consumer_offsets")
        refused = await admin.create_topics([NewTopic("somebodys", num_partitions=1, replication_factor=1)])
        assert for_code(refused.topic_errors[0][1]) is TopicAuthorizationFailedError
    finally:
        await admin.close()


@pytest.mark.parametrize("role", FLOW)
async def test_a_service_cannot_write_what_it_reads(role: str, stack: Stack) -> None:
    producer = AIOKafkaProducer(**as_role(stack, role))
    await producer.start()
    try:
        for topic in READERS[role]:
            with pytest.raises(TopicAuthorizationFailedError):
                await producer.send_and_wait(topic.name, b"forged", key=b"482013", partition=0)
    finally:
        await producer.stop()


@pytest.mark.parametrize("role", FLOW)
async def test_a_service_cannot_read_what_it_writes(role: str, stack: Stack) -> None:
    consumer = AIOKafkaConsumer(**as_role(stack, role), group_id=None, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([TopicPartition(topic.name, 0) for topic in WRITERS[role]])
        with pytest.raises(TopicAuthorizationFailedError):
            async with asyncio.timeout(20):
                await consumer.getmany(timeout_ms=15_000)
    finally:
        await consumer.stop()


async def reading(consumer: AIOKafkaConsumer) -> Any:
    """What a member of a group gets; it joins first."""
    await consumer.start()
    return await consumer.getmany(timeout_ms=15_000)


async def test_a_service_cannot_join_the_group_of_another(stack: Stack) -> None:
    """It would take partitions away from it."""
    consumer = AIOKafkaConsumer("work.completed", **as_role(stack, "app_mgmt"), group_id="core_systems")
    try:
        with pytest.raises(GroupAuthorizationFailedError):
            await asyncio.wait_for(reading(consumer), timeout=20)
    finally:
        await consumer.stop()


async def test_nobody_connects_to_kafka_without_a_certificate(stack: Stack) -> None:
    consumer = AIOKafkaConsumer(bootstrap_servers=stack.addresses.kafka_bootstrap, request_timeout_ms=2_000)
    with pytest.raises(KafkaConnectionError):
        await consumer.start()
    await consumer.stop()


async def test_only_the_stack_changes_the_access_list(stack: Stack) -> None:
    await ensure_access(stack.addresses.kafka_bootstrap, "kafka")
    with pytest.raises(Exception, match=r"(?i)authoriz"):
        await ensure_access(stack.addresses.kafka_bootstrap, "season")


async def test_what_the_table_does_not_have_any_more_is_struck_from_the_list(stack: Stack) -> None:
    bootstrap, fetched = stack.addresses.kafka_bootstrap, "application.fetched"
    of_before = Grant(role="core_systems", right=Right.READ, kind=Kind.TOPIC, name=fetched)
    await ensure_access(bootstrap, "kafka", [of_before])
    admin = AIOKafkaAdminClient(**as_role(stack, "core_systems"))
    await admin.start()
    try:
        assert await is_visible(admin, fetched)
        await ensure_access(bootstrap, "kafka")
        assert not await is_visible(admin, fetched)
        assert await is_visible(admin, "work.requested")
    finally:
        await admin.close()
