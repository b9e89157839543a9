"""The rule of the inbox by itself, under any duplication, loss and re-sending."""

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from shinsei.api.events.v1 import events_pb2 as events
from shinsei.runtime.kafka import Record
from shinsei.runtime.outbox.inbox import select_next
from shinsei.testing import a_record

CITIES = ("482013", "482021")


def record(number: int, city: str) -> Record:
    return a_record(events.Watermark(at_ms=number), number=number, municipality=city)


@given(st.lists(st.tuples(st.integers(1, 8), st.sampled_from(CITIES)), max_size=60))
def test_what_is_accepted_is_gapless_from_one_whatever_arrives(arrivals: list[tuple[int, str]]) -> None:
    records = [record(*arrival) for arrival in arrivals]
    before = {item.stream: 0 for item in records}
    accepted, after = select_next(before, records)
    for stream in before:
        numbers = [item.number for item in accepted if item.stream == stream]
        assert numbers == list(range(1, after[stream] + 1))


@given(st.integers(1, 20), st.lists(st.integers(0, 19), max_size=5))
def test_a_log_with_prefixes_sent_again_is_accepted_once_and_whole(length: int, restarts: list[int]) -> None:
    whole = [record(number, CITIES[0]) for number in range(1, length + 1)]
    arrivals = [item for restart in restarts for item in whole[: restart % length]] + whole
    accepted, _ = select_next({whole[0].stream: 0}, arrivals)
    assert accepted == whole


def test_what_is_dropped_is_counted_by_why() -> None:
    def dropped() -> list[float]:
        labels = [{"topic": whole[0].topic, "reason": reason} for reason in ("duplicate", "gap")]
        return [REGISTRY.get_sample_value("shinsei_inbox_dropped_total", one) or 0.0 for one in labels]

    whole = [record(number, CITIES[0]) for number in (1, 1, 1, 2, 4)]
    before = dropped()
    select_next({whole[0].stream: 0}, whole)
    assert [now - then for now, then in zip(dropped(), before, strict=True)] == [2, 1]
