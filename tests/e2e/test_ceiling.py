"""The benchmark in its shortest form: product and limit, one pair, on the stack of the tests."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from shinsei.stack import Stack

SHORT = ("--pairs", "1", "--modes", "batch", "--methods", "STANDARD_API")
SECONDS = ("--warm", "1", "--measure", "2", "--half", "1.5")
LIMIT = {"limit/portal", "limit/linkage", "limit/app_mgmt", "limit/core"}


async def test_one_pair_is_measured_and_everything_accepted_is_registered(stack: Stack, tmp_path: Path) -> None:
    """It ends with 1 when either side loses an application, registers one twice, or gets nothing done."""
    out = tmp_path / "short.json"
    bench = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.ceiling", *SHORT, *SECONDS, "--home", str(stack.home), "--out", str(out)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await bench.communicate()
    assert bench.returncode == 0, told.decode()
    assert "not a linkage method's capacity" in told.decode()
    (row,) = json.loads(out.read_text(encoding="utf-8"))["rows"]
    assert (row["mode"], row["method"], row["pairs"]) == ("batch", "STANDARD_API", 1)
    assert row["ratio"] == pytest.approx(row["completed_per_s"] / row["limit_per_s"], rel=0.01)
    assert 0.02 < row["ratio"] < 2, "what does no work is the faster one, by less than fifty times"
    for side in ("product", "limit"):
        found = row[side]
        assert 0 < found["submit_to_registered_s"]["p50"] <= found["submit_to_registered_s"]["p99"]
        assert all(size > 500 for size in found["bytes_per_application"].values()), found
    spent = row["product"]["cpu_s_per_10k_by_process"]
    assert {"portal_sim", "linkage_server", "app_mgmt", "core_systems", "kafka", "postgres/app_mgmt"} <= spent.keys()
    assert row["limit"]["cpu_s_per_10k_by_process"].keys() >= LIMIT
