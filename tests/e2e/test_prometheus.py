"""Prometheus beside the running stack: it scrapes every process; every rule and every panel has something to show."""

import asyncio
import contextlib
import csv
import json
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml

from shinsei.stack import Stack
from shinsei.stack.prometheus import JOB, LOAD_JOB
from shinsei.testing.command_line import CommandLine
from shinsei.testing.waiting import eventually

FILE = Path(__file__).parents[2] / "deploy" / "prometheus" / "recording.rules.yml"
BOARDS = FILE.parents[1] / "grafana" / "dashboards"


def drawn(file: Path) -> dict[str, str]:
    """The queries of a dashboard, by panel."""
    panels = json.loads(file.read_text(encoding="utf-8"))["panels"]
    return {f"{panel['title']}: {one['expr']}": one["expr"] for panel in panels for one in panel.get("targets", ())}


PAST = drawn(BOARDS / "shinsei-history.json")
"""Of the dashboard that shows a season at its simulated times."""
OF_A_LOAD_TEST = {name: expr for name, expr in drawn(BOARDS / "shinsei-loadtest.json").items() if LOAD_JOB in expr}
"""What the generator alone tells."""
PRESENT = {
    name: expr
    for file in sorted(BOARDS.glob("*.json"))
    for name, expr in drawn(file).items()
    if name not in PAST and name not in OF_A_LOAD_TEST
}
RECORDED = [rule["record"] for group in yaml.safe_load(FILE.read_text("utf-8"))["groups"] for rule in group["rules"]]


async def answer(stack: Stack, path: str, **arguments: str) -> Any:
    url = f"{stack.addresses.prometheus}/api/v1/{path}?{urlencode(arguments)}"

    def read() -> Any:
        with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310 - loopback
            return json.load(response)["data"]

    return await asyncio.to_thread(read)


async def test_every_rule_and_every_panel_has_something_to_show_of_a_season(stack: Stack, shinsei: CommandLine) -> None:
    """A smoke season is over in seconds, so a rule about what is under way may miss it between two scrapes."""

    wanted = {name: f"last_over_time({name}[5m])" for name in RECORDED}
    wanted |= {name: f"last_over_time(({expr})[5m:5s])" for name, expr in PRESENT.items()}

    async def silent(names: Iterable[str]) -> list[str]:
        return [name for name in names if not (await answer(stack, "query", query=wanted[name]))["result"]]

    left = [*wanted]

    async def all_shown() -> bool:
        left[:] = await silent(left)
        return not left

    for _ in range(3):
        await shinsei.season("smoke", "--methods", "RPA,BATCH_IMPORT")
        with contextlib.suppress(AssertionError):
            await eventually(all_shown, within_s=15, every_s=1, what="a value of every rule and of every panel")
            break
    assert await silent(wanted) == []
    up = await answer(stack, "query", query=f'up{{job="{JOB}"}}')
    assert {sample["metric"]["part"] for sample in up["result"]} == set(stack.addresses.metrics)
    assert all(sample["value"][1] == "1" for sample in up["result"])


async def test_a_finished_season_is_shown_at_its_simulated_times(stack: Stack, shinsei: CommandLine) -> None:
    """Backlog and hours of its days, with the figures of its series; every panel of the past has something to show."""
    summary = await shinsei.season("smoke", "--methods", "RPA,BATCH_IMPORT")
    run, end = summary["run_id"], summary["end"]
    await shinsei.run("runs", "backfill", run, "--out", str(shinsei.out))
    await asyncio.to_thread(stack.restart, "prometheus")  # it looks for new blocks once a minute, and when it starts
    rows = list(csv.DictReader((shinsei.out / run / "series.csv").read_text("utf-8-sig").splitlines()))

    async def at_the_end(query: str) -> dict[str, float]:
        data = await answer(stack, "query", query=query.replace("$run", run), time=end)
        return {sample["metric"]["linkage_method"]: float(sample["value"][1]) for sample in data["result"]}

    async def shown() -> bool:
        return bool(await at_the_end(next(iter(PAST.values()))))

    await eventually(shown, within_s=90, every_s=1, what="the season in Prometheus")
    for expr in PAST.values():
        assert set(await at_the_end(expr)) == {"RPA", "BATCH_IMPORT"}, expr
    for column, metric, factor in (("registered", "registered_cases", 1), ("staff_hours", "staff_seconds", 3600)):
        sums = await at_the_end(f'sum by (linkage_method) (sum_over_time(shinsei_season_{metric}{{run="$run"}}[60d]))')
        for method, value in sums.items():
            told = sum(float(row[column]) for row in rows if row["method"] == method)
            assert value == pytest.approx(told * factor), (metric, method)
