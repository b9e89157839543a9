"""A season as blocks of Prometheus: none reaches behind now, or nothing more would be taken."""

import errno
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from shinsei.scenario import load
from shinsei.season.history import open_metrics
from shinsei.season.planned import plan_season
from shinsei.season.series import series_csv
from shinsei.stack import StackError, prometheus
from shinsei.stack.home import Home
from shinsei.stack.parts import USUAL_PORTS
from shinsei.stack.site import Site

TENTH_OF_JUNE_S = 1_623_250_800


@pytest.fixture(scope="module")
def series() -> bytes:
    return series_csv(plan_season(load("smoke")))


@pytest.mark.parametrize(("now_s", "has_blocks"), [(TENTH_OF_JUNE_S, True), (0, False)])
def test_no_block_reaches_behind_now(tmp_path: Path, series: bytes, now_s: int, *, has_blocks: bool) -> None:
    server = Site(home=Home(path=tmp_path), ports=USUAL_PORTS).prometheus
    data = server.directory / "data"
    data.mkdir(parents=True)
    server.backfill(open_metrics(series, run="r", scenario="smoke", now_s=now_s))
    ends = [json.loads(meta.read_text(encoding="utf-8"))["maxTime"] for meta in data.glob("*/meta.json")]
    assert bool(ends) is has_blocks
    assert all(end <= now_s * 1_000 + 1 for end in ends)


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (subprocess.TimeoutExpired("promtool", 120), "within 120 s"),
    ],
)
def test_what_keeps_it_from_being_put_there_spoils_no_season(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception, told: str
) -> None:
    """The season is over by then and its result is written: such an error is told in a line, any other ends it."""

    def fail(*_: Any, **__: Any) -> None:
        raise failure

    server = Site(home=Home(path=tmp_path), ports=USUAL_PORTS).prometheus
    (server.directory / "data").mkdir(parents=True)
    monkeypatch.setattr(prometheus, "program", lambda name: name)
    monkeypatch.setattr(subprocess, "run", fail)
    with pytest.raises(StackError, match=told):
        server.backfill(["# EOF"])
    assert [one.name for one in server.directory.iterdir()] == ["data"]
