"""Prometheus beside the running stack: it scrapes every process, and every recording rule has something to record."""

import asyncio
import json
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml

from shinsei.stack import Stack
from shinsei.stack.prometheus import is_installed
from shinsei.testing.command_line import CommandLine
from shinsei.testing.waiting import eventually

pytestmark = pytest.mark.skipif(not is_installed(), reason="no Prometheus here: make setup")
FILE = Path(__file__).parents[2] / "deploy" / "prometheus" / "recording.rules.yml"
RECORDED = [rule["record"] for group in yaml.safe_load(FILE.read_text("utf-8"))["groups"] for rule in group["rules"]]


async def answer(stack: Stack, path: str, **arguments: str) -> Any:
    url = f"{stack.addresses.prometheus}/api/v1/{path}?{urlencode(arguments)}"

    def read() -> Any:
        with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310 - loopback
            return json.load(response)["data"]

    return await asyncio.to_thread(read)


async def test_every_rule_has_something_to_record_in_a_season(stack: Stack, shinsei: CommandLine) -> None:
    await shinsei.season("smoke", "--methods", "RPA,BATCH_IMPORT")

    async def silent() -> list[str]:
        found = [await answer(stack, "query", query=f"last_over_time({name}[5m])") for name in RECORDED]
        return [name for name, data in zip(RECORDED, found, strict=True) if not data["result"]]

    async def all_recorded() -> bool:
        return not await silent()

    await eventually(all_recorded, within_s=30, every_s=1, what="a value of every rule")
    up = await answer(stack, "query", query="up")
    assert {sample["metric"]["part"] for sample in up["result"]} == set(stack.addresses.metrics)
    assert all(sample["value"][1] == "1" for sample in up["result"])
