"""What the portal says of its runs while its database answers, and while it does not."""

from dataclasses import replace
from math import isnan

from prometheus_client import REGISTRY
from tests.unit.databases import RowsDatabase
from tests.unit.portal_sim.rows import a_run_row

from portal_sim.handlers.run import Run
from portal_sim.handlers.runs import Runs
from portal_sim.outbound.levels import PortalLevels
from shinsei.domain.simtime import HOUR_MS, SimTime
from shinsei.runtime.clock import RealClock
from shinsei.testing.builders import a_run_spec


async def test_nothing_is_old_where_the_database_does_not_say_but_what_is_known_without_it_is_told() -> None:
    """An application that nobody fetches kept the age at which it was last seen, and its alert as it was."""
    row = a_run_row(a_run_spec())
    runs = Runs(None, RealClock())  # type: ignore[arg-type]
    runs._add(Run(replace(row, watermark=SimTime(row.watermark + HOUR_MS)), (), RealClock()))
    levels = PortalLevels(RowsDatabase([{"run_key": 1, "count": 3, "oldest_ms": row.watermark}]), runs)
    group = {"stage": "fetch", "linkage_method": "none", "prefecture": row.municipality[:2]}
    read = (
        ("shinsei_pending_cases", group, 3),
        ("shinsei_oldest_pending_age_seconds", {**group, "clock": "sim"}, 3_600),
    )
    await levels.measure()
    assert [REGISTRY.get_sample_value(name, labels) for name, labels, _ in read] == [value for *_, value in read]
    levels.blind()
    assert all(isnan(REGISTRY.get_sample_value(name, labels) or 0) for name, labels, _ in read)
    mark = REGISTRY.get_sample_value("shinsei_watermark_timestamp_seconds", {"stage": "portal", "clock": "sim"})
    assert mark == (row.watermark + HOUR_MS) / 1_000
    assert REGISTRY.get_sample_value("shinsei_portal_sim_open_runs", {"pacing": "driver"}) == 1
