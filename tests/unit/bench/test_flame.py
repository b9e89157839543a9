"""What py-spy has seen becomes a table of functions, and its top is kept."""

import argparse
from pathlib import Path

import pytest

from bench.flame import MOST_KEPT, Function, Profile, kept, profile, table

RAW = """\
<module> (portal_sim/__main__.py:9);run (asyncio/base_events.py:604);handle (portal_sim/inbound/portal.py:80) 5
<module> (portal_sim/__main__.py:9);run (asyncio/base_events.py:604);handle (portal_sim/inbound/portal.py:91) 2
<module> (portal_sim/__main__.py:9);run (asyncio/base_events.py:604);verify (runtime/citizens.py:40);verify (ssl.so) 3
"""
WANTED = argparse.Namespace(mode="unary", method="RPA", all=True)


@pytest.fixture
def found(tmp_path: Path) -> Profile:
    file = tmp_path / "portal_sim.raw"
    file.write_text(RAW, encoding="utf-8")
    return profile(file.read_text(encoding="utf-8").splitlines())


def test_a_function_is_the_same_at_whichever_line_it_was_seen(found: Profile) -> None:
    assert found.samples == 10
    by_name = {one.name: (one.within, one.itself) for one in found.functions}
    assert by_name["handle (portal_sim/inbound/portal.py)"] == (0.7, 0.7)
    assert by_name["run (asyncio/base_events.py)"] == (1.0, 0.0)
    assert by_name["verify (ssl.so)"] == (0.3, 0.3)


def test_a_function_counts_once_in_a_stack_however_often_it_stands_there() -> None:
    lines = list(table(profile(["run (a.py:1);step (a.py:2);run (a.py:9) 3", "run (a.py:1) 1"])))
    assert lines[0] == "4 samples"
    assert lines[2].split(maxsplit=2) == ["100.0%", "100.0%", "run (a.py)"]
    assert lines[3].split(maxsplit=2) == ["75.0%", "0.0%", "step (a.py)"]


def test_of_each_service_those_are_kept_that_ran_most_themselves(found: Profile) -> None:
    result = kept({"portal_sim": found}, WANTED)
    assert (result["mode"], result["method"], result["all"]) == ("unary", "RPA", True)
    assert {"at", "commit"} <= result["environment"].keys()
    names = [one["name"] for one in result["services"]["portal_sim"]["functions"]]
    assert names == ["handle (portal_sim/inbound/portal.py)", "verify (ssl.so)"], "not what only calls others"
    many = [Function(name=f"f{n} (a.py)", within=1.0, itself=n / 100) for n in range(20)]
    result = kept({"portal_sim": Profile(samples=1, functions=many)}, WANTED)
    functions = result["services"]["portal_sim"]["functions"]
    assert len(functions) == MOST_KEPT
    assert functions[0] == {"name": "f19 (a.py)", "within": 1.0, "itself": 0.19}
