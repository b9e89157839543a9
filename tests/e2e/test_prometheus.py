"""Prometheus beside the running stack: it scrapes every process; every rule and every panel has something to show."""

import asyncio
import contextlib
import json
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml

from shinsei.stack import Stack
from shinsei.testing.command_line import CommandLine
from shinsei.testing.waiting import eventually

FILE = Path(__file__).parents[2] / "deploy" / "prometheus" / "recording.rules.yml"
BOARDS = sorted((FILE.parents[1] / "grafana" / "dashboards").glob("*.json"))
PANELS = [panel for file in BOARDS for panel in json.loads(file.read_text("utf-8"))["panels"]]
DRAWN = {
    f"{panel['title']}: {target['expr']}": target["expr"] for panel in PANELS for target in panel.get("targets", ())
}
"""The queries of the dashboards."""
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
    wanted |= {name: f"last_over_time(({expr})[5m:5s])" for name, expr in DRAWN.items()}

    async def silent() -> list[str]:
        found = [await answer(stack, "query", query=query) for query in wanted.values()]
        return [name for name, data in zip(wanted, found, strict=True) if not data["result"]]

    async def all_shown() -> bool:
        return not await silent()

    for _ in range(3):
        await shinsei.season("smoke", "--methods", "RPA,BATCH_IMPORT")
        with contextlib.suppress(AssertionError):
            await eventually(all_shown, within_s=15, every_s=1, what="a value of every rule and of every panel")
            break
    assert await silent() == []
    up = await answer(stack, "query", query="up")
    assert {sample["metric"]["part"] for sample in up["result"]} == set(stack.addresses.metrics)
    assert all(sample["value"][1] == "1" for sample in up["result"])
