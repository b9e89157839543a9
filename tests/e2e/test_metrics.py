"""Metrics by their values: what /metrics says is what the ledger, the databases and the documentation say."""

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.trace import TraceLine
from shinsei.runtime.levels import NO_METHOD
from shinsei.season.gateway import Gateway
from shinsei.season.ledger import RunKey, read_ledger
from shinsei.season.trace_file import TRACE, read_trace
from shinsei.stack import Stack
from shinsei.stack.readiness import read_metrics
from shinsei.testing.command_line import CommandLine, interrupt, open_season, reached
from shinsei.testing.waiting import eventually

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"
PROCESSES = 6
MOST_SERIES = {"bucket": 1_000, "other": 300}
"""Of one family in one process: every stage, method and prefecture of a test's cities, with room to spare."""

WAYS: Final = {
    "application.fetched": ("linkage_server", "app_mgmt"),
    "application.status-changed": ("app_mgmt", "linkage_server"),
    "work.requested": ("app_mgmt", "core_systems"),
    "work.completed": ("core_systems", "app_mgmt"),
}
"""Who writes a topic, and who handles it."""
VIEWED: Final = ("work.requested", "work.completed")
"""What the derived views read."""
SETS: Final = (
    'line.outages=[{start=2021-06-05T12:00:00,length="66 h"}]',
    "defects.rate=0.3",
    "corrections.p_reply=0.5",
    'corrections.request={mean="3 min",cv=0.5}',
    'corrections.reply_delay={mean="1 d",cv=1.0}',
    'corrections.deadline="3 d"',
    'corrections.grace="1 d"',
    "corrections.max_requests=1",
    "withdrawals.share=0.2",
    'withdrawals.delay={mean="2 d",shape="exponential"}',
    "moves_out.share=0.2",
    'moves_out.delay={mean="2 d",shape="exponential"}',
    'moves_out.handling={mean="10 min",cv=0.5}',
)
"""A season in which cases wait at the portal when it stops, and end in every way but as dead letters."""
ENDS: Final = {
    "registered": Action.REGISTER,
    "not_accepted": Action.NOT_ACCEPT,
    "withdrawn": Action.WITHDRAW,
    "expired": Action.EXPIRE,
    "transferred": Action.TRANSFER,
}
"""Lines of the ledger, and what the office did to get there."""
PENDING, OLDEST = "shinsei_pending_cases", "shinsei_oldest_pending_age_seconds"
WATERMARK: Final = "shinsei_watermark_timestamp_seconds"
AT_THE_PORTAL: Final = """
SELECT left(r.municipality, 2) AS prefecture, count(*) AS count, max(r.watermark_ms - e.stamp_ms) AS oldest_ms
FROM entry e JOIN run r ON r.key = e.run_key WHERE NOT r.closed AND e.change IS NULL GROUP BY 1"""
IN_INTAKE: Final = """
SELECT left(r.municipality, 2) AS prefecture, count(*) AS count,
       (SELECT min(watermark_ms) FROM run_intake WHERE NOT closed) - min(p.submitted_at_ms) AS oldest_ms
FROM postponed p JOIN run r ON r.key = p.run_key JOIN run_intake i ON i.run_key = r.key
WHERE NOT i.closed GROUP BY 1"""
STAGES: Final = {"fetch": ("portal_sim", AT_THE_PORTAL), "intake": ("app_mgmt", IN_INTAKE)}
"""Before a case has a method: in whose database it waits, and how that is asked."""


async def served_by(stack: Stack) -> dict[str, list[Sample]]:
    """Every sample of Shinsei's own and of its processes, by the process that serves it now."""
    urls = stack.addresses.metrics
    texts = await asyncio.gather(*(asyncio.to_thread(read_metrics, url) for url in urls.values()))
    assert len(texts) == PROCESSES
    return {
        part: [
            sample
            for family in text_string_to_metric_families(text or "")
            for sample in family.samples
            if sample.name.startswith(("shinsei_", "process_"))
        ]
        for part, text in zip(urls, texts, strict=True)
    }


async def served(stack: Stack) -> list[Sample]:
    """The same of all processes."""
    return [sample for samples in (await served_by(stack)).values() for sample in samples]


@dataclass(frozen=True, kw_only=True)
class Season:
    """What the services told before and after one, at rest."""

    before: Mapping[str, list[Sample]]
    after: Mapping[str, list[Sample]]

    def counted(self, service: str, name: str, **labels: str) -> float:
        return total(self.after[service], name, **labels) - total(self.before[service], name, **labels)

    def now(self, service: str, name: str) -> float:
        return total(self.after[service], name)


def calls(season: Season, service: str) -> bool:
    """Each call ends with one status and one duration."""
    handled = season.counted(service, "shinsei_grpc_server_handled_total")
    return handled == season.counted(service, "shinsei_grpc_server_handling_seconds_count") > 0


