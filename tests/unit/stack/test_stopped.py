"""What stands in a log and in the metrics about partitions that have stopped."""

import json
from pathlib import Path

import pytest

from shinsei.stack import stopped
from shinsei.stack.stopped import StoppedPartition, stopped_partitions

METRICS = """\
# TYPE shinsei_kafka_partition_stopped gauge
shinsei_kafka_partition_stopped{partition="2",topic="work.completed"} 1.0
shinsei_kafka_partition_stopped{partition="3",topic="work.completed"} 0.0
"""
URLS = {"app_mgmt": "http://127.0.0.1:1/metrics"}


def line(offset: int | None, reason: str, partition: int = 2) -> str:
    said = {"event": "partition_stopped", "topic": "work.completed", "partition": partition}
    return json.dumps({**said, "offset": offset, "reason": reason})


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "app_mgmt.log"


@pytest.fixture(autouse=True)
def metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopped, "read_metrics", lambda _: METRICS)


def test_the_metric_says_which_partition_and_the_last_line_of_the_log_why(log: Path) -> None:
    said = (line(4, "an earlier one"), line(9, "another", partition=3), line(7, "unreadable"), '{"partition_stopped')
    log.write_text("\n".join(said))
    assert stopped_partitions(URLS, {"app_mgmt": log}) == (
        StoppedPartition(part="app_mgmt", topic="work.completed", partition=2, offset=7, reason="unreadable"),
    )


def test_a_log_that_no_longer_holds_the_reason_hides_no_partition(log: Path) -> None:
    log.touch()
    (found,) = stopped_partitions(URLS, {"app_mgmt": log})
    assert (found.partition, found.offset, found.reason) == (2, None, "")


def test_a_part_that_does_not_answer_has_no_stopped_partition(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log.touch()
    monkeypatch.setattr(stopped, "read_metrics", lambda _: None)
    assert stopped_partitions(URLS, {"app_mgmt": log}) == ()
