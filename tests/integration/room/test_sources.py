"""What a process is asked for at every look: the families that the room tells of, and no other."""

import pytest

from shinsei.room import sources
from shinsei.runtime.kafka.partition_worker import LAG
from shinsei.runtime.levels import PENDING, WATERMARK
from shinsei.runtime.observability import start_metrics

FETCH = {"stage": "fetch", "linkage_method": "none", "prefecture": "48"}


@pytest.fixture(scope="module")
def process() -> str:
    return f"http://127.0.0.1:{start_metrics(0)}/metrics"


async def test_a_process_is_asked_for_what_is_told_and_writes_down_nothing_else(process: str) -> None:
    PENDING.labels(**FETCH).set(179)
    WATERMARK.labels("fetch", "sim").set(1)
    LAG.labels("work.completed", "1").set(1.5)
    found = await sources.levels({"portal_sim": process, "gone": "http://127.0.0.1:1/metrics"})
    assert found.at_least("shinsei_pending_cases", stage="fetch") == 179
    assert found.most("shinsei_kafka_lag_seconds") == 1.5
    assert not found.has("shinsei_watermark_timestamp_seconds")
    assert found.away == ("gone",)


async def test_alerts_of_a_prometheus_that_is_not_there_are_not_known() -> None:
    assert await sources.alerts("http://127.0.0.1:1") is None