def loop(season: Season, service: str) -> bool:
    return season.counted(service, "shinsei_event_loop_lag_seconds_count") > 0


def pool(season: Season, service: str) -> bool:
    """A wait for each connection that was had, and no more open than are in use or rest."""
    waits = season.counted(service, "shinsei_db_pool_wait_seconds_count")
    in_use, size = (season.now(service, f"shinsei_db_pool_{name}") for name in ("in_use", "size"))
    return waits > 0 and 0 <= in_use <= size >= 1


def memory(season: Season, service: str) -> bool:
    """What a process holds lies between a few megabytes and a gigabyte."""
    return 1e7 < season.now(service, "process_resident_memory_bytes") < 1e9


def outbox(season: Season, service: str) -> bool:
    """What was committed was sent, topic by topic, and nothing is left."""
    left = season.now(service, "shinsei_outbox_waiting") + season.now(service, "shinsei_outbox_oldest_age_seconds")
    written = [topic for topic, (writer, _) in WAYS.items() if writer == service]
    return left == 0 and all(
        season.counted(service, "shinsei_outbox_relayed_total", topic=topic)
        == season.counted(service, "shinsei_kafka_messages_total", topic=topic, outcome="sent")
        == season.counted(service, "shinsei_kafka_batch_size_sum", topic=topic)
        > 0
        for topic in written
    )


def consumed(season: Season, service: str) -> bool:
    """What its writer sent was handled, topic by topic, and nothing lags."""
    lag = season.now(service, "shinsei_kafka_lag_records") + season.now(service, "shinsei_kafka_lag_seconds")
    return lag == 0 and all(
        season.counted(writer, "shinsei_kafka_messages_total", topic=topic, outcome="sent")
        == season.counted(service, "shinsei_kafka_messages_total", topic=topic, outcome="handled")
        for topic, (writer, reader) in WAYS.items()
        if reader == service
    )


def viewed(season: Season, part: str) -> bool:
    """The derived views have read all that was sent, could use it, and are not behind."""
    sent = [
        season.counted(WAYS[topic][0], "shinsei_kafka_messages_total", topic=topic, outcome="sent") for topic in VIEWED
    ]
    read = season.counted(part, "shinsei_app_mgmt_streams_records_total")
    wrong = season.counted(part, "shinsei_app_mgmt_streams_failed_total")
    return read == sum(sent) > 0 == wrong + season.now(part, "shinsei_app_mgmt_streams_rebuilding")


def looked(season: Season, part: str) -> bool:
    """The room has looked at the stack, no look has failed, and nothing is missing in what it saw."""
    done, failed = (season.counted(part, "shinsei_room_looks_total", outcome=outcome) for outcome in ("done", "failed"))
    return done > 0 == failed + season.now(part, "shinsei_ledger_unaccounted")


Signal = Callable[[Season, str], bool]
OF_ALL: Final[tuple[Signal, ...]] = (calls, loop, memory, pool)
MATRIX: Final[Mapping[str, tuple[Signal, ...]]] = {
    "portal_sim": OF_ALL,
    "linkage_server": (*OF_ALL, outbox, consumed),
    "app_mgmt": (*OF_ALL, outbox, consumed),
    "core_systems": (*OF_ALL, outbox, consumed),
    "app_mgmt_streams": (loop, memory, viewed),
    "room": (loop, memory, looked),
}
"""The signals that the parts have in common; what each has of its own is held against ledger and databases."""


def total(samples: list[Sample], name: str, **labels: str) -> float:
    return sum(sample.value for sample in samples if sample.name == name and labels.items() <= sample.labels.items())


