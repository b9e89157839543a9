"""A load test as an operator sees it while it runs: found by the stack's Prometheus, on its board, with its alert."""

import asyncio
import re
from pathlib import Path

import psutil
from prometheus_client.parser import text_string_to_metric_families
from tests.e2e.runbooks import LOADED
from tests.e2e.test_loadtest_ends import a_smoke, generator_of, interrupted
from tests.e2e.test_metrics import PAGE
from tests.e2e.test_prometheus import OF_A_LOAD_TEST, answer

from shinsei.loadtest.books import ACCEPTED, OFFERED, REGISTERED
from shinsei.loadtest.metrics import STAGES
from shinsei.stack import Stack
from shinsei.stack.home import Home
from shinsei.stack.prometheus import LOAD_JOB
from shinsei.stack.readiness import read_metrics
from shinsei.testing.command_line import CommandLine, interrupt
from shinsei.testing.prometheus import watching
from shinsei.testing.waiting import eventually

AT_WORK = (
    *(f'shinsei_loadtest_applications_total{{state="{state}"}} > 0' for state in (OFFERED, ACCEPTED, REGISTERED)),
    *(f'shinsei_loadtest_latency_seconds_count{{stage="{stage}"}} > 0' for stage in STAGES),
    "shinsei_loadtest_planned_per_second > 0",
)


async def generators(stack: Stack) -> list[str]:
    """Where Prometheus looks for load generators."""
    found = (await answer(stack, "targets", state="active"))["activeTargets"]
    return [one["scrapeUrl"] for one in found if one["labels"]["job"] == LOAD_JOB]


async def test_a_load_test_is_seen_while_it_runs_and_no_longer(
    stack: Stack, shinsei: CommandLine, tmp_path: Path
) -> None:
    preset = a_smoke(tmp_path, "200 s", ('most_generator_lag = "10 s"', 'most_generator_lag = "3 s"'))
    test = shinsei.start("loadtest", "run", preset, "--processes", "2", "--out", str(tmp_path), "--json")
    left = [*AT_WORK, *OF_A_LOAD_TEST.values()]

    async def all_shown() -> bool:
        left[:] = [expr for expr in left if not (await answer(stack, "query", query=expr))["result"]]
        return not left

    await eventually(all_shown, within_s=90, every_s=1, what="a value of every panel of a load test")
    (url,) = await generators(stack)
    text = await asyncio.to_thread(read_metrics, url)
    served = text_string_to_metric_families(text or "")
    documented = set(re.findall(rf"^\| `({LOAD_JOB}_\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    named = {one.name + "_total" * (one.type == "counter") for one in served}
    assert {name for name in named if name.startswith(LOAD_JOB)} == documented
    (hurry := tmp_path / "hurry").mkdir()
    async with watching(hurry, {"loadtest": url}) as watcher:
        await eventually(lambda: watcher.query("shinsei_loadtest_dispatcher_lag_seconds"), within_s=30)
        assert await watcher.fired() == set()
        worker, _ = psutil.Process(generator_of(test.pid)).children()
        worker.suspend()
        try:
            await watcher.until_fired(*LOADED)
        finally:
            worker.resume()
    interrupt(test)
    await interrupted(test)
    assert not list(Home(path=stack.home).prometheus.glob("loadtest*"))

    async def is_forgotten() -> bool:
        return not await generators(stack)

    await eventually(is_forgotten, within_s=30, every_s=1, what="no target any more")
