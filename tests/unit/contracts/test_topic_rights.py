"""The table of rights on topics: whole, least, and in agreement with the table of connections."""

from shinsei.contracts.topic_rights import LOOKERS, READERS, STREAMS, WRITERS, Kind, Right, grants
from shinsei.contracts.topics import TOPICS
from shinsei.contracts.zones import CALLS

PEOPLE = {"season", "loadtest_master", "room"}
"""Whoever is at the keyboard of a local stack; in containers they do not reach Kafka at all."""


def topics_of(role: str, right: Right) -> set[str]:
    return {line.name for line in grants() if (line.role, line.right, line.kind) == (role, right, Kind.TOPIC)}


def test_every_topic_is_written_by_one_service_and_read_by_another() -> None:
    for topic in TOPICS.values():
        writers = {role for role, topics in WRITERS.items() if topic in topics} - PEOPLE
        readers = {role for role, topics in READERS.items() if topic in topics}
        assert len(writers) == 1, topic.name
        assert readers, topic.name
        assert not writers & readers, topic.name


def test_whoever_has_a_right_may_connect() -> None:
    may_connect = {call.caller for call in CALLS if call.callee == "kafka"}
    assert {line.role for line in grants()} - PEOPLE == may_connect
    assert set(LOOKERS) == PEOPLE


def test_only_readers_write_dead_letters() -> None:
    for line in grants():
        if line.right is Right.WRITE and line.name.endswith(".dead"):
            read = {topic.name for topic in READERS[line.role]}
            assert line.name.removesuffix(".dead") in read


def test_a_reader_has_the_group_of_its_name_and_no_other() -> None:
    groups = {line.role: line.name for line in grants() if line.kind is Kind.GROUP}
    assert groups == {**{role: role for role in READERS}, STREAMS[0]: STREAMS[1]}
    assert all(not line.is_prefix for line in grants() if line.role != STREAMS[0])


def test_the_derived_views_write_nothing() -> None:
    assert not topics_of(STREAMS[0], Right.WRITE)
