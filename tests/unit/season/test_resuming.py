"""Which of several open seasons ``season --resume`` goes on with."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from shinsei.scenario import load
from shinsei.season.request import SeasonRequest
from shinsei.season.results import REQUEST, SCENARIO, Results
from shinsei.season.session import find_open


@pytest.mark.parametrize(("first", "last"), [("ff00", "00ff"), ("00ff", "ff00")])
async def test_the_season_that_was_started_last_is_resumed(tmp_path: Path, first: str, last: str) -> None:
    """An id ends in digits of chance, which say nothing of when it was made."""
    scenario, results = load("smoke"), Results(tmp_path)
    ids = (f"smoke-20210601000000-{first}", f"smoke-20210601000001-{last}")
    specs = [spec for run_id in ids for spec in scenario.run_specs(run_id)[:1]]
    for run_id in ids:
        results.write(run_id, REQUEST, SeasonRequest(scenario=str(scenario.path)).as_json())
        results.write(run_id, SCENARIO, scenario.record())

    async def list_runs() -> list[Any]:
        return [SimpleNamespace(spec=spec, closed=False) for spec in specs]

    gateway: Any = SimpleNamespace(list_runs=list_runs)
    assert (await find_open(gateway, results, ""))[0] == ids[1]
    assert (await find_open(gateway, results, "smoke"))[0] == ids[1]