async def test_the_page_lists_exactly_what_is_served(stack: Stack) -> None:
    documented = dict(re.findall(r"^\| `(shinsei_\w+)` \| (\w+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    texts = await asyncio.gather(*(asyncio.to_thread(read_metrics, url) for url in stack.addresses.metrics.values()))
    found = {
        family.name + "_total" * (family.type == "counter"): family.type
        for text in texts
        for family in text_string_to_metric_families(text or "")
        if family.name.startswith("shinsei_")
    }
    assert found == documented


async def test_a_season_is_counted_as_the_ledger_and_the_databases_count_it(
    stack: Stack, shinsei: CommandLine, gateway: Gateway
) -> None:
    """In its middle the backlog is the database's; at its end counters are the ledger's lines and stages add up."""
    before = await _at_rest(stack)
    sets = [word for one in SETS for word in ("--set", one)]
    season = shinsei.start("season", "smoke", "--methods", "RPA,BATCH_IMPORT", *sets, *shinsei.season_options)
    # A Sunday: people file, and nobody is at work, so that something waits wherever exactly the season stops.
    # Views that are killed read the log again, and their total is the database's all the same.
    await reached(gateway, 2, season)
    stack.kill("app_mgmt_streams")
    await reached(gateway, 5, season)
    interrupt(season)
    await shinsei.end(season, code=130)
    await _assert_levels(stack, gateway)
    keys = [RunKey(run_id=run.spec.run_id, municipality=run.spec.municipality) for run in await open_season(gateway)]
    summary = json.loads(await shinsei.run("season", "--resume", *shinsei.season_options))
    after = await served(stack)

    def counted(name: str, **labels: str) -> float:
        return total(after, name, **labels) - total(before, name, **labels)

    ledgers = [(await read_ledger(gateway, key)).ledger for key in keys]
    registered = sum(one.registered for one in ledgers)
    assert registered > 0
    assert counted("shinsei_portal_sim_submissions_total", outcome="accepted") == sum(one.accepted for one in ledgers)
    assert counted("shinsei_linkage_server_entries_total", kind="case") == sum(one.accepted for one in ledgers)
    assert counted("shinsei_core_systems_registrations_total") == registered
    for (method, group), count in (await _completed(stack, keys)).items():
        labels = {"linkage_method": method, "prefecture": group}
        assert counted("shinsei_core_systems_completed_total", **labels) == count > 0, labels
    assert counted("shinsei_app_mgmt_lead_time_seconds_count") == registered
    accepted = sum(one.accepted for one in ledgers)
    real = {
        stage: counted("shinsei_stage_duration_seconds_count", stage=stage, clock="real")
        for stage in ("submit", "fetch", "store", "open", "track")
    }
    assert real == dict.fromkeys(("submit", "fetch", "store", "open"), accepted) | {"track": registered}
    assert counted("shinsei_stage_duration_seconds_count", stage="return", clock="real") > registered
    assert 0 < counted("shinsei_stage_duration_seconds_sum", clock="real") < 600 * 6 * accepted
    lines = read_trace(shinsei.out / summary["run_id"] / TRACE)
    for line, action in ENDS.items():
        ended = sum(getattr(one, line) for one in ledgers)
        assert counted("shinsei_app_mgmt_transitions_total", action=action) == ended > 0, line
        assert ended == sum(one.action is action for one in lines), line
    fetch, office = _stage_seconds(lines)
    assert min(fetch, office) > 0
    for name, seconds, labels in (
        ("shinsei_app_mgmt_lead_time_seconds_sum", fetch + office, {}),
        ("shinsei_stage_duration_seconds_sum", fetch, {"stage": "fetch", "clock": "sim"}),
        ("shinsei_stage_duration_seconds_sum", office, {"stage": "office", "clock": "sim"}),
    ):
        assert abs(counted(name, **labels) - seconds) < 1.0, (name, labels)
    assert summary["ledger"]["unaccounted"] == 0
    _assert_bounded(after)

    async def caught_up() -> bool:
        return total(await served(stack), "shinsei_kafka_lag_records") == 0

    # The end of the run itself is still on its way when the season is over.
    await eventually(caught_up, within_s=30, every_s=0.5, what="no lag")


async def test_every_part_gives_every_signal_and_what_one_sends_another_handles(
    stack: Stack, shinsei: CommandLine
) -> None:
    await _at_rest(stack)
    before = await served_by(stack)
    await shinsei.season("smoke", "--methods", "RPA")
    await _at_rest(stack)
    season = Season(before=before, after=await served_by(stack))
    missing = [
        (service, signal.__name__)
        for service, signals in MATRIX.items()
        for signal in signals
        if not signal(season, service)
    ]
    assert missing == []


async def _completed(stack: Stack, keys: list[RunKey]) -> dict[tuple[str, str], int]:
    """What is in the core systems' books of a season, by the route on which it got there and prefecture."""
    connection = await asyncpg.connect(stack.addresses.dsns["core_systems"])
    rows = await connection.fetch(
        "SELECT e.method, left(r.municipality, 2) AS prefecture, count(*) FROM registration e"
        " JOIN run r ON r.key = e.run_key WHERE r.run_id = $1 GROUP BY 1, 2",
        keys[0].run_id,
    )
    await connection.close()
    return {(row["method"], row["prefecture"]): row["count"] for row in rows}


def _stage_seconds(lines: list[TraceLine]) -> tuple[float, float]:
    """From submission to storing, and from there to the registration: of all registered cases of a trace together."""
    moments = {(line.submission_id, line.action): line.at for line in lines}
    fetch = office = 0
    for (case, action), registered in moments.items():
        if action is Action.REGISTER:
            fetch += moments[case, Action.STORE] - moments[case, Action.SUBMIT]
            office += registered - moments[case, Action.STORE]
    return fetch / 1000, office / 1000


async def _at_rest(stack: Stack) -> list[Sample]:
    """Counters know no runs, so what others have left on its way is waited for, with its windows for batch imports."""
    seen: list[list[float]] = []

    async def still() -> bool:
        now = await served(stack)
        moving = ("shinsei_portal_sim_submissions_total", "shinsei_linkage_server_entries_total")
        handled = ("shinsei_app_mgmt_transitions_total", "shinsei_app_mgmt_streams_records_total")
        told = [total(now, name) for name in (*moving, *handled)]
        seen.append(told)
        return len(seen) > 3 and seen[-4:] == [told] * 4 and total(now, "shinsei_kafka_lag_records") == 0

    await eventually(still, within_s=90, every_s=4, what="a stack at rest")
    return await served(stack)


async def _assert_levels(stack: Stack, gateway: Gateway) -> None:
    """An open run at rest: every stage has come to the same place, and the backlog is what the database holds."""
    runs = await open_season(gateway)
    connection = await asyncpg.connect(stack.addresses.dsns["app_mgmt"])
    waiting = await connection.fetchval(
        "SELECT count(*) FROM tracked_case t JOIN run r ON r.key = t.run_key"
        " WHERE r.run_id = $1 AND t.ledger_line IS NULL",
        runs[0].spec.run_id,
    )
    await connection.close()
    keys = [RunKey(run_id=run.spec.run_id, municipality=run.spec.municipality) for run in runs]
    ledgers = [(await read_ledger(gateway, key)).ledger for key in keys]
    lines = {line: sum(getattr(one, line) for one in ledgers) for line in ("accepted", "in_flight", *ENDS)}
    assert lines["in_flight"] > 0 < lines["accepted"]
    returned = min(run.returned for run in runs) / 1000
    # Of a poll everything comes back up to the next one; what is handed on bears the time of the poll itself.
    interval = runs[0].spec.poll.interval_ms / 1000
    marks = {"polled": returned - interval} | dict.fromkeys(("intake", "office", "tracking", "pushed"), returned)
    stages = {stage: await _held(stack, *asked) for stage, asked in STAGES.items()}
    assert stages["fetch"], "the line is down: what was filed since waits at the portal"
    assert all(count > 0 < oldest_s for count, oldest_s in stages["fetch"].values())

    async def told() -> bool:
        now = await served(stack)
        return (
            total(now, "shinsei_pending_cases", stage="office") == waiting > 0
            and total(now, "shinsei_app_mgmt_streams_backlog_cases") == waiting
            and total(now, WATERMARK, stage="returned") == returned
            and total(now, WATERMARK, stage="portal") == min(run.watermark for run in runs) / 1000 < returned
            and all(total(now, WATERMARK, stage=stage) == at for stage, at in marks.items())
            and all(total(now, "shinsei_ledger_cases", line=line) == count for line, count in lines.items())
            and total(now, "shinsei_portal_sim_open_runs", pacing="driver") == len(runs)
            and all(_waiting(now, stage) == held for stage, held in stages.items())
        )

    await eventually(told, within_s=60, every_s=0.5, what="levels that the databases hold")
    now = await served(stack)
    oldest = max(sample.value for sample in now if sample.name == OLDEST)
    assert 0 < oldest < 9 * 86_400


Waiting = dict[tuple[str, str], tuple[float, float]]
"""Cases, and the age of the oldest in simulated seconds, by method and prefecture."""


async def _held(stack: Stack, service: str, query: str) -> Waiting:
    """What waits at a stage by the service's database."""
    connection = await asyncpg.connect(stack.addresses.dsns[service])
    rows = await connection.fetch(query)
    await connection.close()
    return {(NO_METHOD, row["prefecture"]): (row["count"], max(0, row["oldest_ms"]) / 1000) for row in rows}


def _waiting(samples: list[Sample], stage: str) -> Waiting:
    """The same by the gauges, without the groups in which nothing waits any more."""
    told: dict[str, dict[tuple[str, str], float]] = {PENDING: {}, OLDEST: {}}
    for sample in samples:
        if sample.name in told and sample.labels["stage"] == stage:
            told[sample.name][sample.labels["linkage_method"], sample.labels["prefecture"]] = sample.value
    return {group: (count, told[OLDEST][group]) for group, count in told[PENDING].items() if count}


def _assert_bounded(samples: list[Sample]) -> None:
    """No label holds an id, methods and prefectures come from their sets, and no family has many series."""
    series: dict[str, int] = defaultdict(int)
    for sample in samples:
        series[sample.name] += 1
        for label, value in sample.labels.items():
            assert label == "le" or not re.search(r"\d{4}", value), (sample.name, label, value)
        assert sample.labels.get("linkage_method", "none") in {*LinkageMethod, "none"}
        assert re.fullmatch(r"\d\d", sample.labels.get("prefecture", "00"))
    for name, count in series.items():
        assert count <= MOST_SERIES["bucket" if name.endswith("_bucket") else "other"], (name, count)
