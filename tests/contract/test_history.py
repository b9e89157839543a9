"""A season as blocks of Prometheus: none reaches behind now, or nothing more would be taken."""

import json
from pathlib import Path

import pytest

from shinsei.scenario import load
from shinsei.season.history import open_metrics
from shinsei.season.planned import plan_season
from shinsei.season.series import series_csv
from shinsei.stack.home import Home
from shinsei.stack.parts import USUAL_PORTS
from shinsei.stack.site import Site

TENTH_OF_JUNE_S = 1_623_250_800


@pytest.fixture(scope="module")
def series() -> bytes:
    return series_csv(plan_season(load("smoke")))


@pytest.mark.parametrize(("now_s", "has_blocks"), [(TENTH_OF_JUNE_S, True), (0, False)])
def test_no_block_reaches_behind_now(tmp_path: Path, series: bytes, now_s: int, *, has_blocks: bool) -> None:
    prometheus = Site(home=Home(path=tmp_path), ports=USUAL_PORTS).prometheus
    data = prometheus.directory / "data"
    data.mkdir(parents=True)
    prometheus.backfill(open_metrics(series, run="r", scenario="smoke", now_s=now_s))
    ends = [json.loads(meta.read_text(encoding="utf-8"))["maxTime"] for meta in data.glob("*/meta.json")]
    assert bool(ends) is has_blocks
    assert all(end <= now_s * 1_000 + 1 for end in ends)
