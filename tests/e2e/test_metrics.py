"""Metrics by their values: what /metrics says is what the ledger, the databases and the documentation say."""

import asyncio
import contextlib
import json
import re
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

import asyncpg
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from tests.e2e.signals import MATRIX, Season, total

from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.trace import TraceLine
from shinsei.runtime.levels import EVERY_S, NO_METHOD
from shinsei.season.books import decode_report
from shinsei.season.gateway import Gateway
from shinsei.season.ledger import RunKey, read_ledger
from shinsei.season.trace_file import TRACE, read_trace
from shinsei.stack import Stack
from shinsei.stack.prometheus import LOAD_JOB
from shinsei.stack.readiness import read_metrics
from shinsei.testing.command_line import CommandLine, interrupt, open_season, reached
from shinsei.testing.waiting import eventually

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"
PROCESSES = 6
MOST_SERIES = {"bucket": 1_000, "other": 300}
"""Of one family in one process: every stage, method and prefecture of a test's cities, with room to spare."""

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
REACTIONS: Final = {"REPLY": Action.CORRECT, "WITHDRAWAL": Action.WITHDRAW}
"""What applicants do after filing, and what comes of it."""
TOLD_WITHIN_S: Final = 1.5 * EVERY_S
"""Lags and what the views have counted are told every so often, and later where the machine is busy."""
BETWEEN_WINDOWS_S: Final = 12.0
"""Of an open run with a clock, the longest that there is."""
PENDING, OLDEST = "shinsei_pending_cases", "shinsei_oldest_pending_age_seconds"
WATERMARK: Final = "shinsei_watermark_timestamp_seconds"
AT_THE_PORTAL: Final = """
SELECT left(r.municipality, 2) AS prefecture, count(*) FILTER (WHERE e.n = 0) AS count,
       max(r.watermark_ms - e.stamp_ms) AS oldest_ms
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


async def test_the_page_lists_exactly_what_is_served(stack: Stack) -> None:
    documented = dict(re.findall(r"^\| `(shinsei_\w+)` \| (\w+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    documented = {name: kind for name, kind in documented.items() if not name.startswith(LOAD_JOB)}
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
    before = await _at_rest(stack, gateway)
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
    accepted, registered = (sum(getattr(one, line) for one in ledgers) for line in ("accepted", "registered"))
    assert accepted > registered > 0
    assert counted("shinsei_portal_sim_submissions_total", outcome="accepted") == accepted
    assert counted("shinsei_linkage_server_entries_total", kind="case") == accepted
    assert counted("shinsei_core_systems_registrations_total") == registered
    for (method, group), count in (await _completed(stack, keys)).items():
        labels = {"linkage_method": method, "prefecture": group}
        assert counted("shinsei_core_systems_completed_total", **labels) == count > 0, labels
    assert counted("shinsei_app_mgmt_lead_time_seconds_count") == registered
    # The line is down for 66 hours, in which each of two cities polls each quarter of an hour.
    assert counted("shinsei_linkage_server_polls_total", outcome="down") == 2 * 66 * 4
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
    filed = {kind: counted("shinsei_portal_sim_reactions_total", kind=kind, outcome="filed") for kind in REACTIONS}
    # What is filed too late, or about a case that has ended, is filed all the same.
    assert all(filed[kind] >= sum(one.action is done for one in lines) > 0 for kind, done in REACTIONS.items()), filed
    fetch, office = _stage_seconds(lines)
    for name, seconds, labels in (
        ("shinsei_app_mgmt_lead_time_seconds_sum", fetch + office, {}),
        ("shinsei_stage_duration_seconds_sum", fetch, {"stage": "fetch", "clock": "sim"}),
        ("shinsei_stage_duration_seconds_sum", office, {"stage": "office", "clock": "sim"}),
    ):
        assert abs(counted(name, **labels) - seconds) < 1.0 < seconds, (name, labels)
    assert summary["ledger"]["unaccounted"] == 0
    _assert_bounded(after)

    async def caught_up() -> bool:
        return total(await served(stack), "shinsei_kafka_lag_records") == 0

    # The end of the run itself is still on its way when the season is over.
    await eventually(caught_up, within_s=30, every_s=0.5, what="no lag")


async def test_every_part_gives_every_signal_and_what_one_sends_another_handles(
    stack: Stack, shinsei: CommandLine, gateway: Gateway
) -> None:
    await _at_rest(stack, gateway)
    before = await served_by(stack)
    await shinsei.season("smoke", "--methods", "RPA")
    await _at_rest(stack, gateway)
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


async def _at_rest(stack: Stack, gateway: Gateway) -> list[Sample]:
    """Counters know no runs, so what others have left on its way is waited for, with its windows for batch imports."""
    told: list[float] = []
    since_s = time.monotonic()

    async def still() -> bool:
        nonlocal told, since_s
        is_open = any(not run.closed for run in await gateway.list_runs())
        now, before = await served(stack), told
        moving = ("shinsei_portal_sim_submissions_total", "shinsei_linkage_server_entries_total")
        handled = ("shinsei_app_mgmt_transitions_total", "shinsei_app_mgmt_streams_records_total")
        told = [total(now, name) for name in (*moving, *handled)]
        if told != before or total(now, "shinsei_kafka_lag_records"):
            since_s = time.monotonic()
        return time.monotonic() - since_s > (BETWEEN_WINDOWS_S if is_open else TOLD_WITHIN_S)

    await eventually(still, within_s=90, every_s=1, what="a stack at rest")
    return await served(stack)


async def _assert_levels(stack: Stack, gateway: Gateway) -> None:
    """An open run at rest: every stage has come to the same place, and the backlog is what the database holds."""
    runs = await open_season(gateway)
    run_id = runs[0].spec.run_id
    waiting = await _count(stack, "app_mgmt", "tracked_case t", run_id, "AND t.ledger_line IS NULL")
    # The ledger is a cut at a watermark; what has been accepted behind it is in the portal's database already.
    accepted = await _count(stack, "portal_sim", "application t", run_id)
    keys = [RunKey(run_id=run.spec.run_id, municipality=run.spec.municipality) for run in runs]
    ledgers = [(await read_ledger(gateway, key)).ledger for key in keys]
    lines = {line: sum(getattr(one, line) for one in ledgers) for line in ("accepted", "in_flight", *ENDS)}
    returned = min(run.returned for run in runs) / 1000
    # Of a poll everything comes back up to the next one; what is handed on bears the time of the poll itself.
    interval = runs[0].spec.poll.interval_ms / 1000
    marks = {"polled": returned - interval} | dict.fromkeys(("intake", "office", "tracking", "pushed"), returned)
    stages = {stage: await _held(stack, *asked) for stage, asked in STAGES.items()}
    assert stages["fetch"], "the line is down: what was filed since waits at the portal"
    assert all(count > 0 < oldest_s for count, oldest_s in stages["fetch"].values())

    reports = [decode_report((await gateway.office_report(run.spec))[1]) for run in runs]
    marks |= {"portal": min(run.watermark for run in runs) / 1000, "returned": returned}
    assert waiting > 0 < lines["in_flight"] < lines["accepted"]
    assert marks["portal"] < returned
    wanted = {
        "pending": waiting,
        "shinsei_app_mgmt_streams_backlog_cases": waiting,
        "shinsei_portal_sim_open_runs": len(runs),
        "shinsei_linkage_server_runs": len(runs),
        "shinsei_core_systems_open_offices": len(runs),
        "shinsei_core_systems_paper_waiting": sum(report.paper_waiting for report in reports),
        "shinsei_portal_sim_unfetched_late_cases": 0,
        "cases": accepted,
        **marks,
        **lines,
        **{f"at {stage}": held for stage, held in stages.items()},
    }
    found: dict[str, Any] = {}

    async def told() -> bool:
        now = await served(stack)
        found.update((name, total(now, name)) for name in wanted if name.startswith("shinsei_"))
        found["pending"] = total(now, PENDING, stage="office")
        found["cases"] = total(now, "shinsei_portal_sim_cases", state="accepted")
        found.update((stage, total(now, WATERMARK, stage=stage)) for stage in marks)
        found.update((line, total(now, "shinsei_ledger_cases", line=line)) for line in lines)
        found.update((f"at {stage}", _waiting(now, stage)) for stage in stages)
        return found == wanted

    with contextlib.suppress(AssertionError):
        await eventually(told, within_s=60, every_s=0.5)
    assert found == wanted, "levels that the databases hold"
    now = await served(stack)
    oldest = max(sample.value for sample in now if sample.name == OLDEST)
    assert 0 < oldest < 9 * 86_400


async def _count(stack: Stack, service: str, table: str, run_id: str, where: str = "") -> int:
    """Rows of a run in a service's database."""
    connection = await asyncpg.connect(stack.addresses.dsns[service])
    counted = f"SELECT count(*) FROM {table} JOIN run r ON r.key = t.run_key WHERE r.run_id = $1 {where}"  # noqa: S608
    found: int = await connection.fetchval(counted, run_id)
    await connection.close()
    return found


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
