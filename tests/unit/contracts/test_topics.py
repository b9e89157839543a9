from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts.codec import MESSAGES
from shinsei.contracts.topics import STATUS_CHANGED, TOPICS, WORK_COMPLETED


def test_the_table_has_the_four_topics_of_the_spine() -> None:
    assert set(TOPICS) == {"application.fetched", "application.status-changed", "work.requested", "work.completed"}


def test_every_topic_has_eight_partitions_unlimited_retention_and_dead_letters() -> None:
    for name, topic in TOPICS.items():
        assert (topic.name, topic.partitions, topic.retention_ms, topic.dead) == (name, 8, -1, f"{name}.dead")


def test_every_topic_carries_watermarks() -> None:
    assert all(events.Watermark in topic.types for topic in TOPICS.values())


def test_every_event_message_travels_on_some_topic() -> None:
    assert set(MESSAGES) == {message.full_name for message in events.DESCRIPTOR.message_types_by_name.values()}


def test_only_the_way_back_stops_on_what_it_cannot_decode() -> None:
    assert {topic for topic in TOPICS.values() if topic.stops_on_undecodable} == {STATUS_CHANGED, WORK_COMPLETED}
