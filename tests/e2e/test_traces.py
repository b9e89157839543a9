"""One trace a case through all four services, in a season that stays what it is."""

import asyncio
import json
import urllib.request
from typing import Any
from urllib.parse import urlencode

from shinsei.runtime.tracing import Identity
from shinsei.scenario import load
from shinsei.season.planned import plan_season
from shinsei.stack import Stack
from shinsei.testing.collector import Collector, Kept
from shinsei.testing.command_line import CommandLine
from shinsei.testing.waiting import eventually

WAY = (
    ("portal_sim", "submit"),
    ("app_mgmt", "application.fetched fetched"),
    ("core_systems", "work.requested work-requested"),
    ("app_mgmt", "work.completed work-EXAMINE"),
    ("linkage_server", "application.status-changed status-EXAMINE"),
)
"""Of a case that is registered, as the message says whose first transition is the examination that follows."""


def way(spans: dict[str, Kept]) -> set[tuple[str, str]]:
    return {(span.service, span.name) for span in spans.values()}


async def exemplars(stack: Stack, collector: Collector) -> bool:
    """Whether the times of records name traces that the collector has."""
    asked = urlencode({"query": "shinsei_kafka_transit_seconds_bucket", "start": 0, "end": "9999999999"})
    url = f"{stack.addresses.prometheus}/api/v1/query_exemplars?{asked}"

    def read() -> Any:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - loopback
            return json.load(answer)["data"]

    found = await asyncio.to_thread(read)
    named = {one["labels"]["trace_id"] for series in found for one in series["exemplars"]}
    return bool(named & collector.traces.keys())


async def test_a_registered_case_is_one_trace_from_submission_to_the_status_that_comes_back(
    shinsei: CommandLine, collector: Collector, stack: Stack
) -> None:
    summary = await shinsei.season("smoke")
    assert summary["trace_hash"] == plan_season(load("smoke")).trace_hash
    prefix = f"{summary['run_id']}"

    def mine() -> list[dict[str, Kept]]:
        traces = [dict(spans) for spans in list(collector.traces.values())]
        return [one for one in traces if any(span.attributes["shinsei.run"] == prefix for span in one.values())]

    async def arrived() -> bool:
        return sum(set(WAY) <= way(spans) for spans in mine()) >= 20

    await eventually(arrived, within_s=30, every_s=0.5, what="whole traces")
    whole = next(spans for spans in mine() if set(WAY) <= way(spans))
    (root,) = [span for span in whole.values() if not span.parent_id]
    case = Identity.of_case(root.attributes["shinsei.run"], root.attributes["shinsei.submission"])
    assert (root.trace_id, root.span_id) == (f"{case.trace_id:032x}", f"{case.span_id:016x}")
    assert {span.parent_id for span in whole.values()} == {"", root.span_id}
    steps = {(span.service, span.name): span for span in whole.values()}
    ended = [steps[step].ended_ns for step in WAY]
    assert ended == sorted(ended)
    assert not {"name", "address", "serial_number"} & {key for span in whole.values() for key in span.attributes}
    await eventually(lambda: exemplars(stack, collector), within_s=30, every_s=0.5, what="an exemplar leads to a trace")
