"""The status feed as it comes from Kafka: other runs and other messages pass by, and what is sent again counts once."""

from collections.abc import AsyncIterator

import pytest
from tests.unit.loadtest.test_books import changed

from shinsei.api.application.v1 import application_pb2 as pb
from shinsei.api.events.v1.events_pb2 import StatusChanged, Watermark
from shinsei.contracts.headers import RawHeaders, encode_values
from shinsei.loadtest.books import Books
from shinsei.loadtest.feed import StatusFeed

HERE, THERE = "483010", "483020"
STORE = (pb.APPLICATION_ACTION_STORE, pb.APPLICATION_STATUS_STORED)
REGISTER = (pb.APPLICATION_ACTION_REGISTER, pb.APPLICATION_STATUS_REGISTERED)
WITHDRAW = (pb.APPLICATION_ACTION_WITHDRAW, pb.APPLICATION_STATUS_WITHDRAWN)


@pytest.fixture
async def feed() -> AsyncIterator[StatusFeed]:
    """One that is never connected."""
    feed = StatusFeed("127.0.0.1:1", "load-1", {})
    yield feed
    await feed.stop()


def headers(number: int, run_id: str = "load-1", full_name: str = StatusChanged.DESCRIPTOR.full_name) -> RawHeaders:
    name, run = full_name.encode(), run_id.encode()
    return encode_values(full_name=name, run_id=run, number=number, event_id="e", at=0, sent_ms=101_000)


async def test_what_is_sent_again_is_entered_once(feed: StatusFeed) -> None:
    books = Books(100.0)
    first, second = (changed(f"{HERE}-1", STORE, REGISTER), changed(f"{HERE}-2", STORE, WITHDRAW))
    other = changed(f"{THERE}-1", STORE, REGISTER)
    for number, one in ((7, first), (8, second), (7, first), (8, second)):
        feed._enter(books, HERE.encode(), headers(number), one.SerializeToString())
    # Numbers count by municipality.
    feed._enter(books, THERE.encode(), headers(1), other.SerializeToString())
    assert books.totals == {"stored": 3, "registered": 2, "ended": 1}


async def test_only_status_changes_of_its_own_run_are_entered_and_what_cannot_be_read_is_counted(
    feed: StatusFeed,
) -> None:
    books, value = Books(100.0), changed(f"{HERE}-1", STORE).SerializeToString()
    alien = headers(1, run_id="load-2"), headers(2, full_name=Watermark.DESCRIPTOR.full_name), [("no", b"none")]
    for one in alien:
        feed._enter(books, HERE.encode(), one, value)
    assert (books.totals.total(), feed.unreadable) == (0, 1)
