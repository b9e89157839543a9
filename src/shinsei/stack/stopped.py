"""Partitions that wait for a person: the metrics of the services say which, their logs say why."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from shinsei.stack.readiness import read_metrics

_METRIC = "shinsei_kafka_partition_stopped"
_EVENT = "partition_stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedPartition:
    """One partition that its service does not read on."""

    part: str
    """The service that has stopped at it."""
    topic: str
    partition: int
    offset: int | None
    """Of the record, or of the first of its batch where that is all that is known; None before any was read."""
    reason: str
    """Empty if the log does not hold it any more."""


def stopped_partitions(metrics: Mapping[str, str], logs: Mapping[str, Path]) -> tuple[StoppedPartition, ...]:
    """Every partition that is stopped at this moment; a part that does not answer has none.

    Args:
        metrics: URL of ``/metrics`` by part.
        logs: log file (JSON lines) by part.
    """
    return tuple(
        _explained(part, topic, partition, logs[part])
        for part, url in metrics.items()
        for topic, partition in _stopped(read_metrics(url) or "")
    )


def _stopped(text: str) -> list[tuple[str, int]]:
    return sorted(
        (sample.labels["topic"], int(sample.labels["partition"]))
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == _METRIC and sample.value
    )


def _explained(part: str, topic: str, partition: int, log: Path) -> StoppedPartition:
    """With what the log has said of it last."""
    offset, reason = None, ""
    with log.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if _EVENT not in line:
                continue
            try:
                said = json.loads(line)
            except ValueError:
                # Something else has written to the same file, or is writing this line just now.
                continue
            if (said.get("event"), said.get("topic"), said.get("partition")) == (_EVENT, topic, partition):
                offset, reason = said.get("offset"), str(said.get("reason", ""))
    return StoppedPartition(part=part, topic=topic, partition=partition, offset=offset, reason=reason)
