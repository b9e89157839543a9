"""Prometheus beside the running stack: it scrapes every process, and every recording rule has something to record."""

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
RECORDED = [rule["record"] for group in yaml.safe_load(FILE.read_text("utf-8"))["groups"] for rule in group["rules"]]


async def answer(stack: Stack, path: str, **arguments: str) -> Any:
    url = f"{stack.addresses.prometheus}/api/v1/{path}?{urlencode(arguments)}"

    def read() -> Any:
        with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310 - loopback
            return json.load(response)["data"]

    return await asyncio.to_thread(read)


async def test_every_rule_has_something_to_record_in_a_season(stack: Stack, shinsei: CommandLine) -> None:
    """A smoke season is over in seconds, so a rule about what is under way may miss it between two scrapes."""

    async def silent() -> list[str]:
        found = [await answer(stack, "query", query=f"last_over_time({name}[5m])") for name in RECORDED]
        return [name for name, data in zip(RECORDED, found, strict=True) if not data["result"]]

    async def all_recorded() -> bool:
        return not await silent()

    for _ in range(3):
        await shinsei.season("smoke", "--methods", "RPA,BATCH_IMPORT")
        with contextlib.suppress(AssertionError):
            await eventually(all_recorded, within_s=15, every_s=1, what="a value of every rule")
            break
    assert await silent() == []
    up = await answer(stack, "query", query="up")
    assert {sample["metric"]["part"] for sample in up["result"]} == set(stack.addresses.metrics)
    assert all(sample["value"][1] == "1" for sample in up["result"])
