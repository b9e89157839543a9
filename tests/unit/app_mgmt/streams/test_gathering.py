"""What comes of a partition in one take is one message, and holds every record as it came."""

from collections.abc import Sequence

from aiokafka import ConsumerRecord
from faust.types import TP

from app_mgmt.streams.gathering import gathered

HERE, THERE = TP("work.completed", 3), TP("work.completed", 4)


def records(place: TP, offsets: Sequence[int]) -> list[ConsumerRecord[bytes, bytes]]:
    return [
        ConsumerRecord(
            topic=place.topic,
            partition=place.partition,
            offset=offset,
            timestamp=offset,
            timestamp_type=0,
            key=b"482013",
            value=b"%d" % offset,
            checksum=None,
            serialized_key_size=6,
            serialized_value_size=1,
            headers=(("no", b"%d" % offset),),
        )
        for offset in offsets
    ]


def test_a_take_is_one_message_a_partition_that_stands_where_its_last_record_does() -> None:
    many, one = records(HERE, range(5, 5_000)), records(THERE, [7])
    found = gathered({HERE: many, THERE: one, TP("work.requested", 0): []})
    assert {place: len(batches) for place, batches in found.items()} == {HERE: 1, THERE: 1}
    assert (found[HERE][0].offset, found[THERE][0].offset) == (4_999, 7)
    assert (found[HERE][0].value, found[THERE][0].value) == (tuple(many), tuple(one))
