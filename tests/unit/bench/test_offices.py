"""The offices of the benchmark are those of the load tests, but for what comes around now and then."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import bench
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import MINUTE_MS
from shinsei.scenario import load

REPOSITORY = Path(bench.__file__).parents[1]


def test_only_robots_and_windows_come_around_more_often() -> None:
    ours, theirs = (
        load(REPOSITORY / file).run_spec("run", LinkageMethod.BATCH_IMPORT)
        for file in ("bench/unlimited.toml", "loadtest/offices/unlimited.toml")
    )
    methods = ours.office.methods
    assert methods.rpa.run_every_ms == MINUTE_MS
    windows = methods.batch_import.windows_ms
    assert {later - earlier for earlier, later in pairwise(windows)} == {5 * MINUTE_MS}
    rpa = replace(theirs.office.methods.rpa, run_every_ms=methods.rpa.run_every_ms)
    batch = replace(theirs.office.methods.batch_import, windows_ms=windows)
    office = replace(theirs.office, methods=replace(theirs.office.methods, rpa=rpa, batch_import=batch))
    assert replace(ours, scenario=theirs.scenario) == replace(theirs, office=office)
